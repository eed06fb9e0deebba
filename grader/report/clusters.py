"""Why points were lost in a class: who shares a reason, and which parts may be lost through a fault of ours."""

import enum
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from grader.model import UNJUDGED, PartReport, Report, Status

# Fewer than that agree by chance.
FEW = 3
GAP = "…"
_LONGEST = 400
_SCANNED = 600
# Nobody has worked on a part that is one of these.
UNTRIED = frozenset({Status.MISSING, Status.UNREADABLE, Status.SKIPPED})

# A quotation, a number, or a word with the dots and signs within it: every character is looked at once.
_TOKEN = re.compile(
    r"""(?<!\w)'[^'\n]{0,200}'(?!\w) | "[^"\n]{0,200}" | `[^`\n]{0,200}`
    | [-+−]?\d[\w.+-]*(?<![.+-]) | \w+(?:\.\w+)*\(?""",
    re.VERBOSE,
)
_GAPS = re.compile(f"{GAP}(?:[,;\\s]*{GAP})*(?:,(?=[)\\]]))?")


class Reason(NamedTuple):
    """Why a part lost points: a known mistake (`known`), what the feedback says, or else the status alone."""

    text: str
    known: bool = False


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Submissions that lost points in the same parts for the same reason.

    parts      ids, in the order of the rubric
    reason     what they have in common; where their feedback differs, without what is particular to one of them
    status     the most frequent one among them
    example    the feedback of the first of them, as it stands
    keys       the submissions, in the order of the class
    """

    parts: tuple[str, ...]
    reason: Reason
    status: Status
    example: str
    keys: tuple[str, ...]


class Doubt(enum.StrEnum):
    """Why a part may have been judged wrongly."""

    INTERNAL_ERROR = "internal error"
    SAME_LOSS = "lost by everybody for one reason"
    NOBODY_RIGHT = "right for nobody"


class Concern(msgspec.Struct, frozen=True, kw_only=True):
    """A part that the staff should look at first: `count` of `of` submissions are concerned."""

    part: str
    doubt: Doubt
    count: int
    of: int
    reason: Reason | None = None


def reason(part: PartReport) -> Reason:
    """Why a part lost what it lost; the same for two students who made the same mistake with other numbers."""
    if part.misconception:
        return Reason(part.misconception.replace("_", " ")[:_LONGEST], known=True)
    return Reason(normalised(part.feedback) or part.status.value)


def normalised(feedback: str) -> str:
    """Feedback without what is particular to one student: its numbers, names of code and quotations are gaps.

    >>> normalised("IndexError: index 7 is out of bounds for axis 0 with size 5")
    'IndexError: index … is out of bounds for axis … with size …'
    """
    text = " ".join(feedback[:_SCANNED].split())
    return _GAPS.sub(GAP, _TOKEN.sub(_gap, text))[:_LONGEST]


def _gap(token: re.Match[str]) -> str:
    """A gap for what is particular; a word of a sentence is kept, and so are the classes of errors."""
    text = token.group()
    name = text.removesuffix("(")
    if name.isalpha() and (name == text or name.endswith("Error")):
        return text
    kept = name.rpartition(".")[2]
    return kept if kept.endswith("Error") and kept.isalpha() else GAP + text[len(name) :]


def has_lost(part: PartReport) -> bool:
    """Whether a part has been judged and earned less than all its points."""
    return part.status not in UNJUDGED and part.earned < part.points


def clusters(parts: Sequence[str], reports: Mapping[str, Report]) -> tuple[Cluster, ...]:
    """The clusters of a class, largest first, then in the order of the rubric; what only one has is none.

    `parts` are the ids of the rubric, `reports` those that count, by the key of their submission. Parts that the same
    submissions lost for the same reason are one cluster.
    """
    place = {id: index for index, id in enumerate(parts)}
    found: dict[tuple[int, Reason], list[str]] = defaultdict(list)
    seen: dict[tuple[int, Reason], list[PartReport]] = defaultdict(list)
    for key, report in reports.items():
        for part in report.parts:
            if part.id in place and has_lost(part):
                group = place[part.id], reason(part)
                found[group].append(key)
                seen[group].append(part)
    merged: dict[tuple[Reason, tuple[str, ...]], list[int]] = defaultdict(list)
    for (index, why), keys in sorted(found.items()):
        if len(keys) > 1:
            merged[why, tuple(keys)].append(index)
    made = [_cluster(keys, [parts[i] for i in own], [seen[i, why] for i in own]) for (why, keys), own in merged.items()]
    return tuple(sorted(made, key=lambda cluster: (-len(cluster.keys), place[cluster.parts[0]])))


def _cluster(keys: tuple[str, ...], parts: Sequence[str], seen: Sequence[Sequence[PartReport]]) -> Cluster:
    every = [part for own in seen for part in own]
    [(status, _)] = Counter(part.status for part in every).most_common(1)
    return Cluster(parts=tuple(parts), reason=_shared(every), status=status, example=every[0].feedback, keys=keys)


def _shared(parts: Sequence[PartReport]) -> Reason:
    """The one reason of these parts: in its own words where they are the same for all."""
    why, said = reason(parts[0]), {part.feedback for part in parts}
    return why if why.known or len(said) > 1 else Reason(" ".join(said.pop().split())[:_LONGEST] or why.text)


def concerns(parts: Sequence[str], reports: Mapping[str, Report]) -> tuple[Concern, ...]:
    """The parts in which the rubric, the reference or the grader may be at fault: errors of ours, then doubts."""
    judged: dict[str, list[PartReport]] = {id: [] for id in parts}
    for report in reports.values():
        for part in report.parts:
            if part.id in judged:
                judged[part.id].append(part)
    found = [concern for id, own in judged.items() for concern in _of_part(id, own)]
    return tuple(sorted(found, key=lambda concern: [*Doubt].index(concern.doubt)))


def _of_part(id: str, parts: Sequence[PartReport]) -> Iterator[Concern]:
    ours = sum(part.status is Status.INTERNAL_ERROR for part in parts)
    if ours:
        yield Concern(part=id, doubt=Doubt.INTERNAL_ERROR, count=ours, of=len(parts))
    # Of what people marked, they know.
    judged = [part for part in parts if part.status not in UNJUDGED and not part.by_hand]
    # Those who did not get to a part say nothing about it, unless nobody did.
    tried = [part for part in judged if part.status not in UNTRIED] or judged
    if len(tried) < FEW or any(part.status is Status.CORRECT for part in tried):
        return
    reasons = {reason(part) for part in tried}
    if len(reasons) == 1 and all(map(has_lost, tried)):
        yield Concern(part=id, doubt=Doubt.SAME_LOSS, count=len(tried), of=len(judged), reason=_shared(tried))
    else:
        yield Concern(part=id, doubt=Doubt.NOBODY_RIGHT, count=len(tried), of=len(judged))
