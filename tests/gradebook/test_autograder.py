"""`grade gradescope`: the zip holds one assignment and runs as Gradescope runs it, and references stay closed."""

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

import grader.gradescope.autograder
from grader.errors import RubricError, SandboxError
from grader.gradescope.archive import TORCH, archive
from grader.gradescope.autograder import keep_out
from grader.gradescope.command import build
from grader.gradescope.metadata import Metadata, metadata
from grader.roster import Person
from grader.sandbox.zygote import Zygote
from grader.worker.levels import FULL, LEVELS, PROCESS_ONLY
from grader.worker.root import libraries, reachable_by_others

ROOT = Path(__file__).parents[2]
SECONDS = 60

# After docs/submission_metadata.md of Gradescope's.
METADATA = {
    "id": 123456,
    "created_at": "2026-05-05T14:22:32.365935-07:00",
    "assignment": {"due_date": "2026-05-04T23:59:00.000000-07:00", "group_submission": False, "id": 25828,
                   "late_due_date": None, "title": "Tiny", "total_points": "19.0"},
    "submission_method": "upload",
    "users": [{"email": "anne@example.org", "id": 1234, "name": "Anne"}],
    "previous_submissions": [],
}  # fmt: skip


@pytest.fixture
def grade(tmp_path):
    """`grade(*arguments)` is the finished command."""

    def grade(*arguments):
        command = [sys.executable, "-m", "grader", "gradescope", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, timeout=SECONDS, cwd=tmp_path, text=True)

    return grade


@pytest.fixture
def autograder(course, submit, tmp_path):
    """`autograder(**{"problem1.py": source})` is a /autograder with its zip unpacked and a submission in it."""

    def made(*options, metadata=METADATA, files=None):
        arguments = ["-o", str(tmp_path / "autograder.zip"), "tiny", "--course", str(course), *options]
        build.main(arguments, standalone_mode=False)
        root = tmp_path / "autograder"
        with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
            archive.extractall(root / "source")
        (root / "results").mkdir()
        (root / "submission_metadata.json").write_text(json.dumps(metadata))
        shutil.move(submit(files or {}), root / "submission")
        return root

    return made


def run(root):
    """What Gradescope starts for every submission, with the source in the zip and this interpreter."""
    environment = {**os.environ, "AUTOGRADER": str(root), "GRADER_PYTHON": sys.executable,
                   "PYTHONPATH": str(root / "source" / "grader")}  # fmt: skip
    command = ["bash", root / "source" / "run_autograder"]
    return subprocess.run(command, capture_output=True, timeout=SECONDS, env=environment, text=True, cwd=root)


def is_closed(zygote):
    """Whether workers are kept out of what belongs to the user who grades.

    Alone as a process they are where they become nobody: as root, with an interpreter that nobody can reach.
    """
    nobody = os.geteuid() == 0 and all(map(reachable_by_others, libraries()))
    return zygote.level() != PROCESS_ONLY or nobody


@pytest.fixture(scope="session")
def closed(zygote):
    return is_closed(zygote)


def results(root, closed):
    """The results of a run, where the machine can keep references closed; else it is seen to refuse."""
    done = run(root)
    file = root / "results" / "results.json"
    if not closed:
        assert (done.returncode, file.exists()) == (3, False)
        assert "could read the references" in done.stderr
        pytest.skip("no isolation at all on this machine: it was refused, as it has to be")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(file.read_text())


# ---- the zip ----


def test_the_scripts_stand_at_its_root_and_can_be_started(course_of):
    with zipfile.ZipFile(io.BytesIO(archive(course_of, "tiny"))) as zipped:
        modes = {entry.filename: entry.external_attr >> 16 for entry in zipped.infolist()}
        scripts = {name: zipped.read(name).decode() for name in ("setup.sh", "run_autograder")}

    for name, text in scripts.items():
        assert modes[name] & stat.S_IXUSR
        assert text.startswith("#!/usr/bin/env bash\n")
        assert "\r" not in text
        assert "@" not in text.replace("$@", "")
        subprocess.run(["bash", "-n"], input=text, text=True, check=True, timeout=SECONDS)


@pytest.fixture
def course_of(course):
    from grader.course import Course

    return Course(course)


def test_it_holds_one_assignment_the_policies_and_the_source_and_nothing_else(course, course_of):
    (course / "rubrics" / "other.yaml").write_text("id: other\n")
    (course / "reference" / "other").mkdir()
    (course / "reference" / "other" / "problem1.py").write_text("")
    (course / "reference" / "tiny" / "table.csv").write_text("1,2")
    (course / "reference" / "tiny" / "__pycache__").mkdir()
    (course / "reference" / "tiny" / "__pycache__" / "problem1.pyc").write_text("")
    (course / "course.yaml").write_text("policy: {round: 0.5}\n")

    with zipfile.ZipFile(io.BytesIO(archive(course_of, "tiny"))) as zipped:
        names = set(zipped.namelist())

    assert {name for name in names if name.startswith("course/")} == {
        "course/course.yaml", "course/rubrics/tiny.yaml", "course/reference/tiny/problem1.py",
        "course/reference/tiny/problem2.py", "course/reference/tiny/table.csv",
    }  # fmt: skip
    ours = {f"grader/grader/{path.relative_to(ROOT / 'grader')}" for path in (ROOT / "grader").rglob("*.py")}
    assert ours <= names
    assert {"grader/pyproject.toml", "grader/README.md", "grader/grader/report/page.css"} <= names
    assert not any("tests/" in name or name.startswith("grader/submissions_example") for name in names)


def test_the_same_course_makes_the_same_zip(course_of):
    assert archive(course_of, "tiny") == archive(course_of, "tiny")


def test_torch_is_installed_where_it_is_needed_and_pinned_as_in_the_makefile(course, course_of):
    def pinned(**options):
        with zipfile.ZipFile(io.BytesIO(archive(course_of, "tiny", **options))) as zipped:
            return f'TORCH="{TORCH}"' in zipped.read("setup.sh").decode()

    assert f"pip install -q {TORCH}\n" in (ROOT / "Makefile").read_text()
    assert not pinned()
    assert pinned(torch=True)
    rubric = course / "rubrics" / "tiny.yaml"
    rubric.write_text(rubric.read_text().replace("      centre:\n", "      centre:\n        tensors: true\n", 1))
    assert pinned()


# Stands for every program that setup.sh starts: says how it was called, and makes a venv of itself.
STUB = """\
#!/bin/sh
echo "${0##*/} $*" >> "$LOG"
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
"""


def test_setting_up_closes_the_source_and_installs_it_with_torch_first(course_of, tmp_path):
    source, stubs, log = tmp_path / "source", tmp_path / "stubs", tmp_path / "log"
    stubs.mkdir()
    for name in ("chown", "python3.14"):
        (stubs / name).write_text(STUB)
        (stubs / name).chmod(0o755)
    with zipfile.ZipFile(io.BytesIO(archive(course_of, "tiny", torch=True))) as zipped:
        zipped.extractall(source)
    home = tmp_path / "opt"

    environment = {"PATH": f"{stubs}:/usr/bin:/bin", "LOG": str(log), "GRADER_HOME": str(home)}
    subprocess.run(["bash", source / "setup.sh"], env=environment, check=True, timeout=SECONDS, capture_output=True)

    called = log.read_text().splitlines()
    assert [line for line in called if " -c " not in line] == [
        f"chown -R root:root {source}",
        f"python3.14 -m venv {home}",
        f"python -m pip install -q {TORCH} --index-url https://download.pytorch.org/whl/cpu",
        f"python -m pip install -q {source}/grader",
        "python -P -m grader doctor",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (source, *source.rglob("*"))} == {0}


@pytest.mark.parametrize(
    ("file", "text", "error"),
    [
        pytest.param("rubrics/tiny.yaml", "id: tiny\n", RubricError, id="a rubric that is none"),
        pytest.param("course.yaml", "policy: {round: 0}\n", RubricError, id="a policy that is none"),
    ],
)
def test_what_would_be_found_at_gradescope_is_found_here(course, course_of, file, text, error):
    (course / file).write_text(text)

    with pytest.raises(error):
        archive(course_of, "tiny")


def test_an_unknown_assignment_is_guessed(grade, course):
    done = grade("-o", "a.zip", "tinny", "--course", course)

    assert done.returncode == 2
    assert "did you mean 'tiny'?" in done.stderr


def test_a_zip_that_cannot_be_written_is_said(course_of, grade, course):
    done = grade("-o", "no/such/folder/a.zip", "tiny", "--course", course)

    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_the_zip_is_for_its_owner_alone(grade, course, tmp_path):
    done = grade("-o", "a.zip", "tiny", "--course", course)

    assert (done.returncode, done.stdout, done.stderr) == (0, "a.zip\n", "")
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


@pytest.mark.parametrize("arguments", [(), ("--help",), ("run", "--help")])
def test_help_is_given(grade, arguments):
    done = grade(*arguments)

    assert done.returncode == 0
    assert "Usage: grade gradescope" in done.stdout


def test_an_unknown_option_is_the_callers_mistake(grade):
    done = grade("tiny", "--visible")

    assert done.returncode == 2
    assert "--visib" in done.stderr
    assert "Traceback" not in done.stderr


# ---- what runs at Gradescope ----


def test_a_submission_is_graded_and_its_results_are_written(autograder, closed):
    root = autograder(files={"problem1.py": "def total(x): return sum(x)\n", "submission.yaml": "nonsense: ["})

    found = results(root, closed)

    points = {test["number"]: test.get("score") for test in found["tests"]}
    assert points == {"1a": 0, "1b": 2, "1c": 0, "1d": 0, "2a": 3, "2b": 5, "2c": None}
    assert found["score"] == 10
    assert found["execution_time"] > 0
    assert found["output"].splitlines()[-1].removeprefix("Isolation: ").removesuffix(".") in LEVELS
    assert stat.S_IMODE((root / "results" / "results.json").stat().st_mode) == 0o644


POLICY = "policy:\n  deadline: 2026-05-03 23:59-07:00\n  late: {penalty: 0.1}\n"


def test_lateness_costs_what_the_policy_says_from_the_later_of_two_deadlines(course, autograder, closed):
    (course / "course.yaml").write_text(POLICY)

    found = results(autograder(), closed)

    assert found["score"] == 15.3  # a day after Gradescope's due date begun, two after the course's
    assert "1 day late" in found["output"]
    assert found["output"].count("deadline of their own") == 1


def test_links_lead_nowhere_and_are_named(autograder, closed):
    root = autograder()
    (root / "submission" / "problem2.py").unlink()
    (root / "submission" / "problem2.py").symlink_to(root / "source" / "course" / "reference" / "tiny" / "problem2.py")
    (root / "submission" / "deep").mkdir()
    (root / "submission" / "deep" / "more").symlink_to(root / "source")
    os.mkfifo(root / "submission" / "pipe")

    found = results(root, closed)

    assert found["score"] == 9
    for name in ("problem2.py", "deep/more", "pipe"):
        assert f"left out, as it is no plain file: {name}" in found["output"]


def test_notebooks_and_a_folder_of_their_own_are_taken_as_in_a_class(autograder, closed, right):
    root = autograder()
    shutil.rmtree(root / "submission")
    folder = root / "submission" / "homework 1"
    folder.mkdir(parents=True)
    cells = [{"cell_type": "code", "source": source} for source in (right["problem1.py"], "!pip install numpy")]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "problem1.ipynb").write_text(json.dumps(notebook))
    (folder / "Problem2.py").write_text(right["problem2.py"])

    found = results(root, closed)

    assert found["score"] == 17  # all that a machine judges
    assert "Problem2.py was taken for problem2.py" in found["output"]
    assert "problem1.ipynb: left out: " in found["output"]


def test_where_no_problem_file_is_the_student_reads_what_is_there_instead(autograder, closed):
    root = autograder()
    for path in (root / "submission").glob("problem*.py"):
        path.rename(path.with_name(f"my_{path.name}"))

    found = results(root, closed)

    assert found["score"] == 0
    assert "none of problem1.py, problem2.py is there, but my_problem1.py, my_problem2.py" in found["output"]


def test_results_that_are_there_do_not_outlive_a_grading_that_fails(autograder):
    root = autograder()
    (root / "results" / "results.json").write_text('{"score": 19}')
    (root / "source" / "course" / "rubrics" / "tiny.yaml").write_text("id: tiny\n")

    done = run(root)

    assert done.returncode == 3
    assert "remedy" in done.stderr
    assert not (root / "results" / "results.json").exists()


def test_more_than_a_submission_may_be_is_left_out_and_said(autograder, closed, monkeypatch):
    root = autograder(files={"z1.py": "", "z2.py": ""})
    if not closed:
        pytest.skip("nothing is graded on this machine")
    monkeypatch.setattr(grader.gradescope.autograder, "MAX_FILES", 3)

    results, errors = grader.gradescope.autograder.run(root, "tiny")

    assert errors == []
    assert "left out, beyond 3 files or 64 MB: z2.py and what follows" in json.loads(results.read_text())["output"]


def test_a_folder_that_is_no_autograder_is_the_callers_mistake(grade, tmp_path):
    done = grade("run", "tiny", "--root", tmp_path)

    assert done.returncode == 2
    assert "is no course folder" in done.stderr


def test_results_are_not_written_through_a_link(autograder, closed, tmp_path):
    root = autograder()
    (tmp_path / "elsewhere").write_text("mine")
    (root / "results" / "results.json").symlink_to(tmp_path / "elsewhere")

    results(root, closed)

    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_a_broken_reference_costs_nobody_anything_and_is_told_the_staff_alone(autograder, closed):
    root = autograder()
    reference = root / "source" / "course" / "reference" / "tiny" / "problem1.py"
    reference.write_text(reference.read_text().replace("return x.sum()", "return x.summ()"))

    found = results(root, closed)

    assert found["score"] == 15
    assert "score" not in found["tests"][1]
    assert "summ" not in json.dumps(found)


def test_what_is_asked_of_the_zip_is_asked_of_the_run(autograder, zygote):
    root = autograder("--visibility", "after_due_date", "--require-isolation", "full")
    file = root / "results" / "results.json"

    done = run(root)

    if zygote.level() == FULL:
        found = json.loads(file.read_text())
        assert found["output"].endswith("Isolation: full.")
        assert {test["visibility"] for test in found["tests"]} == {"after_due_date"}
    else:
        assert (done.returncode, file.exists()) == (3, False)
        assert "this machine gives" in done.stderr


# ---- who can read what ----


@pytest.fixture
def secret():
    """A file that its owner alone may read, in a folder that everybody may enter, as /autograder is."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        file = Path(made) / "reference.py"
        file.write_text("the answer")
        file.chmod(0o600)
        yield file


@pytest.mark.parametrize("level", LEVELS)
def test_a_worker_is_kept_out_at_every_level_or_nothing_is_run(secret, level):
    with Zygote(at_most=level) as zygote:
        if is_closed(zygote):
            keep_out(zygote, [secret])
        else:
            with pytest.raises(SandboxError, match="could read the references"):
                keep_out(zygote, [secret])


def test_what_a_worker_can_read_is_noticed(secret):
    secret.chmod(0o644)

    with Zygote(at_most=PROCESS_ONLY) as zygote, pytest.raises(SandboxError, match="could read") as error:
        keep_out(zygote, [secret])

    assert "closed to others" in error.value.remedy


# ---- what Gradescope says ----


@pytest.fixture
def said(tmp_path):
    """`said(text)` is what is understood of a submission_metadata.json with that text."""

    def said(text: str) -> Metadata:
        path = tmp_path / "metadata.json"
        path.write_text(text)
        return metadata(path)

    return said


def test_people_and_times_are_read(said):
    found = said(json.dumps(METADATA))

    assert found.people == (Person(id="1234", name="Anne", email="anne@example.org"),)
    assert found.created_at == datetime.fromisoformat(METADATA["created_at"])
    assert found.due == datetime.fromisoformat(METADATA["assignment"]["due_date"])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, '{"users": 3, "assignment": [], "created_at": 5}', '{"users": [7, null]}',
     '{"created_at": "yesterday", "assignment": {"due_date": "2026-05-04"}}'],
)  # fmt: skip
def test_what_cannot_be_understood_is_left_out(said, text):
    assert said(text) == Metadata()


def test_without_the_file_nothing_is_known(tmp_path):
    assert metadata(tmp_path / "none.json") == Metadata()
