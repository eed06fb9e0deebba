"""`grade validate` as it is typed: the table, the findings, the JSON, and how it leaves."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sound_course import REFERENCE_FILE, RUBRIC_FILE, line_of

from grader.cli import main

QUICK = ["--seeds", "1", "--wrong-seeds", "1", "--example-seeds", "1", "--jobs", "1"]
BLANK = ('"half the squared length"', '""')


@pytest.fixture
def run(sound):
    """`run("sound", ...)` is what the command does in the course."""
    return lambda *words: CliRunner().invoke(main, ["validate", "--course", str(sound), *QUICK, *words])


def test_without_findings_there_is_a_line_for_each_assignment_and_the_code_is_0(run):
    done = run()

    head, row = done.stdout.splitlines()
    assert done.exit_code == 0
    assert dict(zip(head.split("  "), row.split("  "), strict=False))
    assert row.split() == ["sound", "1", "4", "9", "2", "3", "5", "1", row.split()[-2], "none"]


def test_findings_are_told_with_file_line_and_remedy_and_the_code_is_1(run, spoiled, sound):
    spoiled(RUBRIC_FILE, *BLANK)

    done = run("sound")

    line = line_of(sound, RUBRIC_FILE, "id: 1b")
    assert done.exit_code == 1
    assert f"{sound}/{RUBRIC_FILE}:{line}: part '1b' has no criterion\n  remedy: say" in done.stdout


@pytest.mark.parametrize("words", [["sounds"], ["sound", "--seeds", "0"], ["--sead", "1"]])
def test_what_cannot_be_carried_out_is_a_mistake_of_the_command(run, words):
    done = run(*words)

    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_course_without_rubrics_is_none_to_validate(run, sound):
    (sound / RUBRIC_FILE).unlink()

    done = run()

    assert done.exit_code == 2
    assert "there are no rubrics" in done.stderr


def test_json_says_the_same_with_stable_keys(run, spoiled, sound, tmp_path):
    spoiled(RUBRIC_FILE, *BLANK)

    alone, kept = run("--json", "-"), run("--json", str(tmp_path / "findings.json"))

    told = json.loads(alone.stdout)
    assert [one["assignment"] for one in told["assignments"]] == ["sound"]
    assert told["findings"] == 1
    [one] = told["assignments"][0]["findings"]
    assert one == {
        "kind": "rubric",
        "file": RUBRIC_FILE,
        "line": line_of(sound, RUBRIC_FILE, "id: 1b"),
        "message": "part '1b' has no criterion",
        "remedy": "say in a sentence what earns the points",
        "part": "1b",
        "seeds": [],
    }
    again = json.loads((tmp_path / "findings.json").read_text())
    assert [one["findings"] for one in again["assignments"]] == [one["findings"] for one in told["assignments"]]
    assert "homework" in kept.stdout


def test_what_is_wrong_with_one_assignment_keeps_nobody_from_the_others(run, sound):
    (sound / "rubrics" / "broken.yaml").write_text("id: [\n")
    shutil.copytree(sound / "reference" / "sound", sound / "reference" / "lonely")
    (sound / "rubrics" / "lonely.yaml").write_text((sound / RUBRIC_FILE).read_text().replace("id: sound", "id: lonely"))

    done = run()

    assert done.exit_code == 1
    assert f"{sound}/rubrics/broken.yaml:2: no YAML" in done.stdout
    assert "there are no expected verdicts of example submissions of 'lonely'" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[1:4]] == ["broken", "lonely", "sound"]
    assert done.stdout.splitlines()[3].endswith("none")


def test_a_second_run_finds_what_the_first_one_found_out(run, sound):
    run("--seeds", "3")

    start = time.perf_counter()
    before = sorted(Path(os.environ["GRADER_CACHE"]).iterdir())
    done = run("--seeds", "3")

    assert done.exit_code == 0
    assert sorted(Path(os.environ["GRADER_CACHE"]).iterdir()) == before
    assert time.perf_counter() - start < 10


def command(sound: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "grader", "validate", *words, "--course", str(sound)]


def test_a_reference_that_ends_its_process_is_a_finding(sound, spoiled):
    spoiled(REFERENCE_FILE, "return 0.5 * (x @ x)", "import os\n    os._exit(0)")

    done = subprocess.run([*command(sound, *QUICK[:-1], "2")], capture_output=True, text=True, timeout=120)

    assert done.returncode == 1, done.stderr
    assert f"{RUBRIC_FILE}:1: the process that looked into the flakes of '1' ended" in done.stdout
    assert "Traceback" not in done.stdout


def test_interrupted_it_leaves_no_process_behind(sound, spoiled):
    spoiled(REFERENCE_FILE, "return 0.5 * (x @ x)", "import time\n    time.sleep(60)")
    run = subprocess.Popen(command(sound), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0)
    deadline = time.monotonic() + 60
    while len(children := children_of(run.pid)) < 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.0)

    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)

    assert run.returncode == 130
    assert "stopped" in said
    assert "Traceback" not in said, said
    assert children
    while (left := [pid for pid in children if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)  # what counts the memory that processes share ends by itself
    assert left == []


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []
