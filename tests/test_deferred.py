"""What needs a GPU is deferred without one, costs nothing meanwhile, and is filled into the same report later."""

import json
import subprocess
import sys

import msgspec
import pytest
import torch

import grader.bench
from grader.assignment import Assignment
from grader.course import Course
from grader.deferred import completed, earlier, judged_already
from grader.errors import UsageError
from grader.grading import NOTHING_KNOWN, grade
from grader.sandbox.tensors import Torch
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

RUBRIC = """\
id: hw
title: Two devices
problems:
  - id: "1"
    title: One
    file: problem1.py
    functions:
      anywhere: {tensors: true, inputs: {from: numbers, regimes: {normal: 2}}}
      on_a_gpu: {tensors: true, device: cuda, inputs: {from: numbers, regimes: {normal: 2}}}
    parts:
      - {id: a, points: 1, criterion: "twice", function: anywhere, checks: [matches_reference]}
      - {id: b, points: 2, criterion: "thrice", function: on_a_gpu, checks: [matches_reference]}
      - {id: c, points: 4, criterion: "why", written: [{points: 4, criterion: "because"}]}
  - id: "2"
    title: Two
    file: problem2.py
    functions:
      half: {inputs: {from: numbers, regimes: {normal: 2}}}
    parts:
      - {id: d, points: 8, criterion: "half", function: half, checks: [matches_reference]}
"""
NUMBERS = "def numbers(draw):\n    return {'x': draw.normal(3)}\n\n"
RIGHT = "print('hello')\ndef anywhere(x):\n    return 2 * x\n\ndef on_a_gpu(x):\n    return 3 * x\n"
HALF = "def half(x):\n    return x / 2\n"


@pytest.fixture(scope="module")
def zygote():
    with Zygote(("numpy", "torch")) as started:
        yield started


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    for name, text in {
        "rubrics/hw.yaml": RUBRIC,
        "reference/hw/problem1.py": NUMBERS + RIGHT,
        "reference/hw/problem2.py": NUMBERS + HALF,
        "handed_in/problem1.py": RIGHT,
        "handed_in/problem2.py": HALF,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def graded(course, zygote, monkeypatch):
    """`graded(device, known)` is what a machine with this device finds; tensors of "cuda" are on the CPU."""
    monkeypatch.setattr(grader.bench, "Torch", lambda functions, device, own: Torch(functions, "cpu", own))
    submission, assignment = Submission(course / "handed_in"), Assignment(Course(course), "hw")

    def found(device, known=NOTHING_KNOWN):
        made = grade(assignment, submission, zygote, device=device, known=known)
        assert made.errors == []
        return made

    return found


def statuses(report):
    return {part.id: part.status for part in report.parts}


def test_without_a_gpu_its_parts_are_deferred_and_count_for_nothing(graded):
    report = graded("cpu").report

    assert statuses(report) == {"a": "correct", "b": "deferred", "c": "pending", "d": "correct"}
    assert (report.score, report.max_score, report.pending_points) == (9, 9, 4)
    assert "GPU" in report.parts[1].feedback


def test_later_they_are_filled_in_and_nothing_else_changes(graded):
    report = graded("cpu").report

    whole = completed(report, graded("cuda", judged_already(report))).report

    assert statuses(whole) == {"a": "correct", "b": "correct", "c": "pending", "d": "correct"}
    assert (whole.score, whole.max_score, whole.pending_points) == (11, 11, 4)
    assert [problem.max_score for problem in whole.problems] == [3, 8]
    assert whole.device == "cpu; cuda for what was deferred"
    assert [part for part in whole.parts if part.id != "b"] == [part for part in report.parts if part.id != "b"]
    assert judged_already(whole).parts.keys() == {"a", "b", "c", "d"}


def test_a_part_that_was_judged_keeps_its_verdict_and_its_file_is_not_read_again(graded, course):
    report = graded("cpu").report
    (course / "handed_in" / "problem1.py").write_text("def anywhere(x):\n    return x\n")
    (course / "handed_in" / "problem2.py").unlink()

    whole = completed(report, graded("cuda", judged_already(report))).report

    assert statuses(whole) == {"a": "correct", "b": "missing", "c": "pending", "d": "correct"}
    assert [problem.printed for problem in whole.problems] == ["hello\n", ""]


def test_the_report_on_disk_is_the_one_that_is_completed(graded, tmp_path):
    report = graded("cpu").report
    (tmp_path / "report.json").write_bytes(msgspec.json.encode(report))

    assert earlier(tmp_path, "hw", "handed_in") == report


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no report"),
        ("{", "is no report of this grader"),
        (json.dumps({"assignment": "hw"}), "is no report of this grader"),
    ],
)
def test_without_a_report_there_is_nothing_to_complete(tmp_path, text, words):
    if text is not None:
        (tmp_path / "report.json").write_text(text)

    with pytest.raises(UsageError, match=words):
        earlier(tmp_path, "hw", "handed_in")


def test_the_report_of_somebody_else_is_left_alone(graded, tmp_path):
    (tmp_path / "report.json").write_bytes(msgspec.json.encode(graded("cpu").report))

    with pytest.raises(UsageError, match="is the report of handed_in on hw"):
        earlier(tmp_path, "hw", "another")


# ---- the command ----


@pytest.fixture
def run(course, tmp_path):
    """`run(*options)` is the finished process that grades the submission with these options."""

    def run(*options):
        arguments = [course / "handed_in", "-a", "hw", "--out", tmp_path / "out", *options]
        command = [sys.executable, "-m", "grader", *map(str, arguments)]
        return subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens on a machine without a GPU")
def test_a_gpu_that_is_asked_for_and_not_there_is_said(run, tmp_path):
    done = run("--device", "cuda")

    assert done.returncode == 3
    assert "there is no GPU" in done.stderr
    assert "grade doctor" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens on a machine without a GPU")
def test_what_is_deferred_stays_deferred_without_a_gpu(run, tmp_path):
    assert run().returncode == 0
    first = json.loads((tmp_path / "out" / "report.json").read_bytes())
    again = run("--only-deferred")

    assert again.returncode == 0, again.stderr
    assert "deferred" in again.stdout
    later = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert [part["status"] for part in later["parts"]] == [part["status"] for part in first["parts"]]
    assert later["score"] == first["score"]


def test_only_deferred_needs_a_report_of_the_same_seed(run):
    alone = run("--only-deferred")
    assert (alone.returncode, "there is no report to complete" in alone.stderr) == (2, True)

    assert run("--seed", "1").returncode == 0
    other = run("--only-deferred", "--seed", "2")
    assert (other.returncode, "the report was made with seed 1" in other.stderr) == (2, True)
