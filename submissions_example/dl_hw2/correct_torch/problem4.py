"""torch.func throughout."""

import torch
from torch.func import jacfwd, jacrev


def gradient(f, p):
    return jacrev(f)(p)


def jacobian(F, p):
    return jacfwd(F)(p)


def hessian(f, p):
    return jacobian(lambda q: gradient(f, q), p)


def peano_hessian():
    # dy/du = -v on the v-axis, dy/dv = u on the u-axis
    return torch.tensor([[0, -1], [1, 0]])
