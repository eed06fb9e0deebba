"""The students of a class, a row each: points, what became of every part, and the way to the report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from grader.model import Report
from grader.policy.times import clock
from grader.report.class_statistics import is_graded, judged_points
from grader.report.visible import one_line
from grader.report.words import WORDS, Word, number
from grader.roster import Marked, Person
from grader.rubric import Rubric

ABSENT = Word("·", "not in the report", "waiting")
_TONES = {"right": "right", "partly": "partly right", "lost": "lost", "waiting": "waiting", "ours": "internal error"}
_NOTES = 5
# There are a hundred thousand marks on a page: the shortest elements carry the most frequent tones.
_ELEMENTS = {"right": "i", "lost": "b", "partly": "u"}
_MARKS = {
    word: f"<{name}>{word.symbol}</{name}>"
    if (name := _ELEMENTS.get(word.tone))
    else f'<i class="{word.tone}">{word.symbol}</i>'
    for word in (*WORDS.values(), ABSENT)
}


@dataclass(frozen=True, slots=True)
class Student:
    """A row. `strip` has a mark a part, by problem, and `said` the same in words; `state` says why there is none.

    `clusters` are the numbers of those that the submission is in.
    """

    id: str
    link: str
    name: str
    group: str
    score: str
    final: str
    remarks: tuple[str, ...]
    strip: Markup
    said: str
    state: str
    late: str
    attempt: str
    notes: tuple[str, ...]
    clusters: str


def students(
    rubric: Rubric,
    marked: Sequence[Marked],
    refused: Mapping[str, str],
    links: Mapping[str, str],
    clusters: Mapping[str, Sequence[int]],
) -> tuple[Student, ...]:
    """A row for each line of the gradebook, in its order.

    `refused` has the reasons by the ids of people; `links` and `clusters` (the numbers of those that a submission is
    in) go by the keys of submissions.
    """
    ids = [[part.id for part in problem.parts] for problem in rubric.problems]
    judged = judged_points(rubric, marked)
    return tuple(_student(line, ids, judged, refused, links, clusters) for line in marked)


def _student(
    line: Marked,
    ids: Sequence[Sequence[str]],
    judged: float,
    refused: Mapping[str, str],
    links: Mapping[str, str],
    clusters: Mapping[str, Sequence[int]],
) -> Student:
    handed_in = line.handed_in
    key = handed_in.key if handed_in else ""
    words = _words(ids, line.report) if handed_in and line.report else []
    return Student(
        id=label(line.person),
        link=address(links[key]) if key in links else "",
        name=one_line(line.person.name, 120),
        group=" · ".join(one_line(text, 60) for text in (line.person.section, line.person.group) if text),
        score=_score(line, judged),
        final=number(line.final),
        remarks=_bounded(line.remarks),
        strip=_strip(words),
        said=_said(words),
        state="" if words else _state(line, refused),
        late=clock(line.late) if line.late else "late" if handed_in and handed_in.late else "",
        attempt=str(handed_in.attempt) if handed_in else "",
        notes=_bounded(handed_in.notes) if handed_in else (),
        clusters=" ".join(map(str, clusters.get(key, ()))),
    )


def label(person: Person) -> str:
    """What a person goes by: the id, or else the name or the address."""
    return one_line(person.id or person.name or person.email, 60) or "(no id)"


def address(path: str) -> str:
    """A link to a file below the page. It leads nowhere else, whatever the name; '' for what names no such file."""
    if ".." in path.split("/"):
        return ""
    try:
        return "./" + quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return ""


def _score(line: Marked, judged: float) -> str:
    """The points; of how many, where not all could be judged."""
    if not is_graded(line):
        return "–"
    whole = abs(line.max_score - judged) < 1e-9
    return number(line.score) if whole else f"{number(line.score)} of {number(line.max_score)}"


def _state(line: Marked, refused: Mapping[str, str]) -> str:
    if line.handed_in is not None:
        return "not graded"
    reason = refused.get(line.person.id)
    return "nothing handed in" if reason is None else f"refused: {one_line(reason, 200)}"


def _words(ids: Sequence[Sequence[str]], report: Report) -> list[list[Word]]:
    found = {part.id: WORDS[part.status] for part in report.parts}
    return [[found.get(id, ABSENT) for id in problem] for problem in ids]


def _strip(words: Sequence[Sequence[Word]]) -> Markup:
    # Most of a page is made of these marks. They are joined here and not by the template, in a tenth of the time;
    # nothing in them comes from a student.
    return Markup(  # noqa: S704
        "".join(f"<span>{''.join([_MARKS[word] for word in problem])}</span>" for problem in words)
    )


def _said(words: Sequence[Sequence[Word]]) -> str:
    """The strip for those who hear it; it begins with the number by which the column is sorted."""
    tones = Counter(word.tone for problem in words for word in problem)
    return ", ".join(f"{tones[tone]} {name}" for tone, name in _TONES.items() if tones[tone] or tone == "right")


def _bounded(texts: Sequence[str]) -> tuple[str, ...]:
    shown = tuple(one_line(text, 200) for text in texts[:_NOTES])
    return (*shown, f"and {len(texts) - _NOTES} more") if len(texts) > _NOTES else shown
