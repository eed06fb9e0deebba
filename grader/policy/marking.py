"""The lines of a gradebook: for everybody in the class the attempt that counts, and the points that follow."""

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from grader.model import Report
from grader.policy.lateness import Lateness, lateness, order
from grader.policy.terms import Counts, Policy
from grader.roster import HandedIn, Marked, Person, Refused

_CENT = Decimal("0.01")
# What sums of floats leave over is far below this, and what points mean far above.
_DUST = Decimal("1e-9")


class Attempt(NamedTuple):
    """One submission, as it counts for one person. `final` is not rounded yet."""

    handed_in: HandedIn
    report: Report | None
    lateness: Lateness
    final: Fraction


class Member(NamedTuple):
    """Somebody of the class with everything that was handed in for them."""

    person: Person
    handed_in: list[HandedIn]
    remarks: list[str]
    refused: list[str]


def marked(
    roster: Sequence[Person],
    handed_in: Sequence[HandedIn],
    reports: Mapping[str, Report],
    policy: Policy,
    refused: Sequence[Refused] = (),
) -> tuple[Marked, ...]:
    """A line for everybody: the roster in its order, and then those who handed in and are not in it.

    `reports` are those of `handed_in` by key; what has none yet is said, and is not taken for nothing. Nobody's points
    are negative, and nothing is rounded before the end.
    """
    members = _members(roster, handed_in, policy, refused)
    most = max((report.max_score for report in reports.values()), default=0.0)
    return tuple(_line(member, reports, policy, most) for member in members)


# ---- who is in it ----


class _Class:
    """The members so far, found by id, or else by an e-mail address that only one of them has."""

    def __init__(self, roster: Sequence[Person]) -> None:
        self.members = [Member(person, [], [], []) for person in roster]
        self.has_roster = bool(roster)
        self.by_id = {member.person.id: member for member in reversed(self.members) if member.person.id}
        self.by_email: dict[str, list[Member]] = {}
        for member in self.members:
            self.by_email.setdefault(member.person.email.casefold(), []).append(member)

    def of(self, person: Person) -> Member:
        """The member who this is; a new one where nobody is."""
        known = self.by_id.get(person.id) if person.id else None
        if known is None and person.email:
            same = self.by_email.get(person.email.casefold(), [])
            known = same[0] if len(same) == 1 else None
        if known is not None:
            return known
        member = Member(person, [], ["not in the roster"] if self.has_roster else [], [])
        self.members.append(member)
        if person.id:
            self.by_id[person.id] = member
        if person.email:
            self.by_email.setdefault(person.email.casefold(), []).append(member)
        return member

    def in_groups(self, groups: set[str]) -> list[Member]:
        """The members of these groups."""
        return [member for member in self.members if member.person.group in groups - {""}]


def _members(
    roster: Sequence[Person], handed_in: Sequence[HandedIn], policy: Policy, refused: Sequence[Refused]
) -> list[Member]:
    everybody = _Class(roster)
    for submission in handed_in:
        for member in _whose(submission, everybody, policy):
            member.handed_in.append(submission)
    for thing in refused:
        for person in thing.people:
            everybody.of(person).refused.append(f"{thing.name}: {thing.reason}")
    return everybody.members


def _whose(submission: HandedIn, everybody: _Class, policy: Policy) -> list[Member]:
    """The members that a submission counts for."""
    if not submission.people:
        nobody = everybody.of(Person(id=submission.key))
        nobody.remarks.append("nobody is named in this submission")
        return [nobody]
    named = _once(everybody.of(person) for person in submission.people)
    if policy.groups is None:
        return named
    if not policy.groups:
        first, *others = named
        for other in others:
            other.remarks.append(f"named in the submission of {first.person.id}, which counts for one person alone")
        return [first]
    groups = {person.group for person in (*submission.people, *(member.person for member in named))}
    return _once((*named, *everybody.in_groups(groups)))


def _once(members: Iterable[Member]) -> list[Member]:
    return list({id(member): member for member in members}.values())


# ---- what counts for them ----


def _line(member: Member, reports: Mapping[str, Report], policy: Policy, most: float) -> Marked:
    refused, remarks = "; ".join(member.refused), [*member.remarks]
    remarks += [f"refused: {reason}" for reason in member.refused]
    if not member.handed_in:
        remarks += [] if refused else ["nothing was handed in"]
        return Marked(person=member.person, max_score=most, refused=refused, remarks=tuple(remarks))
    attempts = [_attempt(submission, member.person, reports, policy) for submission in member.handed_in]
    counting, said = _counting(attempts, policy)
    report = counting.report
    remarks += [*said, *counting.lateness.remarks]
    remarks += [f"not graded yet: {a.handed_in.key}" for a in attempts if a.report is None]
    return Marked(
        person=member.person,
        handed_in=counting.handed_in,
        report=report,
        score=report.score if report else 0.0,
        final=_rounded(counting.final, report, policy),
        max_score=report.max_score if report else most,
        pending_points=report.pending_points if report else 0.0,
        late=counting.lateness.late or None,
        refused=refused,
        remarks=tuple(remarks),
    )


def _attempt(submission: HandedIn, person: Person, reports: Mapping[str, Report], policy: Policy) -> Attempt:
    extension = person.extension or next((p.extension for p in submission.people if p.id == person.id), None)
    own = lateness(submission.submitted_at, submission.late, extension, policy)
    report = reports.get(submission.key)
    final = max(_exact(report.score), Fraction(0)) * (1 - own.lost) if report else Fraction(0)
    return Attempt(submission, report, own, final)


def _counting(attempts: list[Attempt], policy: Policy) -> tuple[Attempt, list[str]]:
    """The attempt that counts, and what there is to say of the others.

    What came after closing counts only where there is nothing else: who handed in before keeps that.
    """
    in_order = _in_order(attempts, policy)
    accepted = [attempt for attempt in in_order if not attempt.lateness.closed] or in_order
    graded = [attempt for attempt in accepted if attempt.report is not None]
    if policy.attempt is Counts.BEST and graded:
        # Of equal ones the first, which is the least late.
        counting = max(graded, key=lambda attempt: attempt.final)
    else:
        counting = accepted[-1]
    said = []
    if len(in_order) > 1:
        which = policy.attempt or Counts.LAST
        said.append(f"attempt {in_order.index(counting) + 1} of {len(in_order)} counts, the {which}")
    if len(accepted) < len(in_order):
        said.append(f"{len(in_order) - len(accepted)} came after closing and did not count")
    return counting, said


def _in_order(attempts: list[Attempt], policy: Policy) -> list[Attempt]:
    """By their time, where all have one; else as the place of handing in counts them."""
    if all(attempt.handed_in.submitted_at is not None for attempt in attempts):
        return sorted(attempts, key=lambda a: (order(a.handed_in.submitted_at, policy), a.handed_in.attempt))
    return sorted(attempts, key=lambda a: a.handed_in.attempt)


# ---- points ----


def _exact(points: float) -> Fraction:
    """Points as they were meant: 0.1 + 0.2 is 0.3."""
    return Fraction(Decimal(repr(points)).quantize(_DUST))


def _rounded(points: Fraction, report: Report | None, policy: Policy) -> float:
    """The nearest multiple of what points are rounded to, the upper one of two; no more than there are points."""
    if report is None:
        return 0.0
    step = Fraction(policy.round or _CENT)
    nearest = math.floor(points / step + Fraction(1, 2)) * step
    return float(max(Fraction(0), min(nearest, max(_exact(report.max_score), points))))
