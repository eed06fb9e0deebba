"""`grade mutate` as it is typed: its table, its JSON, its exit codes, and how it is interrupted."""

import json
import signal
import subprocess
import sys
import time

import pytest

HOLE = "sizes: {d: [1]}, regimes: {normal: 3}"


@pytest.fixture
def command(small):
    """`command("--json", ...)` is what has to be typed for the small course."""
    return lambda *options: [
        sys.executable,
        "-m",
        "grader",
        "mutate",
        *options,
        "--course",
        str(small.folder),
        "-j",
        "1",
    ]


@pytest.fixture
def run(command):
    """`run(...)` is the finished command."""
    return lambda *options: subprocess.run(command(*options), capture_output=True, text=True, timeout=120)


def test_a_rubric_without_a_hole_is_proven(run):
    done = run()

    assert done.returncode == 0, done.stderr
    assert "100 % of the wrong ones lose their part" in done.stdout
    assert "102 of 102 mutants" in done.stderr


def test_a_hole_is_shown_and_leaves_with_one(run, small):
    small.plan(HOLE)
    done = run("small", "--function", "spread")

    assert done.returncode == 1, done.stderr
    assert "+    return np.sum(away**2)" in done.stdout
    assert "earns 4 points of 1a: vectors(d: 2), regime normal" in done.stdout


def test_the_json_says_the_same_alone_on_stdout(run, small):
    small.plan(HOLE)
    [found] = json.loads(run("--json", "-").stdout)["assignments"]

    [row, *others] = found["parts"]
    assert row["part"] == "1a"
    assert row["score"] < 100
    assert all(other["score"] == 100 for other in others)
    assert row["survivors"] == len(found["unkilled"]) > 0
    mutant = next(one for one in found["unkilled"] if one["edit"]["after"] == "np.sum(away ** 2)")
    assert (mutant["part"], mutant["points"], mutant["fate"]) == ("1a", 4, "survived")
    assert mutant["told"].startswith("vectors(d: 2)")
    assert "np.sum(away**2)" in mutant["diff"]


def test_what_is_declared_is_listed_where_it_is_asked_for(run, small):
    small.plan("sizes: {d: [3, 4, 5]}, regimes: {normal: 3}")
    after, reason = "its first answer to arguments of these shapes", "No shape comes twice."
    edit = f'{{file: problem1.py, function: spread, before: spread, after: "{after}", reason: "{reason}"}}'
    small.declared.write_text(f"equivalent: [{edit}]\n")

    assert run().returncode == 0
    assert reason not in run().stdout
    assert reason in run("--declared").stdout


def test_a_useless_declaration_is_an_error_of_the_staff(run, small):
    small.declared.write_text("equivalent:\n  - {file: a.py, function: f, before: x, after: y, reason: z}\n")
    done = run()

    assert done.returncode == 3
    assert "equivalent_mutants.yaml:2: the mutant of f, `y` for `x`, does not exist" in done.stderr


@pytest.mark.parametrize("options", [("--function", "sprawl"), ("big",)])
def test_what_does_not_exist_is_an_error_of_the_command(run, options):
    done = run(*options)

    assert done.returncode == 2
    assert "remedy" in done.stderr


def test_interrupted_it_goes_on_from_there(command, run, small):
    small.edit("import numpy as np", "import time\nfrom pathlib import Path\n\nimport numpy as np")
    small.edit("    length =", '    time.sleep(0.002)\n    Path(__file__).with_name("begun").touch()\n    length =')
    process = subprocess.Popen(command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not small.reference.with_name("begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    assert run("--function", "spread").returncode == 0
