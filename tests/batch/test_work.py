"""A run judges what is not judged yet, whoever breaks on the way, and the next one goes on from there."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing.context import SpawnProcess

import msgspec
import pytest

from grader.batch.changes import changes, points_of
from grader.batch.crew import Crew
from grader.batch.data import encoded
from grader.batch.journal import Journal
from grader.batch.station import Task
from grader.errors import SandboxError
from grader.processes import Processes

WRONG = {"problem1.py": "def centre(x): return x\n"}
NAMES = ["ada", "bob", "cyn", "dan", "eve"]


@pytest.fixture
def given(monkeypatch) -> list[Task]:
    """The tasks that crews are given."""
    tasks: list[Task] = []
    give = Processes._give
    monkeypatch.setattr(Processes, "_give", lambda self, task: tasks.append(task) or give(self, task))
    return tasks


def test_everybody_is_judged_and_one_after_the_other_gives_the_same(run, scores, handed_in, tmp_path):
    everybody = [handed_in(name, WRONG if name in "bob dan" else {}) for name in NAMES]

    assert run(everybody) == []
    assert run(everybody, jobs=1, folder=tmp_path / "alone") == []

    assert scores() == scores(tmp_path / "alone")
    assert scores()["ada"] == 17
    assert scores()["bob"] == 8


def test_a_rerun_judges_nothing_again(run, scores, handed_in, given):
    everybody = [handed_in(name) for name in NAMES]
    run(everybody)
    before = scores()
    given.clear()

    run(everybody)

    assert (given, scores()) == ([], before)


def test_what_is_handed_in_again_or_for_the_first_time_is_judged(run, scores, handed_in, given):
    run([handed_in("ada"), handed_in("bob")])
    given.clear()

    run([handed_in("ada"), handed_in("bob", WRONG), handed_in("cyn")])

    assert sorted(task.key for task in given) == ["bob", "cyn"]
    assert scores() == {"ada": 17, "bob": 8, "cyn": 17}


def test_after_an_edit_only_the_parts_that_it_concerns_are_judged(run, scores, handed_in, given, course):
    everybody = [handed_in("ada"), handed_in("bob", WRONG)]
    run(everybody)
    given.clear()
    path = course / "rubrics" / "tiny.yaml"
    path.write_text(
        path.read_text().replace("          - satisfies: {property: centring_twice_is_centring_once}\n", "")
    )

    run(everybody)

    assert [set(task.known) for task in given] == [{"1b", "1c", "1d", "2a", "2b"}] * 2
    assert scores() == {"ada": 17, "bob": 8}


def test_the_grade_diff_says_who_changes_by_how_much_and_why(run, handed_in, course, tmp_path):
    run([handed_in("ada"), handed_in("bob", WRONG)])
    with Journal(tmp_path / "run") as journal:
        assert {change.key: (change.before, change.after) for change in changes({}, journal.entries())} == {
            "ada": (None, 17),
            "bob": (None, 8),
        }
        journal.publish((entry.handed_in.key, points_of(entry.report)) for entry in journal.entries())
        assert list(changes(journal.published(), journal.entries())) == []

    ada = handed_in("ada")
    (ada.folder / "problem2.py").unlink()
    run([ada, handed_in("bob", WRONG)])
    with Journal(tmp_path / "run") as journal:
        [change] = changes(journal.published(), journal.entries())

    assert (change.name, change.before, change.after) == ("Ada", 17, 9)
    assert [(part.part, part.before, part.after) for part in change.parts] == [("2a", 3, 0), ("2b", 5, 0)]
    assert change.parts[0].why.startswith("missing: ")


def process_of(hands: Crew) -> SpawnProcess:
    """The process of a crew of one that was started last."""
    return [*hands.processes.all.values()][-1]


def test_a_process_that_ends_costs_nobody_anything(orders, handed_in, monkeypatch):
    tasks = [Task(key=name, folder=handed_in(name).folder) for name in ("ada", "bob")]

    with Crew(orders, 1) as hands:
        give = hands.processes._give

        def giving(task: Task) -> None:
            give(task)
            if len(killed) < 1:
                killed.append(task.key)
                process_of(hands).kill()

        killed: list[str] = []
        monkeypatch.setattr(hands.processes, "_give", giving)
        done = {one.key: one for one in hands.graded(tasks)}

    assert killed == ["ada"]
    assert {key: one.report.score for key, one in done.items()} == {"ada": 17, "bob": 17}


def test_a_submission_that_always_ends_it_is_told_and_the_others_go_on(orders, handed_in, monkeypatch):
    tasks = [Task(key=name, folder=handed_in(name).folder) for name in ("ada", "bob")]

    with Crew(orders, 1) as hands:
        give = hands.processes._give

        def giving(task: Task) -> None:
            give(task)
            if task.key == "ada":
                process_of(hands).kill()

        monkeypatch.setattr(hands.processes, "_give", giving)
        done = {one.key: one for one in hands.graded(tasks)}

    assert (done["ada"].report, done["ada"].failure) == (None, "the process that graded it ended or hung, twice")
    assert done["bob"].report.score == 17


def test_a_submission_that_cannot_be_graded_loses_nothing_and_is_told(run, scores, handed_in, tmp_path):
    gone = msgspec.structs.replace(handed_in("bob"), folder=tmp_path / "nowhere")

    said = run([handed_in("ada"), gone])

    assert len(said) == 1
    assert "there is no folder" in said[0]
    assert scores() == {"ada": 17, "bob": 0}
    with Journal(tmp_path / "run") as journal:
        [entry] = journal.entries(["bob"])
    assert (entry.report.max_score, entry.report.pending_points) == (0, 2)
    assert {str(part.status) for part in entry.report.parts} == {"internal error", "pending"}


def test_a_defect_of_the_course_is_told_once(run, handed_in, course):
    path = course / "reference" / "tiny" / "problem1.py"
    path.write_text(path.read_text().replace("def centre(x):", "def centre(x):\n    assert not len(x), 'empty'"))

    said = run([handed_in(name) for name in NAMES])

    assert 1 <= len(said) < len(NAMES)
    assert "problem1.py" in said[0]


def test_where_no_process_can_begin_the_run_ends(orders, handed_in, tmp_path):
    broken = msgspec.structs.replace(orders, course=tmp_path / "nowhere")

    with Crew(broken, 1) as hands, pytest.raises(SandboxError):
        list(hands.graded([Task(key="ada", folder=handed_in("ada").folder)]))


RUNS = """
import sys
from pathlib import Path
from grader.assignment import Assignment
from grader.batch.crew import Crew
from grader.batch.station import Orders
from grader.batch.data import decoded
from grader.batch.journal import Journal
from grader.batch.progress import Progress
from grader.batch.work import work
from grader.course import Course
from grader.roster import HandedIn

if __name__ == "__main__":
    orders = decoded(Path(sys.argv[1]).read_bytes(), Orders)
    people = decoded(Path(sys.argv[2]).read_bytes(), list[HandedIn])
    with Journal(Path(sys.argv[3])) as journal, Progress(len(people), live=False) as told:
        work(Crew(orders, 2), Assignment(Course(orders.course), orders.assignment), journal, people, told)
"""


def test_a_run_that_is_killed_is_gone_on_with_and_ends_the_same(run, scores, handed_in, orders, tmp_path):
    everybody = [handed_in(name, WRONG if name == "bob" else {}) for name in NAMES]
    (tmp_path / "runs.py").write_text(RUNS)
    (tmp_path / "orders").write_bytes(encoded(orders))
    (tmp_path / "people").write_bytes(encoded(everybody))
    command = [sys.executable, *(str(tmp_path / name) for name in ("runs.py", "orders", "people", "run"))]
    with subprocess.Popen(command) as running:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (tmp_path / "run" / "journal.sqlite").exists():
            time.sleep(0.01)
        while time.monotonic() < deadline and not scores():
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
    interrupted = scores()

    run(everybody)
    run(everybody, folder=tmp_path / "undisturbed")

    assert 0 < len(interrupted) <= len(NAMES)
    assert scores() == scores(tmp_path / "undisturbed")
    assert {key: scores()[key] for key in interrupted} == interrupted
