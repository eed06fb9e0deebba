"""What is in the journal is what was judged, whatever happened to the process that wrote it."""

import os
import signal
import sqlite3
import subprocess
import sys

import msgspec
import pytest

from grader.assignment import Assignment
from grader.batch.journal import FILE, Journal, as_of
from grader.course import Course
from grader.errors import UsageError
from grader.grading import grade
from grader.model import Status
from grader.submission import Submission


@pytest.fixture
def report(assignment, zygote):
    """`report(handed_in)` is the report on a submission."""
    return lambda one: grade(assignment, Submission(one.folder), zygote).report


def keys_of(report, salt=""):
    return {part.id: f"{salt}{part.id}" for part in report.parts if part.status is not Status.PENDING}


def test_a_report_comes_back_as_it_was(tmp_path, handed_in, report):
    ada = handed_in("ada", {"problem1.py": "print('hi')\ndef centre(x): return x\n"})
    made = report(ada)

    with Journal(tmp_path) as journal:
        journal.keep(ada, made, keys_of(made), ["mend this"])
    with Journal(tmp_path) as journal:
        [entry] = journal.entries()

    assert (entry.handed_in, entry.errors) == (ada, ("mend this",))
    assert {part.id: part for part in entry.report.parts} == {part.id: part for part in made.parts}
    assert msgspec.structs.replace(entry.report, parts=()) == msgspec.structs.replace(made, parts=())


def test_verdicts_are_known_by_their_keys_in_whoevers_submission(tmp_path, handed_in, report):
    ada, bob = handed_in("ada"), handed_in("bob")
    made = report(ada)

    with Journal(tmp_path) as journal:
        journal.keep(ada, made, keys_of(made))
        known = journal.known(keys_of(made), bob.key)
        assert journal.known(keys_of(made, "other ")).parts == {}

    assert known.parts == {part.id: part for part in made.parts if part.status is not Status.PENDING}


def test_what_could_not_be_judged_is_told_and_judged_again(tmp_path, handed_in, report):
    ada = handed_in("ada")
    made = report(ada)
    first, *others = made.parts
    broken = msgspec.structs.replace(first, status=Status.INTERNAL_ERROR)
    made = msgspec.structs.replace(made, parts=(broken, *others))

    with Journal(tmp_path) as journal:
        journal.keep(ada, made, keys_of(made))
        assert first.id not in journal.known(keys_of(made)).parts
        assert not journal.is_current(ada, keys_of(made))
        [entry] = journal.entries()

    assert broken in entry.report.parts


def test_points_and_criteria_are_those_of_now(tmp_path, course, handed_in, report):
    ada = handed_in("ada", {"problem1.py": "def centre(x): return x - sum(x) / len(x)\n"})
    made = report(ada)
    path = course / "rubrics" / "tiny.yaml"
    path.write_text(path.read_text().replace("points: 4", "points: 6").replace("the sum", "all of it"))

    now = as_of(Assignment(Course(course), "tiny").rubric, made)

    assert [part.id for part in now.parts] == ["1a", "1b", "1c", "1d", "2a", "2b", "2c"]
    assert now.parts[0].earned == now.parts[0].points == 6
    assert now.parts[1].criterion == "all of it"
    assert (now.score, now.max_score) == (made.score + 2, made.max_score + 2)
    assert now.problems[0].max_score == made.problems[0].max_score + 2


WRITES = """
import sys
from pathlib import Path
import msgspec
from grader.batch.journal import Journal
from grader.model import Report
from grader.roster import HandedIn

report = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Report)
keys = {part.id: part.id for part in report.parts}
with Journal(Path(sys.argv[1])) as journal:
    for number in range(10**6):
        journal.keep(HandedIn(key=f"{number:07}", folder=Path("."), people=()), report, keys)
        print(number, flush=True)
"""


def test_whoever_kills_the_writer_loses_nothing_that_was_said_to_be_written(tmp_path, handed_in, report):
    (tmp_path / "report.json").write_bytes(msgspec.json.encode(report(handed_in("ada"))))
    command = [sys.executable, "-c", WRITES, str(tmp_path / "run"), str(tmp_path / "report.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        said = [int(writer.stdout.readline()) for _ in range(25)][-1]
        os.kill(writer.pid, signal.SIGKILL)
        said = max([said, *map(int, writer.stdout.read().split())])

    with Journal(tmp_path / "run") as journal:
        found = [int(entry.handed_in.key) for entry in journal.entries()]
        assert journal.data.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    assert found[: said + 1] == list(range(said + 1))
    assert len(found) <= said + 2  # one may have been written and not said


def test_readers_do_not_wait_for_the_writer(tmp_path, handed_in, report):
    ada = handed_in("ada")
    made = report(ada)

    with Journal(tmp_path) as writer, Journal(tmp_path) as reader:
        writer.keep(ada, made, keys_of(made))
        writer.data.execute("BEGIN IMMEDIATE")
        assert [entry.handed_in for entry in reader.entries()] == [ada]
        writer.data.execute("ROLLBACK")


def test_a_folder_is_the_run_of_one_assignment(tmp_path):
    with Journal(tmp_path) as journal:
        journal.of("hw1")
        journal.of("hw1")
        with pytest.raises(UsageError, match="this is a run of assignment hw1, not hw2"):
            journal.of("hw2")


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(100)])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(UsageError, match="the journal cannot be used"):
        Journal(tmp_path)

    assert (tmp_path / FILE).read_bytes() == content


def test_a_journal_of_another_version_is_left_alone(tmp_path):
    Journal(tmp_path).data.close()
    with sqlite3.connect(tmp_path / FILE) as data:
        data.execute("UPDATE facts SET value = '0' WHERE name = 'version'")
    data.close()

    with pytest.raises(UsageError, match="version"):
        Journal(tmp_path)
