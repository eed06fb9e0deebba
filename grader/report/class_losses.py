"""What many students lost, what may be our own fault, and what was refused: records of harmless text."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.model import Status
from grader.report.class_list import address, label
from grader.report.clusters import Cluster, Concern, Doubt
from grader.report.visible import one_line, visible
from grader.report.words import WORDS, Word
from grader.roster import Marked, Refused

_LISTED = 60  # students of one cluster; the table shows all of them


@dataclass(frozen=True, slots=True)
class Loss:
    """A cluster: how many, in which parts, why; `work` are (label, link) of the first submissions."""

    number: int
    count: str
    parts: str
    reason: str
    known: bool
    word: Word
    example: str
    work: tuple[tuple[str, str], ...]
    more: int


def counted_students(count: int) -> str:
    """A number of students with its noun."""
    return f"{count} {'student' if count == 1 else 'students'}"


def counted_submissions(count: int) -> str:
    """A number of submissions with its noun."""
    return f"{count} {'submission' if count == 1 else 'submissions'}"


def refusal(item: Refused) -> tuple[str, str, str]:
    """What was refused, why, and whose it is."""
    people = item.people[:_LISTED]
    named = [(one_line(person.name, 60), label(person)) for person in people]
    whose = ", ".join(f"{name} ({id})" if name and name != id else id for name, id in named)
    return one_line(item.name, 200), visible(item.reason.strip(), 600), whose


def doubtful(concern: Concern) -> tuple[str, Word, str]:
    """A part that the staff should look at, what became of it, and why."""
    count, of = concern.count, counted_submissions(concern.of)
    if concern.doubt is Doubt.INTERNAL_ERROR:
        sentence = (
            f"The grader could not judge {count} of {of}. That cost nobody points; mend the rubric or its reference and"
            " grade again."
        )
        return concern.part, WORDS[Status.INTERNAL_ERROR], sentence
    why = f": {visible(concern.reason.text, 400)}" if concern.reason else ""
    if concern.doubt is Doubt.SAME_LOSS:
        sentence = f"All {count} who tried it ({of} judged) lost points for the same reason{why}"
    else:
        sentence = f"None of the {count} who tried it ({of} judged) has it right"
    end = "" if sentence.endswith((".", "?", "!")) else "."
    return concern.part, WORDS[Status.WRONG], f"{sentence}{end} Compare the rubric and the reference with the homework."


def people_by_key(marked: Sequence[Marked]) -> dict[str, list[str]]:
    """The labels of those whose a submission is, by its key."""
    people = defaultdict(list)
    for line in marked:
        if line.handed_in is not None:
            people[line.handed_in.key].append(label(line.person))
    return people


def memberships(found: Sequence[Cluster]) -> dict[str, list[int]]:
    """The numbers, from 1, of the clusters that a submission is in, by its key."""
    numbers = defaultdict(list)
    for index, cluster in enumerate(found, start=1):
        for key in cluster.keys:
            numbers[key].append(index)
    return numbers


def loss(index: int, cluster: Cluster, people: Mapping[str, Sequence[str]], links: Mapping[str, str]) -> Loss:
    """A cluster as the page shows it, with the people and the files of its submissions by their keys."""
    count, works = sum(len(people[key]) for key in cluster.keys), len(cluster.keys)
    reason = one_line(cluster.reason.text, 400)
    shown = [(", ".join(people[key]), address(links[key]) if key in links else "") for key in cluster.keys[:_LISTED]]
    return Loss(
        number=index,
        count=counted_students(count)
        if count == works
        else f"{counted_students(count)} in {counted_submissions(works)}",
        parts=", ".join(cluster.parts),
        reason=reason,
        known=cluster.reason.known,
        word=WORDS[cluster.status],
        example="" if one_line(cluster.example, 400) == reason else visible(cluster.example.strip(), 600),
        work=tuple(shown),
        more=max(0, works - _LISTED),
    )
