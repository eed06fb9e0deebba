"""What stands in for a reference where there is none: its answers in public trials, recorded, and public properties."""

import contextlib
import functools
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import numpy as np

from grader import wire
from grader.errors import BrokenReference, GraderError, RubricError
from grader.expressions import alive, among, recordable, source
from grader.model import Trial
from grader.reference import ReferenceModule
from grader.rubric import Problem
from grader.trials import plan_name
from grader.wire import Generator

FORMAT = 2
REMEDY = "unzip the kit again, or ask for a new one"


class NotRecordedError(GraderError):
    """The reference was asked what is recorded nowhere; whoever asks does without."""


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What is recorded of the reference of one problem.

    seed         what the trials were drawn with
    signatures   function -> (argument, whether it has no default) in order
    plans        function -> the name under which `kept` has its trials
    kept         trials and answers with their bounds, under the names that a bench keeps them by
    """

    seed: int
    signatures: dict[str, list[tuple[str, bool]]]
    plans: dict[str, str]
    kept: dict[str, Any]

    def data(self) -> bytes:
        """The records as a `.npz` file of one array, which holds a frame of `grader.wire`: no pickle.

        Errors
            RubricError where they are too large for one.
        """
        signatures = {name: [list(one) for one in signature] for name, signature in self.signatures.items()}
        try:
            frame = wire.encode([FORMAT, self.seed, signatures, self.plans, self.kept])
        except wire.WireError as error:
            remedy = "let `public:` have fewer `trials`, or make a part `public: false`"
            raise RubricError(f"the public trials cannot be recorded: {error}", remedy=remedy) from None
        file = io.BytesIO()
        np.savez(file, records=np.frombuffer(frame, dtype=np.uint8))
        return file.getvalue()


def read(path: Path) -> Records:
    """The records in a file.

    Errors
        BrokenReference for what is no such file, or one of another version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BrokenReference(f"cannot be read: {error}", file=path, remedy=REMEDY) from None
    return parsed(data, path)


def parsed(data: bytes, name: Path | str) -> Records:
    """The records in the bytes of a file; `name` is for errors, which are those of `read`."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            frame = wire.whole(file["records"].tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, wire.WireError) as error:
        raise BrokenReference(f"cannot be read: {error}", file=name, remedy=REMEDY) from None
    match frame:
        case [int(number), int(seed), dict(signatures), dict(plans), dict(kept)] if number == FORMAT:
            own = {name: [(argument, needed) for argument, needed in one] for name, one in signatures.items()}
            return Records(seed=seed, signatures=own, plans=plans, kept=kept)
    raise BrokenReference("was recorded by another version of the grader", file=name, remedy=REMEDY)


class _Kept:
    """Recorded values in the place of a store: what is added to them is forgotten with the process."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        self.kept = dict(kept)

    def get(self, name: str) -> Any:
        """A value, if it is recorded, else None."""
        return self.kept.get(name)

    def put(self, name: str, value: Any) -> None:
        """Remembers a value."""
        self.kept[name] = value

    def save(self) -> None:
        """Nothing: records stay as they are."""


class RecordedReference:
    """A reference that answers in recorded trials alone, in the place of a `ReferenceModule`.

    `module` has the public properties and laws.

    Errors
        NotRecordedError for other inputs than the recorded ones.
    """

    answers_anywhere = False

    def __init__(self, module: ReferenceModule, records: Records, problem: Problem) -> None:
        self.module, self.path, self.records = module, module.path, records
        self.digest = hashlib.sha256(repr((module.digest, records.seed, sorted(records.kept))).encode()).hexdigest()
        # What is recorded as text is computed where it is called: by the worker, which has to know how.
        texts = any(among(records.kept[plan]) for plan in records.plans.values())
        self.given_source = "\n\n".join(text for text in (module.given_source, source() if texts else "") if text)
        self.kept = dict(records.kept)
        for name, function in problem.functions.items():
            if function.inputs is not None and name in records.plans:
                self.kept[plan_name(function.inputs)] = records.kept[records.plans[name]]

    def store(self, plan: str) -> _Kept:
        """What is recorded, for a bench."""
        return _Kept(self.kept)

    def called(self, name: str, *arguments: Any) -> Any:
        """The recorded answer for these arguments; their generators may be of any seed."""
        answers = self._answers
        key = _key(name, arguments)
        if key not in answers:
            raise NotRecordedError(f"{name} is not recorded for these inputs", file=self.path)
        return answers[key]

    @functools.cached_property
    def _answers(self) -> dict[bytes, Any]:
        found = {}
        for name, plan in self.records.plans.items():
            tried = self.bound(Trial(*row) for row in self.records.kept[plan])
            for trial, (value, *_) in zip(tried, self.records.kept[f"answers of {name}"], strict=True):
                found[_key(name, self.arguments(name, trial))] = value
        return found

    # ---- what is known of functions ----

    def argument_names(self, name: str) -> list[str]:
        """The names of a function's arguments, in order."""
        if name in self.records.signatures:
            return [argument for argument, _ in self.records.signatures[name]]
        return self.module.argument_names(name)

    def arguments(self, name: str, trial: Trial) -> list[Any]:
        """The inputs of a trial that a function is called with, in order."""
        return [trial.inputs[argument] for argument in self.argument_names(name) if argument in trial.inputs]

    def arguments_of(self, function: Callable[..., Any], inputs: Mapping[str, Any], name: str) -> list[Any]:
        """The inputs that a public function is called with."""
        return self.module.arguments_of(function, inputs, name)

    def function(self, name: str) -> Callable[..., Any]:
        """A public property, or another function of the public module."""
        return self.module.function(name)

    def line(self, name: str) -> int:
        """The line that a public function starts at; 0 for others."""
        return 0 if name in self.records.signatures else self.module.line(name)

    def bound(self, trials: Iterable[Trial]) -> list[Trial]:
        """The trials with recorded texts as functions, and given functions found in given.py."""
        return self.module.bound(
            msgspec.structs.replace(trial, inputs={name: alive(value) for name, value in trial.inputs.items()})
            for trial in trials
        )

    def misconception(self, name: str) -> NoReturn:
        """Nothing is known of mistakes here."""
        raise NotRecordedError(f"the misconception '{name}' is not recorded", file=self.path)

    # ---- public properties and laws ----

    def objection(self, name: str, arguments: list[Any]) -> str:
        """What a public property asserts in vain, as a sentence."""
        return self.module.objection(name, arguments)

    def claims(self, law: str, arguments: list[Any]) -> tuple[list[Any], str]:
        """What a public law yields, and what it asserts in vain."""
        return self.module.claims(law, arguments)

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Turns what public properties raise into BrokenReference."""
        with self.module.blamed():
            yield


# Whatever is asked for right answers.
Reference = ReferenceModule | RecordedReference


def _key(name: str, arguments: Iterable[Any]) -> bytes:
    alike = [Generator(one.library, 0) if isinstance(one, Generator) else recordable(one) for one in arguments]
    try:
        return wire.encode([name, *alike])
    except wire.WireError:  # functions among them: nothing of the kind is recorded
        return b""
