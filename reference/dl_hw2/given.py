"""The functions of problem 4: smooth fields of a point p, a number or a vector each. Students may read them.

`xp` is numpy where they are called with arrays, torch where they are called with tensors.
"""

import numpy as xp


def wave(a, b):
    """sum_k a_k sin((B p)_k), for a (m,) and B (m, n). A field that ignores a variable has a column of zeros in B."""
    return lambda p: (a * xp.sin(b @ p)).sum()


def bump(c, s):
    """exp(-sum_i s_i (p_i - c_i)^2 / 2), for c and s (n,)."""
    return lambda p: xp.exp(-(s * (p - c) ** 2).sum() / 2)


def cubic(a, m):
    """(a . p)^3 / 3 + p . M p / 2, for a (n,) and M (n, n), which need not be symmetric."""
    return lambda p: (a @ p) ** 3 / 3 + (p @ (m @ p)) / 2


def plane(a, c):
    """a . p + c, for a (n,) and a number c."""
    return lambda p: a @ p + c


def waves(a, b):
    """A sin(B p), for A (k, m) and B (m, n). A constant component has a row of zeros in A."""
    return lambda p: a @ xp.sin(b @ p)


def planes(a, c):
    """A p + c, for A (k, n) and c (k,)."""
    return lambda p: a @ p + c
