"""What a policy says, as it is read from a rubric or from the course's own file."""

import enum
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NewType

import msgspec

from grader.document import Reader, read
from grader.errors import RubricError
from grader.outline import Node, Text
from grader.policy.times import is_doubtful, length, moment, zone

YesNo = NewType("YesNo", bool)
_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")
_SAY_ZONE = "say `time_zone: Europe/Vienna`, or write the offset after the time: 2026-05-03 23:59+02:00"


class Unit(enum.StrEnum):
    """What lateness is counted in."""

    HOUR = "hour"
    DAY = "day"


class Counts(enum.StrEnum):
    """Which of several attempts counts."""

    LAST = "last"
    BEST = "best"


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """What lateness costs.

    penalty        the share of the earned score that every hour or day begun costs
    per            hour or day: 60 minutes or 24 hours that pass, whatever clocks are put to
    grace          so much later is not late at all; after that, lateness counts from the deadline
    cap            the largest share that lateness costs
    closed_after   so long after the deadline nothing is accepted any more; None where it always is
    """

    penalty: Decimal
    per: Unit = Unit.DAY
    grace: timedelta = timedelta(0)
    cap: Decimal = Decimal(1)
    closed_after: timedelta | None = None
    line: int = 0

    @property
    def unit(self) -> timedelta:
        """How long the unit is that lateness is counted in."""
        return timedelta(hours=1) if self.per is Unit.HOUR else timedelta(days=1)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How a class's submissions become its grades. What is None (or '') is not said.

    deadline    when it has to be in; without a zone of its own, in `time_zone`
    time_zone   a name such as Europe/Vienna, or an offset such as +02:00
    late        what lateness costs; nothing where that is not said
    attempt     which attempt counts: the last (where nothing is said) or the best, after lateness
    groups      yes: a submission counts for everybody of its people's groups in the roster; no: for the first of its
                people alone; where nothing is said, for those whom it names
    round       what points are rounded to, at the very end: 0.01 (where nothing is said), 0.5, 1
    """

    deadline: datetime | None = None
    time_zone: str = ""
    late: Late | None = None
    attempt: Counts | None = None
    groups: YesNo | None = None
    round: Decimal | None = None
    line: int = 0

    @property
    def zone(self) -> tzinfo:
        """The time zone that times without one are meant in."""
        own = self.deadline.tzinfo if self.deadline is not None else None
        return zone(self.time_zone) if self.time_zone else own or zone("+00:00")


class CourseFile(msgspec.Struct, frozen=True, kw_only=True):
    """What `course.yaml` says of all assignments of a course."""

    policy: Policy = Policy()


def policy_of(own: Policy | None, rubric: Path) -> Policy:
    """The policy of an assignment: what its rubric says and, key by key, `course.yaml` beside `rubrics/` for the rest.

    Errors
        RubricError with file, line and remedy for what cannot be understood or does not add up.
    """
    own, file = own or Policy(), rubric.parent.parent / "course.yaml"
    course = _course_policy(file)
    names = [name for name in Policy.__struct_fields__ if name != "line"]
    unsaid = Policy()
    said = {name: getattr(own if getattr(own, name) != getattr(unsaid, name) else course, name) for name in names}
    policy = Policy(**said, line=own.line)
    if own.late is not None and policy.deadline is None:
        raise RubricError("there is `late:` and no deadline", file=rubric, line=own.line, remedy="add `deadline:`")
    whose, line = (rubric, own.line) if own.deadline is not None else (file, course.line)
    for message, remedy in _deadline_flaws(policy):
        raise RubricError(message, file=whose, line=line, remedy=remedy)
    return policy


def _course_policy(path: Path) -> Policy:
    if not path.exists():
        return Policy()
    policy = read(path, CourseFile, READERS).policy
    for line, message, remedy in flaws(policy):
        raise RubricError(message, file=path, line=line, remedy=remedy)
    return policy


def flaws(policy: Policy | None) -> Iterator[tuple[int, str, str]]:
    """(line, message, remedy) of what a policy says by itself and makes no sense."""
    if policy is None:
        return
    if policy.round is not None and policy.round <= 0:
        yield policy.line, f"points are rounded to {policy.round}", "make it more than 0, such as 0.5"
    if policy.time_zone:
        try:
            zone(policy.time_zone)
        except ValueError as error:
            remedy = "name one such as Europe/Vienna (`pip install tzdata` where a machine knows none), or +02:00"
            yield policy.line, str(error), remedy
    late = policy.late
    for name in ("penalty", "cap") if late is not None else ():
        share = getattr(late, name)
        if not 0 <= share <= 1:
            remedy = "it is a share of the score: make it 0 to 1" + (f", such as {share / 100}" if share > 1 else "")
            yield getattr(late, "line", 0), f"'{name}' is {share}", remedy


def _deadline_flaws(policy: Policy) -> Iterator[tuple[str, str]]:
    when = policy.deadline
    if when is None or when.tzinfo is not None:
        return
    if not policy.time_zone:
        yield f"the deadline {when} has no time zone", _SAY_ZONE
    elif is_doubtful(when, policy.zone):
        yield f"clocks are changed at {when} in {policy.time_zone}: that time comes twice, or never", _SAY_ZONE


# ---- how the file's words are read ----


def _moment(reader: Reader, node: Node) -> datetime:
    return _read(reader, node, moment, "write it as 2026-05-03 23:59")  # type: ignore[no-any-return]


def _length(reader: Reader, node: Node) -> timedelta:
    return _read(reader, node, length, "write it as 90s, 10m, 1h 30m, 7d or 2w")  # type: ignore[no-any-return]


def _decimal(reader: Reader, node: Node) -> Decimal:
    return _read(reader, node, _exact, "write it as 0.1")  # type: ignore[no-any-return]


def _yes_or_no(reader: Reader, node: Node) -> YesNo:
    return _read(reader, node, _truth, "write yes or no")  # type: ignore[no-any-return]


def _read(reader: Reader, node: Node, reading: Any, remedy: str) -> Any:
    if not isinstance(node, Text):
        raise reader.error(node, "this has to be one value, not a list or mapping", remedy)
    try:
        return reading(node.value)
    except ValueError as error:
        raise reader.error(node, str(error), remedy) from None


def _exact(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"'{text}' is no number") from None
    if not value.is_finite() or abs(value.adjusted()) > 9:
        raise ValueError(f"'{text}' is no number that makes sense here")
    return value


def _truth(text: str) -> YesNo:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError(f"'{text}' is neither yes nor no")
    return YesNo(text.lower() in _YES)


READERS = {datetime: _moment, timedelta: _length, Decimal: _decimal, YesNo: _yes_or_no}
