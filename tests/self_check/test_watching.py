"""With --watch, whatever is saved is judged again in the same process, and nothing else is."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.sandbox.zygote import Zygote
from grader.self_check.chosen import ALL, Chosen
from grader.self_check.opening import Opened
from grader.self_check.watching import saves, watched
from grader.submission import Submission

SECONDS = 30


@pytest.fixture(params=[True, False], ids=["forked", "fresh"])
def source(request, zygote):
    """Where workers come from: where nothing can be forked, the same has to hold."""
    with Zygote(forks=False) if not request.param else contextlib.nullcontext(zygote) as ready:
        yield ready


@pytest.fixture
def shown(source):
    """`shown(folder, groups, chosen)` are the checks that are shown while these groups of files are saved.

    A group is a mapping from files to their new text.
    """

    def shown(folder, groups, chosen=ALL):
        own = Opened(Assignment(Course(folder), "tiny"), Submission(folder), source)

        def saved():
            for group in groups:
                for name, text in group.items():
                    (folder / name).write_text(text)
                yield {folder / name for name in group}

        found = []
        watched(own, chosen, saved(), lambda done: found.append(done.checked))
        return found

    return shown


def test_a_problem_that_is_saved_is_judged_again_among_the_others(shown, fill, right):
    wrong = right["problem1.py"].replace("np.sum(x)", "2 * np.sum(x)")

    first, second, third = shown(fill(), [{"problem1.py": wrong}, {"problem1.py": right["problem1.py"]}])

    assert [one.right for one in (first, second, third)] == [4, 3, 4]
    assert [part.id for part in second.parts if not part.right] == ["1b"]
    assert [one.id for one in second.problems] == ["1", "2"]


def test_a_module_that_others_may_import_concerns_all_problems(shown, fill):
    source = "from helper import total\ndef centre(x): return x - x.mean()\ndef scale(x, k): return k * x, 0 * k\n"
    folder = fill({"problem1.py": source, "helper.py": "def total(x): return x.sum()\n"})

    first, second = shown(folder, [{"helper.py": "def total(x): return x.max()\n"}], Chosen(parts=["1b"]))

    assert [one.right for one in (first, second)] == [1, 0]


def test_what_was_not_asked_for_is_not_judged(shown, fill, right):
    found = shown(fill(), [{"problem2.py": right["problem2.py"]}], Chosen(problems=["1"]))

    assert len(found) == 1


def test_a_file_that_is_no_python_for_a_moment_ends_nothing(shown, fill, right):
    first, broken, again = shown(fill(), [{"problem1.py": "def ("}, {"problem1.py": right["problem1.py"]}])

    assert (first.right, broken.right, again.right) == (4, 0, 4)


def test_files_of_ours_and_of_editors_are_not_waited_for(tmp_path):
    (tmp_path / ".grade").mkdir()
    seen = []

    def wait():
        for paths in saves(tmp_path):
            seen.extend(path.name for path in paths)
            break

    watcher = threading.Thread(target=wait, daemon=True)
    watcher.start()
    deadline = time.monotonic() + SECONDS
    while watcher.is_alive() and time.monotonic() < deadline:
        for name in (".grade/1a.py", "notes.txt", ".problem1.py.swp", "problem1.py"):
            (tmp_path / name).write_text(str(time.monotonic()))
        time.sleep(0.1)

    assert set(seen) == {"problem1.py"}


def test_the_command_shows_what_is_saved_and_ends_with_ctrl_c(fill, right):
    folder = fill()
    command = [sys.executable, "-m", "grader", "check", "--watch", "-p", "1"]
    environment = {**os.environ, "COLUMNS": "80"}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=environment) as process:
        guard = threading.Timer(SECONDS, process.kill)
        guard.start()
        lines = iter(process.stdout.readline, "")

        def page():
            text = ""
            for line in lines:
                text += line
                if line.startswith("watching"):
                    return text
            raise AssertionError(f"it ended, or was silent for {SECONDS} s: {text}")

        assert "4 of 4 parts" in page()
        wrong = right["problem1.py"].replace("np.sum(x)", "2 * np.sum(x)")
        (folder / "problem1.py").write_text(wrong)
        second = page()
        assert "3 of 4 parts" in second
        assert re.search(r"✗ 1b", second)
        process.send_signal(signal.SIGINT)
        code = process.wait(SECONDS)
        guard.cancel()

    assert code == 0
