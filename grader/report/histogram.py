"""A histogram of points as lengths and places in an SVG picture, with the words that tell the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.report.class_statistics import Bin, Spread
from grader.report.words import number

WIDTH, HEIGHT = 720, 210
_LEFT, _RIGHT, _TOP, _BASE = 16, 704, 44, 184
_GAP = 2
_LABELS = 12
# A label that is centred nearer to an edge would be cut.
_ROOM = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One bin: its rectangle, and the count that stands above it."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    count: int


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place on the axis, or above it."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Histogram:
    """The picture, and a table of the same: from, to, and how many."""

    width: int
    height: int
    left: int
    right: int
    top: int
    base: int
    columns: tuple[Column, ...]
    ticks: tuple[Label, ...]
    median: Label
    words: str
    rows: tuple[tuple[str, int], ...]


def drawn(bins: Sequence[Bin], spread: Spread) -> Histogram:
    """The picture of bins, of which there is at least one."""
    end, most = bins[-1].high, max(1, *(one.count for one in bins))
    step = -(-len(bins) // _LABELS)
    edges = [*(one.low for one in bins), end][::step]
    fullest = max(bins, key=lambda one: one.count)
    return Histogram(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=_RIGHT,
        top=_TOP,
        base=_BASE,
        columns=tuple(_column(one, end, most) for one in bins),
        ticks=tuple(Label(_x(edge, end), number(edge)) for edge in edges),
        median=_median(spread.median, end),
        words=f"The points of {spread.count} students, from {number(spread.lowest)} to {number(spread.highest)}. "
        f"Half of them have {number(spread.median)} or more; most, {fullest.count}, lie {_range(fullest, end)}.",
        rows=tuple((_range(one, end), one.count) for one in bins),
    )


def _x(points: float, end: float) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * points / end, 1)


def _column(one: Bin, end: float, most: int) -> Column:
    start, stop = _x(one.low, end), _x(one.high, end)
    height = round((_BASE - _TOP) * one.count / most, 1)
    return Column(
        x=round(start + _GAP / 2, 1),
        y=round(_BASE - height, 1),
        width=round(stop - start - _GAP, 1),
        height=height,
        middle=round((start + stop) / 2, 1),
        count=one.count,
    )


def _median(median: float, end: float) -> Label:
    x = min(max(_x(median, end), _LEFT), _RIGHT)
    anchor = "start" if x < _LEFT + _ROOM else "end" if x > _RIGHT - _ROOM else "middle"
    return Label(x, f"median {number(median)}", anchor)


def _range(one: Bin, end: float) -> str:
    last = "to" if one.high >= end else "to below"
    return f"from {number(one.low)} {last} {number(one.high)}"
