"""`grade check` where no process can be forked: without all that Windows lacks, it says what it says elsewhere."""

import codecs
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from grader import doctor
from grader.batch import commands
from grader.cli import main
from grader.model import Status
from grader.report.letters import replaced
from grader.report.words import WORDS
from grader.sandbox import zygote as sandbox
from grader.sandbox.interpreters import Interpreters
from grader.self_check import command
from grader.self_check.notebook import check
from grader.self_check.opening import opened
from grader.worker.levels import PROCESS_ONLY

WITHOUT = Path(__file__).with_name("without.py")
WRONG = """
import os, subprocess, sys
def centre(x):
    print("seen", x.shape)
    x -= x.mean()
    return x
def total(x): return {}["layer"]
def scale(x, k): os._exit(3)
"""


@pytest.fixture
def both(tmp_path):
    """`both(arguments, cwd)` are the finished processes of a command: as it is, and without what Windows lacks."""

    def finished(*arguments, cwd, **environment):
        found = []
        for program in (["-m", "grader"], [str(WITHOUT)]):
            found.append(
                subprocess.run(
                    [sys.executable, *program, *arguments],
                    cwd=cwd,
                    env={**os.environ, "COLUMNS": "100", **environment},
                    capture_output=True,
                    encoding="utf-8",
                    timeout=60,
                    stdin=subprocess.DEVNULL,
                )
            )
        return found

    return finished


def test_what_windows_lacks_is_away_in_the_interpreters_as_well():
    code = "import os; assert not hasattr(os, 'fork'); import fcntl"
    program = f"import runpy, subprocess, sys; runpy.run_path({str(WITHOUT)!r})['take_away']()\n"
    program += f"sys.exit(subprocess.run([sys.executable, '-c', {code!r}]).returncode)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert "import of fcntl halted" in done.stderr


@pytest.mark.parametrize(
    "options",
    [(), ("-p", "1", "--json"), ("--part", "1b", "--part", "2a")],
    ids=["all", "json", "parts"],
)
def test_a_check_says_the_same(both, fill, right, options):
    folder = fill({"problem1.py": right["problem1.py"] + WRONG})

    usual, without = both("check", "--isolation", "process", *options, cwd=folder)

    assert "Traceback" not in without.stderr
    assert (without.stdout, without.stderr) == (usual.stdout, usual.stderr)
    assert without.returncode == usual.returncode == 1
    if "--json" in options:
        assert json.loads(without.stdout)["isolation"] == PROCESS_ONLY
        shown = {part["id"]: part["status"] for part in json.loads(without.stdout)["parts"]}
        assert shown == {"1a": "correct", "1b": "raised", "1c": "crashed", "1d": "crashed"}


def test_what_is_right_is_right(both, fill):
    usual, without = both("check", "--isolation", "process", cwd=fill())

    assert "4 of 4 parts right" in without.stdout
    assert (without.stdout, without.stderr, without.returncode) == (usual.stdout, "", 0)


def test_hints_and_the_last_look_are_the_same(both, fill):
    folder = fill({"submission.yaml": "assignment: tiny\nstudent: {id: b1, name: Chen}\n"})

    first, second = (both("check", "--hint", "1b", cwd=folder)[i] for i in (0, 1))
    usual, without = both("check", "--submit-check", cwd=folder)

    assert "Add them up." in first.stdout
    assert second.stderr == ""
    assert (without.stdout, without.stderr, without.returncode) == (usual.stdout, "", 0)


def test_a_submission_is_graded_the_same(both, course, submit, tmp_path, right):
    folder = submit({"problem1.py": right["problem1.py"] + WRONG})

    _, without = both(str(folder), "--course", str(course), "-a", "tiny", "--json", "-", cwd=tmp_path)

    report = json.loads(without.stdout)
    assert (report["isolation"], without.returncode) == (PROCESS_ONLY, 0)
    assert {part["id"]: part["status"] for part in report["parts"]} == {
        "1a": "correct", "1b": "raised", "1c": "crashed", "1d": "crashed", "2a": "correct", "2b": "correct",
        "2c": "pending",
    }  # fmt: skip


def test_functions_of_a_session_are_checked(fill, monkeypatch):
    monkeypatch.setattr(sandbox, "FORKS", False)
    folder = fill()

    def total(x):
        return sum(x)

    found = check(total, problems=["1"], parts=["1b"], kit=folder)

    assert [part.status for part in found.checked.parts] == [Status.CORRECT]
    assert found.checked.isolation == PROCESS_ONLY


def test_a_check_takes_what_the_system_has(fill, monkeypatch):
    monkeypatch.setattr(sandbox, "FORKS", False)
    with opened(fill()) as own:
        assert isinstance(own.zygote.source, Interpreters)


def test_the_doctor_says_what_there_is(monkeypatch):
    monkeypatch.setattr(sandbox, "FORKS", False)
    monkeypatch.delattr(os, "sysconf")
    monkeypatch.setattr(doctor, "_torch", str)

    found = dict(doctor.findings())

    assert (found["isolation"], found["memory"]) == (PROCESS_ONLY, "unknown")
    assert "numpy" in found["workers run"]


def test_a_path_is_quoted_as_the_system_types_it(monkeypatch):
    path = Path("/my work/.grade/1a.py")

    assert command._from_here(path) == "'/my work/.grade/1a.py'"
    monkeypatch.setattr(command, "os", SimpleNamespace(sep="\\"))
    assert command._from_here(path) == '"/my work/.grade/1a.py"'


def test_a_class_is_refused_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "os", SimpleNamespace(name="nt"))

    done = CliRunner().invoke(main, ["batch", str(tmp_path)])

    assert done.exit_code == 2
    assert "WSL" in done.output


# ---- output that is not UTF-8, as a pipe's on Windows ----


def test_symbols_stay_apart_where_an_encoding_lacks_them():
    shown = [_in(word.symbol, "ascii") for word in WORDS.values()]

    assert all(len(symbol) == 1 for symbol in shown)
    assert len(set(shown)) == len(shown)
    assert _in("naïve ✗ 線", "cp1252") == "naïve x \\u7dda"


def _in(text: str, encoding: str) -> str:
    codecs.register_error("test.replaced", replaced)
    return text.encode(encoding, "test.replaced").decode(encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "cp950"])
def test_a_check_is_readable_in_an_old_code_page_and_its_json_whole(fill, encoding):
    folder = fill({"problem1.py": "def centre(x): raise ValueError('naïve é \\u2713 \\U0001f600')\n"})

    def run(*options):
        command = [sys.executable, "-m", "grader", "check", folder, *options]
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        return subprocess.run(command, env=environment, capture_output=True, timeout=60).stdout

    shown = run().decode(encoding)
    assert "! 1a" in shown
    assert "0 1b" in shown
    assert "\\u2205" not in shown
    assert "naïve é ✓ 😀" in json.loads(run("--json").decode("utf-8"))["parts"][0]["feedback"]
