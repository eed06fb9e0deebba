"""The numbers of a class: who handed in, how the points spread, and how each part went."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.model import UNJUDGED, PartReport, Report, Status
from grader.roster import Marked, Refused
from grader.rubric import Part, Rubric

# Any two points lie on a line.
_FEWEST = 3
_TINY = 1e-9
_BINS = 8, 20


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """How many people there are, and what became of what they handed in.

    people      those of the gradebook: each has handed in, is missing, or is refused
    graded      of those who handed in, the ones with a report
    missing     nothing came from them
    refused     what came from them cannot be graded, and nothing else counts
    by_hand     points of theirs wait to be marked by a person
    """

    people: int
    handed_in: int
    graded: int
    missing: int
    refused: int
    by_hand: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How points spread: mean, median, and quartiles interpolated between the points next to them."""

    count: int
    mean: float
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """How many have at least `low` points and less than `high`; the last bin takes in its end."""

    low: float
    high: float
    count: int


class PartStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """How a part went, over submissions (the work of a group counts once).

    counts           submissions by status
    judged           those whose status says something about the student's code
    mean_credit      over these, in [0, 1]; None where there are none
    discrimination   correlation of its credit with the share that was earned of all other points, of these; None where
                     one of them is constant or fewer than three are judged. Source: the corrected item-total
                     correlation, Nunnally & Bernstein, Psychometric Theory (1994), ch. 8.
    seconds          median over those in which its function ran; None where it ran for nobody
    """

    id: str
    problem: str
    criterion: str
    points: float
    written: bool
    counts: dict[Status, int]
    judged: int
    mean_credit: float | None
    discrimination: float | None
    seconds: float | None


def machine_points(rubric: Rubric) -> float:
    """The points that are judged by machine."""
    return sum(part.points for part in _parts(rubric) if not part.written)


def judged_points(rubric: Rubric, marked: Sequence[Marked]) -> float:
    """The points out of which people have theirs: those of the machine, and of written parts that have been marked."""
    return max([machine_points(rubric), *(line.max_score for line in marked if is_graded(line))])


def written_points(rubric: Rubric) -> float:
    """The points that are marked by a person."""
    return sum(part.points for part in _parts(rubric) if part.written)


def reports_by_key(marked: Sequence[Marked]) -> dict[str, Report]:
    """The reports that count, by the key of their submission; that of a group stands there once."""
    return {line.handed_in.key: line.report for line in marked if line.handed_in and line.report}


def attendance(marked: Sequence[Marked], refused: Sequence[Refused]) -> Attendance:
    """How many handed in, are missing, were refused, and wait for a person."""
    without = [line for line in marked if line.handed_in is None]
    turned_away = refused_ids(refused)
    turned = sum(line.person.id in turned_away for line in without)
    return Attendance(
        people=len(marked),
        handed_in=len(marked) - len(without),
        graded=sum(is_graded(line) for line in marked),
        missing=len(without) - turned,
        refused=turned,
        by_hand=sum(is_graded(line) and line.pending_points > 0 for line in marked),
    )


def is_graded(line: Marked) -> bool:
    """Whether there is a submission with a report."""
    return line.handed_in is not None and line.report is not None


def refused_ids(refused: Sequence[Refused]) -> dict[str, str]:
    """The ids of those of whom something was refused, with the reason."""
    return {person.id: item.reason for item in refused for person in item.people if person.id}


def spread(points: Sequence[float]) -> Spread | None:
    """How points spread; None where there are none."""
    if not points:
        return None
    lowest, lower, median, upper, highest = map(float, np.quantile(points, [0, 0.25, 0.5, 0.75, 1]))
    return Spread(
        count=len(points),
        mean=float(np.mean(points)),
        lowest=lowest,
        lower=lower,
        median=median,
        upper=upper,
        highest=highest,
    )


def histogram(points: Sequence[float], maximum: float) -> tuple[Bin, ...]:
    """Bins of equal and round width from 0 to the first end that holds `maximum` and every point.

    Their number is near twice the cube root of that of the points (the rule of Rice), and from 8 to 20 or as near to
    that as round widths allow. Points below 0 are in the first bin. None where there is nothing to be had.
    """
    top = max([maximum, *points], default=0.0)
    if top <= 0:
        return ()
    width = _width(top, len(points))
    edges = math.ceil(top / width - _TINY)
    # 0.1 + 0.2 is as good as 0.3: sums of points are rounded.
    held = Counter(min(max(math.floor(point / width + _TINY), 0), edges - 1) for point in points)
    return tuple(Bin(low=i * width, high=(i + 1) * width, count=held[i]) for i in range(edges))


def _width(top: float, count: int) -> float:
    fewest, most = _BINS
    wanted = min(max(2 * count ** (1 / 3), fewest), most)
    magnitude = math.floor(math.log10(top / wanted))
    round_widths = [digit * 10.0**power for power in (magnitude, magnitude + 1) for digit in (1, 2, 5)]
    return min(round_widths, key=lambda width: abs(math.ceil(top / width - _TINY) - wanted))


def part_statistics(rubric: Rubric, reports: Mapping[str, Report]) -> tuple[PartStatistics, ...]:
    """How every part of a rubric went, in its order. Parts that a report lacks do not count there."""
    seen: dict[str, list[tuple[PartReport, Report]]] = {part.id: [] for part in _parts(rubric)}
    for report in reports.values():
        for part in report.parts:
            if part.id in seen:
                seen[part.id].append((part, report))
    return tuple(_statistics(part, problem.id, seen[part.id]) for problem in rubric.problems for part in problem.parts)


def _statistics(part: Part, problem: str, seen: Sequence[tuple[PartReport, Report]]) -> PartStatistics:
    judged = [(own, report) for own, report in seen if own.status not in UNJUDGED and own.points > 0]
    credit = np.array([own.earned / own.points for own, _ in judged])
    ran = [own.seconds for own, _ in judged if own.trials.total and own.status is not Status.MISSING]
    return PartStatistics(
        id=part.id,
        problem=problem,
        criterion=part.criterion,
        points=part.points,
        written=bool(part.written),
        counts=dict(Counter(own.status for own, _ in seen)),
        judged=len(judged),
        mean_credit=float(credit.mean()) if judged else None,
        discrimination=_discrimination(credit, judged),
        seconds=float(np.median(ran)) if ran else None,
    )


def _discrimination(credit: NDArray[np.float64], judged: Sequence[tuple[PartReport, Report]]) -> float | None:
    # Of whom less could be judged, less could be earned: shares compare, points do not.
    others = np.array([report.max_score - own.points for own, report in judged])
    earned = np.array([report.score - own.earned for own, report in judged])
    kept = others > _TINY
    return correlation(credit[kept], earned[kept] / others[kept])


def correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """The correlation coefficient of Pearson; None of fewer than three points and where x or y is constant.

    Shapes
        x and y are (n,), and so of the same size.
    """
    if len(x) < _FEWEST or np.ptp(x) <= _TINY or np.ptp(y) <= _TINY:
        return None
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1.0, 1.0))


def _parts(rubric: Rubric) -> list[Part]:
    return [part for problem in rubric.problems for part in problem.parts]
