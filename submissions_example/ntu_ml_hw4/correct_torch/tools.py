"""What several problems share."""

import torch


def tensor(values):
    """A double precision copy."""
    return torch.as_tensor(values).double().clone()


def leaf(values):
    """One to differentiate with respect to."""
    return tensor(values).requires_grad_()
