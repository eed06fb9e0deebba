"""Draws that have to do with each other, whatever their law."""

from typing import Any

import numpy as np

from grader.laws import tails
from grader.laws.claim import Claim, Floats, capital

# Chance does not make draws look as dependent as that.
CERTAIN = 1e-9


def independence(draws: Any, what: str = "the draws", *, alike: bool = True) -> list[Claim]:
    """Neighbours, and the two halves, along every axis have nothing to do with each other, calls included.

    Of two independent pairs of independent draws, the differences have the same sign as often as not, whatever the
    law is; how often they do is binomial. The two pairs lie in different calls and at different places, so that what
    is the same all over a call, or in all calls, shows. Where draws at different places of an answer have different
    laws they are not `alike`: then the pairs lie at the same place, and at least four calls are needed.

    Shapes
        draws (calls, ...).
    """
    draws = np.asarray(draws, dtype=np.float64)
    if not np.isfinite(draws).all():  # of no law at all; every other look takes numbers for granted
        return [Claim(0.0, f"Some of {what} are nan or infinite.")]
    claims = []
    for axis in range(draws.ndim):
        turned = np.moveaxis(draws, axis, 0)
        half = len(turned) // 2
        neighbours = turned[: 2 * half : 2], turned[1 : 2 * half : 2]
        halves = turned[:half], turned[half : 2 * half]
        for first, second in (neighbours, halves):
            p = _concordance(np.moveaxis(first, 0, axis), np.moveaxis(second, 0, axis), alike)
            claims.append(Claim(p, _sentence(axis, what)))
    within = min(claims[2:], key=lambda claim: claim.p, default=None)
    if within is None or within.p >= CERTAIN or np.all(draws == draws[:1]):
        return claims
    # What depends within a call (sorted, or on one number for all) seems to depend between calls as well.
    return [Claim(claim.p, within.sentence) for claim in claims[:2]] + claims[2:]


def _sentence(axis: int, what: str) -> str:
    if axis == 0:
        return f"{capital(what)} of one call have to do with those of another: use the generator that is handed in."
    return f"{capital(what)} along axis {axis - 1} of one answer have to do with each other: draw each by itself."


def _concordance(first: Floats, second: Floats, alike: bool) -> float:
    """Do pairs (first, second), against other such pairs, rise and fall together, or against each other?"""
    rises = []
    for draws in (first, second):
        rows = draws.reshape(len(draws), -1) if len(draws) > 1 else draws.reshape(-1, 1)
        half = len(rows) // 2
        others = rows[half : 2 * half]
        rises.append(np.sign(rows[:half] - (others[:, ::-1] if alike else others)))
    signs = rises[0] * rises[1]
    agree, differ = int(np.sum(signs > 0)), int(np.sum(signs < 0))
    return float(tails.two_sided(*tails.binomial(agree + differ, 0.5)(agree)))
