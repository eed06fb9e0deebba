"""What torch's autograd finds by going back through a student's function."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

# The value, and the gradients; None for them where nothing leads back, or the value is not of the upstream's shape.
Vjp = tuple[Any, list[Any] | None]


def vjp(function: Callable[..., Any], wrt: Sequence[int], *arguments: Any) -> Vjp:
    """(value, gradients of its product with the upstream by the arguments at these positions).

    The last argument is the upstream: a tensor of the value's shape, or a tuple of them. A gradient is None where
    the value does not depend on the argument.
    """
    torch = sys.modules["torch"]
    *inputs, upstream = arguments
    # A student may have switched gradients off for the whole process.
    with torch.enable_grad():
        leaves = {i: inputs[i].detach().requires_grad_(True) for i in wrt}
        # Copies, for a function may change its arguments, which a leaf forbids.
        value = function(*(leaves[i].clone() if i in leaves else value for i, value in enumerate(inputs)))
        pairs = _paired(value, upstream, torch)
        if not pairs:
            return value, None
        # One number to go back from: for more, torch first imports a computer algebra system, which takes a second.
        total = sum((output * cotangent).sum() for output, cotangent in pairs)
        return value, list(torch.autograd.grad(total, list(leaves.values()), allow_unused=True))


def _paired(value: Any, upstream: Any, torch: Any) -> list[tuple[Any, Any]]:
    """The outputs that lead back to something, each with its upstream; none where the shapes do not fit."""
    outputs = list(value) if isinstance(value, (tuple, list)) else [value]
    upstreams = list(upstream) if isinstance(upstream, (tuple, list)) else [upstream]
    if len(outputs) != len(upstreams):
        return []
    connected = []
    for output, cotangent in zip(outputs, upstreams, strict=True):
        if not isinstance(output, torch.Tensor) or not output.requires_grad:
            continue
        if output.numel() != cotangent.numel() or (output.ndim and cotangent.ndim and output.shape != cotangent.shape):
            return []
        # One number may come as an array of one, as everywhere.
        connected.append((output, cotangent.reshape(output.shape).to(output)))
    return connected
