"""How late somebody is, and what it costs them: in time that passes, and exactly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from grader.policy.terms import Late, Policy
from grader.policy.times import clock, instant

_NONE = timedelta(0)


class Lateness(NamedTuple):
    """Of one submission, for one person.

    late      how long after their deadline it came; nothing where it came in time or within the grace
    lost      the share of the earned score that this costs
    closed    it came when nothing was accepted any more
    remarks   what there is to say of it
    """

    late: timedelta = _NONE
    lost: Fraction = Fraction(0)
    closed: bool = False
    remarks: tuple[str, ...] = ()


def lateness(submitted_at: datetime | None, said: bool | None, extension: datetime | None, policy: Policy) -> Lateness:
    """The lateness of what was handed in then, by somebody with this deadline of their own, if any.

    `said` is what the platform says about it (late or not), which decides nothing: it may know of another deadline.
    """
    if policy.deadline is None:
        return Lateness(remarks=("marked late by the place of handing in; there is no deadline here",) if said else ())
    if submitted_at is None:
        return Lateness(remarks=_without_a_time(said, policy))
    due, remarks = _due(extension, policy)
    late = instant(submitted_at, policy.zone) - due
    rules = policy.late or Late(penalty=Decimal(0))
    if rules.closed_after is not None and late > rules.closed_after:
        remarks += (f"handed in {clock(late)} after the deadline, when it was closed: no points",)
        return Lateness(late, Fraction(1), True, remarks)
    if late <= _NONE or late <= rules.grace:
        if late > _NONE:
            remarks += (f"{clock(late)} after the deadline, within the grace: in time",)
        elif said:
            remarks += ("marked late by the place of handing in; in time by the deadline here",)
        return Lateness(remarks=remarks)
    return _cost(late, rules, remarks)


def _cost(late: timedelta, rules: Late, remarks: tuple[str, ...]) -> Lateness:
    begun = -(-late // rules.unit)
    full, cap = begun * Fraction(rules.penalty), min(Fraction(rules.cap), Fraction(1))
    lost = min(full, cap)
    how_late = f"{begun} {rules.per}{'' if begun == 1 else 's'} late ({clock(late)})"
    most = ", the most that lateness costs" if full > cap else ""
    return Lateness(late, lost, False, (*remarks, f"{how_late}: {float(100 * lost):.4g} % less{most}"))


def _due(extension: datetime | None, policy: Policy) -> tuple[datetime, tuple[str, ...]]:
    """The deadline that holds for somebody, in UTC: an extension is never to their harm."""
    assert policy.deadline is not None
    due = instant(policy.deadline, policy.zone)
    if extension is None:
        return due, ()
    own = instant(extension, policy.zone)
    shown = f"{own.astimezone(policy.zone):%Y-%m-%d %H:%M %z}"
    if own < due:
        return due, (f"their own deadline, {shown}, is before everybody's, which counts",)
    return own, (f"a deadline of their own: {shown}",)


def _without_a_time(said: bool | None, policy: Policy) -> tuple[str, ...]:
    """Nothing is taken off for what nobody knows; where it would matter, a person is told."""
    if said:
        return ("marked late by the place of handing in, which gives no time: nothing was taken off",)
    if said is None and policy.late is not None:
        return ("nobody says when it was handed in: nothing was taken off",)
    return ()


def order(submitted_at: datetime | None, policy: Policy) -> datetime:
    """What attempts are put in order by, where all of them have a time."""
    return instant(submitted_at, policy.zone) if submitted_at else datetime.min.replace(tzinfo=UTC)
