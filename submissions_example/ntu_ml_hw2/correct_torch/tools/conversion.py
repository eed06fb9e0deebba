"""Between numpy and torch."""

import torch


def tensor(values):
    """A double precision copy."""
    return torch.tensor(values, dtype=torch.float64)


def array(values):
    """What the given phi, f and grad_f are called with."""
    return values.detach().numpy()
