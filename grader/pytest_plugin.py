"""The homeworks of a course folder as tests: `pytest` in it validates every rubric, as `grade validate` does.

A rubric is a file of tests: one for each section of the validation, and one for each part of every example submission
(`rubrics/hw2.yaml::correct::1a.dx`). Where there is no course folder, nothing of the grader is imported.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grader.validation.finding import Finding
    from grader.validation.hands import Hands
    from grader.validation.station import Outcome, Task
    from grader.validation.validation import Plan

SEEDS = 200
# The tests of a homework as a whole, and the tasks of which sections they ask for.
SECTIONS: dict[str, tuple[str, ...]] = {
    "rubric": (),
    "references": ("references",),
    "flakes": ("flakes",),
    "misconceptions": ("misconceptions",),
    "parts": ("misconceptions", "examples"),
}
# Folders of a course that hold programs of students, which are graded and never imported.
_GRADED = ("submissions_example", "reports")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--grader-seeds."""
    group = parser.getgroup("grader", "homeworks of a course folder")
    text = "seeds with which the references of a course have to earn every part (default: %(default)s)"
    group.addoption("--grader-seeds", type=int, default=SEEDS, metavar="N", help=text)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A rubric, where it is one."""
    if file_path.suffix == ".yaml" and file_path.parent.name == "rubrics" and _is_course(file_path.parent.parent):
        collected: pytest.Collector = Homework.from_parent(parent, path=file_path)
        return collected
    return None


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Whether a file is a student's."""
    return True if collection_path.name in _GRADED and _is_course(collection_path.parent) else None


def _is_course(folder: Path) -> bool:
    return (folder / "rubrics").is_dir() and (folder / "reference").is_dir()


class Homework(pytest.File):
    """A rubric with its references and examples. What its tests ask for is done once, on all cores."""

    @functools.cached_property
    def plan(self) -> Plan:
        """What there is to do."""
        from grader.course import Course
        from grader.validation.validation import Amount, plan

        amount = Amount(references=max(1, self.config.getoption("--grader-seeds")))
        return plan(Course(self.path.parent.parent), self.path.stem, amount)

    @functools.cached_property
    def hands(self) -> Hands:
        """Who does it; `teardown` ends them."""
        from grader.doctor import cores
        from grader.validation.hands import Hands

        return Hands(self.plan.orders, cores())

    @functools.cached_property
    def done(self) -> dict[Task, Outcome]:
        """What came of the tasks that were asked for."""
        return {}

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """A test for each section, and the examples."""
        for name in SECTIONS:
            yield Whole.from_parent(self, name=name)
        for name in self.plan.examples if self.plan.judged else ():
            yield Example.from_parent(self, name=name)

    def outcomes(self, tasks: Sequence[Task]) -> list[Outcome]:
        """What comes of these tasks. Those that other tests will ask for in the same section are done with them."""
        from grader.validation.validation import ended

        if any(task not in self.done for task in tasks):
            sections = {task.section for task in tasks}
            others = [one for one in self.session.items if isinstance(one, Checked) and one.homework is self]
            asked = dict.fromkeys(task for one in others for task in one.tasks if task.section in sections)
            left = [task for task in (asked | dict.fromkeys(tasks)) if task not in self.done]
            for task, outcome in self.hands.outcomes(left):
                self.done[task] = outcome or ended(task, self.plan)
        return [self.done[task] for task in tasks]

    def teardown(self) -> None:
        """Ends the processes."""
        self.hands.close()


class Example(pytest.Collector):
    """An example submission."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each part that a machine judges."""
        homework = self.getparent(Homework)
        assert homework is not None, "only homeworks have examples"
        for part in homework.plan.judged:
            yield Graded.from_parent(self, name=part.id)


class Found(Exception):
    """What is told of a test that fails: findings, and nothing of how they were found."""


class Checked(pytest.Item):
    """A test of a homework: it fails with the findings that there are."""

    @property
    def homework(self) -> Homework:
        """The homework that it belongs to."""
        homework = self.getparent(Homework)
        assert homework is not None, "nothing else makes one"
        return homework

    @property
    def tasks(self) -> list[Task]:
        """What has to be done for it."""
        raise NotImplementedError

    def findings(self) -> Iterable[Finding]:
        """What is found."""
        raise NotImplementedError

    def runtest(self) -> None:
        """Fails where there are findings."""
        from grader.validation.validation import told

        if found := told(self.homework.plan, self.findings()):
            raise Found("\n".join(map(str, found)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings alone; what is the grader's own fault, in full."""
        from grader.errors import GraderError

        if isinstance(excinfo.value, (Found, GraderError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The rubric, and the test's name."""
        names = [node.name for node in self.listchain() if isinstance(node, (Example, Checked))]
        return self.path, None, f"{self.homework.path.stem}: {' '.join(names)}"


class Whole(Checked):
    """A section of the validation of a homework."""

    @property
    def tasks(self) -> list[Task]:
        """Those of its section."""
        return [task for task in self.homework.plan.tasks if task.section in SECTIONS[self.name]]

    def findings(self) -> Iterable[Finding]:
        """Those of its section."""
        from grader.validation.validation import unlost

        if self.name == "rubric":
            return self.homework.plan.findings
        outcomes = self.homework.outcomes(self.tasks)
        if self.name == "parts":
            return unlost(self.homework.plan, outcomes)
        return [one for outcome in outcomes for one in outcome.findings]


class Graded(Checked):
    """A part of an example submission."""

    @property
    def tasks(self) -> list[Task]:
        """The gradings of the example."""
        return [task for task in self.homework.plan.tasks if (task.section, task.name) == ("examples", self.example)]

    @property
    def example(self) -> str:
        """The example's name."""
        assert self.parent is not None, "it was collected from an example"
        return self.parent.name

    def findings(self) -> Iterable[Finding]:
        """Those that concern the part, or no part alone."""
        outcomes = self.homework.outcomes(self.tasks)
        return [one for outcome in outcomes for one in outcome.findings if one.part in ("", self.name)]
