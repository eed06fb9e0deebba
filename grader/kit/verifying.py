"""The proof that a kit gives nothing away: every text and every record in it is held against what is secret."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from grader import recorded, wire
from grader.assignment import Assignment
from grader.errors import BrokenReference
from grader.given import FILE
from grader.kit.fragments import RUN, SHORT, WORDS, Piece, Run, docstrings, numbers, pieces, runs, statements, words
from grader.kit.making import Files, kit
from grader.rubric import Rubric

_KEY = re.compile(r"^[\s-]*(misconceptions|follow_through|edges|shares|policy)\s*:")
_SEED = re.compile(r"\bseed\s*:\s*(\d+)")
# A seed of fewer digits stands in every text.
LONG_SEED = 1000


class Leak(NamedTuple):
    """Something that must not be in a kit: where it stands, and what it is."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        """As an editor finds it: `file:line: what`."""
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


class _Secrets:
    """What is secret, each with where it comes from; what is public as well is not."""

    def __init__(self, assignment: Assignment, allowed: Iterable[str]) -> None:
        folder = assignment.path.parent.parent / "reference" / assignment.rubric.id
        self.runs: dict[Run, str] = {}
        self.numbers: dict[str, str] = {}
        self.sentences: dict[Run, str] = {}
        self.names: dict[str, str] = {}
        for path in sorted(folder.rglob("*.py")):
            if path.name != FILE:
                self._add(path, f"reference/{assignment.rubric.id}/{path.relative_to(folder)}")
        self._add_written(assignment.rubric)
        for text in allowed:
            self._allow(text)

    def _add(self, path: Path, name: str) -> None:
        source = path.read_text(encoding="utf-8")
        for statement in statements(source):
            length = min(RUN, len(statement))
            if length >= SHORT:
                for run, line in runs(statement, length):
                    self.runs.setdefault(run, f"{name}:{line}")
            for number in numbers(statement):
                self.numbers.setdefault(number.text, f"{name}:{number.line}")
        if path.stem.endswith("_misconceptions"):
            for text, line in docstrings(source):
                self._add_sentences(text, f"{name}:{line}")
            defined = re.finditer(r"^def (\w+)\(", source, re.MULTILINE)
            self.names |= {match[1]: name for match in defined if match[1].count("_") > 1}

    def _add_sentences(self, text: str, source: str) -> None:
        for run, _ in runs(words(text), WORDS):
            self.sentences.setdefault(run, source)

    def _add_written(self, rubric: Rubric) -> None:
        """What a marker looks for in a written part is its answer."""
        for problem in rubric.problems:
            for item in (item for part in problem.parts for item in part.written):
                self._add_sentences(item.criterion, f"rubrics/{rubric.id}.yaml")

    def _allow(self, text: str) -> None:
        row = pieces(text)
        for length in range(SHORT, RUN + 1):
            for run, _ in runs(row, length):
                self.runs.pop(run, None)
        for number in numbers(row):
            self.numbers.pop(number.text, None)
        for run, _ in runs(words(text), WORDS):
            self.sentences.pop(run, None)

    def found(self, file: str, text: str) -> Iterator[Leak]:
        """What of it stands in a text."""
        row = pieces(text)
        lengths = sorted({len(run) for run in self.runs})
        for length in lengths:
            for run, line in runs(row, length):
                if run in self.runs:
                    yield Leak(file, line, f"reference code, of {self.runs[run]}")
        for run, line in runs(words(text), WORDS):
            if run in self.sentences:
                yield Leak(file, line, f"what nobody is told in advance, of {self.sentences[run]}")
        yield from self._single(file, row)

    def _single(self, file: str, row: Iterable[Piece]) -> Iterator[Leak]:
        for piece in row:
            if piece.text in self.numbers:
                yield Leak(file, piece.line, f"the number {piece.text}, of {self.numbers[piece.text]}")
            if piece.text in self.names:
                yield Leak(file, piece.line, f"the misconception {piece.text}, of {self.names[piece.text]}")


def leaks(files: Files, assignment: Assignment) -> list[Leak]:
    """Everything in a kit that is secret, or that nobody put there: none, where it is safe to hand it out.

    Looked for are source of the reference and of misconceptions (runs of ten tokens, and whole statements of seven
    and more), long numbers of it, sentences of known mistakes and of marking schemes, the official seed, the rubric's
    hidden sections, trials that are not public, and files that belong to no kit.

    Errors
        RubricError and BrokenReference as in making it.
    """
    right = kit(assignment)
    secrets = _Secrets(assignment, [*_public_texts(right), *_said(assignment)])
    found: list[Leak] = []
    for name, data in files.items():
        text = _text(data) if not name.endswith(".npz") else None
        if name not in right:
            found.append(Leak(name, 0, "a file that belongs to no kit of this assignment"))
        if text is not None:
            found += [*secrets.found(name, text), *_of_rubric(name, text, assignment.rubric)]
        elif name.endswith(".npz") and name in right:
            found += _of_records(name, data, right[name], secrets, assignment)
        else:
            found.append(Leak(name, 0, "neither text nor records"))
    return _once(found)


def _public_texts(right: Files) -> Iterator[str]:
    """The source of public properties and of given functions, and the texts among public inputs."""
    for name, data in right.items():
        if name.startswith("recorded/") and name.endswith(".py"):
            yield data.decode()
        elif name.endswith(".npz"):
            yield from _texts(recorded.parsed(data, name).kept)


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _said(assignment: Assignment) -> Iterator[str]:
    """What students are told anyway: the rubric's sentences, and how the functions are called."""
    for problem in assignment.rubric.problems:
        for part in problem.parts:
            yield from (part.criterion, *part.hints)
        for name in problem.functions:
            yield f"def {name}({', '.join(assignment.references[problem.id].argument_names(name))}):"


def _of_rubric(name: str, text: str, rubric: Rubric) -> Iterator[Leak]:
    """The official seed, and sections that a public rubric does not have."""
    for number, line in enumerate(text.splitlines(), 1):
        seeds = _SEED.findall(line) if name.endswith(".yaml") else []
        long = rubric.seed >= LONG_SEED and re.search(rf"\b{rubric.seed}\b", line)
        if long or any(int(seed) == rubric.seed for seed in seeds):
            yield Leak(name, number, "the official seed")
        key = _KEY.match(line)
        if key and name.endswith(".yaml") and not getattr(rubric.public, key[1], False):
            yield Leak(name, number, f"`{key[1]}:`, which is hidden")


def _of_records(name: str, data: bytes, right: bytes, secrets: _Secrets, assignment: Assignment) -> Iterator[Leak]:
    """Trials and answers that are not the public ones, and texts."""
    try:
        own, wanted = recorded.parsed(data, name), recorded.parsed(right, name)
    except BrokenReference as error:
        yield Leak(name, 0, error.message)
        return
    if own.seed != wanted.seed:
        official = own.seed == assignment.rubric.seed
        yield Leak(name, 0, "the official seed" if official else f"the seed {own.seed}, which is not the public one")
    for key, value in own.kept.items():
        if key not in wanted.kept:
            yield Leak(name, 0, f"'{key}', which is not public")
        elif isinstance(value, list):
            yield from _of_rows(name, key, value, wanted.kept[key])
    yield from secrets.found(name, "\n".join(_texts([own.signatures, own.kept])))


def _of_rows(name: str, key: str, rows: list[Any], public: list[Any]) -> Iterator[Leak]:
    known = {wire.encode(row) for row in public}
    for place, row in enumerate(rows):
        if wire.encode(row) not in known:
            yield Leak(name, 0, f"trial {place} of '{key[:60]}' is none of the public ones: a hidden case?")


def _texts(value: Any) -> Iterator[str]:
    """All texts in recorded data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _once(found: Collection[Leak]) -> list[Leak]:
    """The first leak of each kind in each line, in order."""
    first = {(leak.file, leak.line, leak.what.partition(",")[0]): leak for leak in reversed(list(found))}
    return sorted(first.values())


def files_of(path: Path) -> dict[str, bytes]:
    """The files of a kit that is there already, as a zip or as a folder.

    Errors
        BrokenReference for a zip that cannot be read.
    """
    if path.is_dir():
        return {str(one.relative_to(path).as_posix()): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            return {str(PurePosixPath(*PurePosixPath(name).parts[1:])): archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile) as error:
        raise BrokenReference(f"is no kit: {error}", file=path) from None
