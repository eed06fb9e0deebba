"""A student's own check: the public trials with recorded answers, without the reference, and without a score."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

import grader
from grader.assignment import Assignment
from grader.course import Course
from grader.kit.making import kit, zipped
from grader.model import Status
from grader.self_check.checking import checked, public_side
from grader.self_check.chosen import ALL, Chosen
from grader.self_check.opening import opened
from grader.self_check.panel import panel
from grader.submission import Submission
from grader.worker.levels import PROCESS_ONLY

WRONG = "def centre(x): return x\ndef total(x): return 2 * x.sum()\ndef scale(x, k): return k * x\n"


def said(done):
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def check(zygote):
    """`check(course, folder)` is what a self-check says of a folder, with nothing for the staff to mend."""

    def found(course, folder, chosen=ALL):
        done = checked(public_side(Assignment(Course(course), "tiny")), Submission(folder), zygote, chosen)
        assert done.errors == []
        return done.checked

    return found


def test_a_solution_is_checked_where_there_is_neither_course_nor_reference(tmp_path, shared_course, right):
    """The whole way of a student: the package alone, an empty folder, the zip, a solution."""
    package, home = tmp_path / "installed", tmp_path / "home"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(grader.__file__).parent, package / "grader", ignore=ignored)
    home.mkdir()
    (home / "kit.zip").write_bytes(zipped(kit(Assignment(Course(shared_course), "tiny")), "tiny"))
    shutil.rmtree(shared_course)
    with zipfile.ZipFile(home / "kit.zip") as archive:
        archive.extractall(home)
    command = [sys.executable, "-m", "grader", "check"]

    def run():
        environment = {"PYTHONPATH": str(package), "PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "100"}
        done = subprocess.run(command, cwd=home / "tiny", env=environment, capture_output=True, text=True, timeout=60)
        return done.returncode, said(done)

    assert run()[0] == 1  # nothing is filled in
    for name, text in right.items():
        (home / "tiny" / name).write_text(text)
    code, text = run()

    assert code == 0
    assert re.search(r"^4 of 4 parts right in the public trials", text, re.MULTILINE)
    assert "Public checks only: 9 of 17 points can be checked here; hidden checks use other inputs." in " ".join(
        text.split()
    )


def test_right_answers_are_right_and_wrong_ones_are_told(check, fill):
    right = check(fill(), fill())
    wrong = check(fill({"problem1.py": WRONG}), fill({"problem1.py": WRONG}))

    assert {part.status for part in right.parts} == {Status.CORRECT}
    assert {part.status for part in wrong.parts} == {Status.WRONG}
    assert all(part.feedback and part.counterexample for part in wrong.parts)


def test_a_course_and_its_kit_say_the_same(check, shared_course, fill):
    folder = fill({"problem1.py": WRONG})

    assert check(shared_course, folder) == check(folder, folder)


def test_a_public_property_asks_the_function_on_inputs_that_nobody_recorded(check, fill):
    text = (fill() / "problem1.py").read_text()
    once = "def centre(x):\n    return x - np.mean(x) if np.abs(np.mean(x)) > 1e-9 else x + 1.0\n"
    folder = fill({"problem1.py": text.replace("def centre(x):\n    return x - np.mean(x)\n", once)})
    [part] = check(folder, folder, Chosen(parts=["1a"])).parts
    assert part.status is Status.WRONG
    assert "Centre your result again: it moves." in part.feedback


def test_nothing_of_it_can_be_taken_for_the_grade(check, fill):
    folder = fill()
    found = msgspec.to_builtins(check(folder, folder))

    assert not {"score", "max_score", "earned"} & {*found, *(key for part in found["parts"] for key in part)}
    assert found["checkable"] < found["by_machine"]


def test_written_and_hidden_parts_are_named_with_the_reason(check, fill):
    folder = fill()

    others = {other.id: other.why for other in check(folder, folder).others}

    assert others == {"2a": "not checkable here", "2b": "not checkable here", "2c": "marked by a person"}


def test_of_what_is_not_written_yet_there_is_one_line_and_no_script(run, kit_folder):
    """A kit that was unzipped a minute ago."""
    done = run("check", kit_folder)

    assert "  ○ not written yet: 1a, 1b, 1c, 1d\n" in done.stdout
    assert done.returncode == 1
    assert "NotImplementedError" not in done.stdout
    assert not (kit_folder / ".grade").exists()


def test_what_is_said_of_several_parts_is_said_once(run, fill):
    """Below the line of a part that says all the same as another stands the name of that one."""
    done = run("check", fill({"problem1.py": "def centre(x)\n    return x\n"}))
    lines = done.stdout.splitlines()

    assert sum("SyntaxError" in line for line in lines) == 2  # the sentence, and the end of the traceback
    assert lines.count("      as in 1a") == 3


def test_a_notebook_unfolds_what_is_the_same_of_several_parts_once(check, fill, kit_folder):
    unwritten = panel(check(kit_folder, kit_folder))
    folder = fill({"problem1.py": "def centre(x)\n    return x\n"})
    broken = panel(check(folder, folder))

    assert "not written yet: 1a, 1b, 1c, 1d" in unwritten
    assert "NotImplementedError" not in unwritten
    assert (broken.count("<details open>"), broken.count("<details")) == (1, 4)


def test_one_problem_or_some_parts_are_checked_alone(check, fill):
    folder = fill()

    def ids(**chosen):
        return [part.id for part in check(folder, folder, Chosen(**chosen)).parts]

    assert ids(problems=["1"]) == ["1a", "1b", "1c", "1d"]
    assert ids(problems=["2"]) == []
    assert ids(parts=["1b", "1d"]) == ["1b", "1d"]


@pytest.mark.parametrize("option", [("-p", "7"), ("--part", "1z")])
def test_what_there_is_none_of_is_said(run, fill, option):
    done = run("check", fill(), *option)

    assert done.returncode == 2
    assert f"'{option[1]}'" in done.stderr
    assert "remedy" in done.stderr


@pytest.mark.parametrize("columns", [20, 37, 80])
def test_no_line_is_wider_than_the_terminal_and_symbols_do_without_colour(run, fill, columns):
    done = run("check", fill({"problem1.py": WRONG}), COLUMNS=str(columns))

    lines = said(done).splitlines()
    assert max(len(line) for line in lines if "replay" not in line) <= columns
    assert "\x1b" not in done.stdout
    assert "✗" in done.stdout


def test_json_holds_what_the_terminal_shows(run, fill):
    done = run("check", fill({"problem1.py": WRONG}), "--json")

    found = json.loads(said(done))
    assert {part["id"]: part["status"] for part in found["parts"]} == dict.fromkeys(("1a", "1b", "1c", "1d"), "wrong")


def test_hints_are_revealed_one_at_a_time(run, fill):
    folder = fill({"problem1.py": WRONG})

    assert "there are 2 hints: --hint 1b" in said(run("check", folder))
    first, second, third = (said(run("check", folder, "--hint", "1b")) for _ in range(3))
    assert "Add them up." in first
    assert "Use a loop." not in first
    assert "Use a loop." in second
    assert third == second
    assert "hint" not in said(run("check", folder, "--part", "1b"))
    assert said(run("check", folder, "--hint", "1a")) == "There is no hint for 1a.\n"


def test_the_replay_script_shows_the_same_value(run, fill):
    folder = fill({"problem1.py": WRONG})
    found = json.loads(said(run("check", folder, "--json")))
    [shown] = [part["counterexample"]["got"] for part in found["parts"] if part["id"] == "1b"]

    script = folder / ".grade" / "1b.py"
    done = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, timeout=60)

    assert f"{float(done.stdout.splitlines()[-1].split()[-1]):.6g}" == shown
    fill()
    run("check", folder)
    assert not script.exists()


def test_nothing_is_written_into_a_course(run, shared_course, right):
    folder = shared_course / "submissions_example" / "tiny" / "wrong"
    folder.mkdir(parents=True)
    for name, text in {**right, "problem1.py": WRONG}.items():
        (folder / name).write_text(text)

    done = run("check", folder)

    assert done.returncode == 1
    assert "replay" not in said(done)
    assert {path.name for path in folder.iterdir()} == set(right)


@pytest.mark.parametrize(
    ("source", "status"),
    [
        pytest.param("import os\nos._exit(3)\n", Status.CRASHED, id="ends"),
        pytest.param("raise SystemExit\n", Status.RAISED, id="exits"),
        pytest.param("def (", Status.RAISED, id="no python"),
        pytest.param("def total(x): return [[1], [2, 3]]\n", Status.MISSING, id="missing"),
        pytest.param(
            "def centre(x): return {1: x}\ndef total(x): return 'x'\ndef scale(x, k): return print\n",
            Status.WRONG,
            id="odd",
        ),
        pytest.param(
            "def centre(x): return 1 / 0\ndef total(x): return x.nope\ndef scale(x, k): return k[0]\n",
            Status.RAISED,
            id="raises",
        ),
    ],
)
def test_whatever_the_file_does_the_check_goes_on(check, fill, source, status):
    folder = fill({"problem1.py": source})

    found = check(folder, folder)

    assert status in {part.status for part in found.parts}
    assert not any(part.right for part in found.parts)


def test_a_damaged_kit_says_what_to_do(run, fill):
    folder = fill()
    (folder / "recorded" / "tiny" / "problem1.npz").write_bytes(b"PK")

    done = run("check", folder)

    assert done.returncode == 3
    assert "problem1.npz: cannot be read" in done.stderr
    assert "unzip the kit again" in done.stderr


def test_the_plain_command_checks_a_kit_as_well_where_it_is_named_as_the_course(run, fill):
    folder = fill()

    alone, plain, check = run(folder), run("submission", folder, "--course", folder), run("check", folder)

    assert alone.returncode == 2
    assert "grade check" in alone.stderr
    assert plain.returncode == check.returncode == 0
    assert said(plain) == said(check)


@pytest.mark.parametrize("files", [{}, {"problem1.py": WRONG}, {"problem1.py": "import os\nos._exit(3)\n"}])
def test_with_the_weakest_isolation_it_says_the_same_and_which_that_is(run, fill, files):
    folder = fill(files)

    weak, usual = run("check", folder, "--isolation", "process"), run("check", folder)

    [sentence] = [line for line in said(weak).splitlines() if "not locked in" in line]
    assert PROCESS_ONLY in sentence
    assert weak.returncode == usual.returncode
    assert weak.stdout.replace(f"{sentence}\n", "") == re.sub(r"Your code was not locked in.*\n", "", usual.stdout)


@pytest.mark.parametrize(
    ("chosen", "files", "torch"),
    [
        pytest.param(ALL, {}, True, id="all of it"),
        pytest.param(Chosen(problems=["1"]), {}, False, id="a problem in numpy"),
        pytest.param(Chosen(parts=["2a"]), {}, True, id="a part with tensors"),
        pytest.param(Chosen(problems=["1"]), {"problem1.py": "import torch\n"}, True, id="torch by choice"),
        pytest.param(Chosen(problems=["1"]), {"helper.py": "import torch\n"}, True, id="torch in a helper"),
        pytest.param(Chosen(problems=["1"]), {"problem2.py": "import torch\n"}, False, id="torch elsewhere"),
    ],
)
def test_torch_is_waited_for_only_where_it_is_needed(fill, chosen, files, torch):
    folder = fill(files)
    rubric = folder / "rubrics" / "tiny.yaml"
    text = rubric.read_text()
    assert "    line:\n" in text
    rubric.write_text(text.replace("    line:\n", "    line:\n      tensors: true\n"))

    with opened(folder, chosen=chosen) as own:
        assert own.zygote.preload == (("numpy", "torch") if torch else ("numpy",))


@pytest.mark.parametrize("files", [{}, {"problem1.py": WRONG}], ids=["right", "wrong"])
def test_nothing_is_imported_that_takes_its_time_and_is_not_needed(fill, files):
    code = "import sys, grader.cli as cli\ntry: cli.main(['check'])\nfinally: print(*sys.modules, sep='\\n')"

    folder = fill(files)
    for _ in range(2):  # what YAML says is kept from the first time on
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)

    imported = {name.partition(".")[0] for name in done.stdout.splitlines()}
    assert "numpy" in imported
    slow = {"torch", "scipy", "jinja2", "rich", "matplotlib", "distributed", "watchfiles", "pytest", "yaml"}
    assert not imported & slow
    assert files or "numpy.random" not in done.stdout.splitlines()
