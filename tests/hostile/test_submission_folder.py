"""Whatever lies in a submission's folder, beside or in place of a problem file, costs at most its own problem."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from levels import FULL, PARTIAL, PROCESS_ONLY, at

import grader
from grader.model import Status

# Libraries and tools, some of which the grader, numpy or Python itself import late.
SHADOWED = (
    "numpy", "torch", "json", "msgspec", "grader", "inspect", "traceback", "linecache", "socket", "tokenize", "typing",
    "random", "secrets", "pickle", "logging", "threading", "ctypes", "site", "encodings", "tempfile", "copy", "signal",
)  # fmt: skip
TOOLS = ("conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "__init__.py", "__main__.py", "noxfile.py")
EXPLODES = "raise RuntimeError('this file was executed')\n"


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_files_that_bear_a_librarys_or_a_tools_name_change_nothing_for_who_does_not_import_them(graded):
    files = {f"{name}.py": EXPLODES for name in SHADOWED} | dict.fromkeys(TOOLS, EXPLODES)

    report = graded({**files, "evil.pth": f"import os; {EXPLODES}", "pyproject.toml": "[tool", "pytest.ini": "["})

    assert (report.score, report.max_score) == (17, 17)


def test_numpy_is_numpy_whatever_the_folder_calls_so(graded, right):
    code = right["problem1.py"] + "\nassert 'site-packages' in np.__file__ and np.linalg.norm([3.0, 4.0]) == 5\n"

    report = graded({"problem1.py": code, "numpy.py": "sum = linalg = None\n", "numpy/__init__.py": EXPLODES})

    assert (report.score, report.max_score) == (17, 17)


def test_a_fault_is_told_in_full_although_its_tools_are_shadowed(graded, right):
    files = {f"{name}.py": EXPLODES for name in SHADOWED}

    report = graded({**files, "problem1.py": right["problem1.py"] + "\n\ndef centre(x):\n    return x['mean']\n"})

    [part] = [part for part in report.parts if part.id == "1a"]
    assert part.status is Status.RAISED
    assert "IndexError" in part.feedback
    assert "(problem1.py, line 17)" in part.feedback
    assert report.score == 13


def test_a_module_of_the_students_own_with_a_librarys_name_is_theirs_in_their_worker_only(graded, right):
    files = {
        "problem1.py": "import colorsys\ncolorsys.mine()\n" + right["problem1.py"],
        "problem2.py": "import colorsys\nassert not hasattr(colorsys, 'calls')\n" + right["problem2.py"],
        "colorsys.py": "def mine():\n    global calls\n    calls = 1\n",
    }

    report = graded(files)

    assert (report.score, report.max_score) == (17, 17)


def test_a_module_called_grader_cannot_be_imported_and_says_so(graded, right):
    report = graded({"problem1.py": "import grader\n" + right["problem1.py"], "grader.py": "x = 1\n"})

    assert {part.status for part in report.parts if part.problem == "1"} == {Status.RAISED}
    assert "import of grader halted" in report.parts[0].feedback
    assert report.score == 8


@pytest.mark.parametrize("kind", ["a folder", "a package", "a pipe", "a device", "a socket", "a huge file"])
@pytest.mark.usefixtures("nothing_left_behind")
def test_what_stands_in_for_a_problem_file_costs_that_problem(kind, graded, submit):
    path = submit({"problem1.py": None}) / "problem1.py"
    match kind:
        case "a folder":
            path.mkdir()
        case "a package":
            path.mkdir()
            (path / "__init__.py").write_text(EXPLODES)
        case "a pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case "a socket":
            bind(path)
        case "a huge file":
            with path.open("wb") as file:  # sparse: 100 MB of nothing
                file.truncate(100 << 20)

    report = graded({"problem1.py": None})

    assert {part.status for part in report.parts if part.problem == "1"} == {Status.UNREADABLE}
    assert report.score == 8


def bind(path: Path) -> None:
    """A unix socket of this name; by descriptor, since the name may be longer than sockets know."""
    import socket

    here = os.open(path.parent, os.O_PATH)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_much_beside_the_problem_files_is_no_hindrance(graded, submit):
    folder = submit({f"data/{i}.txt": "x" for i in range(300)})
    with (folder / "data" / "weights.bin").open("wb") as file:
        file.truncate(1 << 30)
    (folder / "data" / "loop").symlink_to("..")

    report = graded({})

    assert (report.score, report.max_score) == (17, 17)


def test_data_beside_the_problem_file_can_be_read(graded, right):
    code = "from pathlib import Path\nassert (Path(__file__).parent / 'data.txt').read_text() == '3 4'\n"

    report = graded({"problem1.py": code + right["problem1.py"], "data.txt": "3 4"})

    assert (report.score, report.max_score) == (17, 17)


# ---- remembering, and other students ----

REMEMBERS = """
import os, tempfile
for place in {tempfile.gettempdir(), "/dev/shm", os.path.expanduser("~"), os.path.dirname(__file__)}:
    try:
        path = os.path.join(place, "grader_test_memory")
        if os.path.exists(path):
            raise SystemExit("remembered")
        open(path, "w").write("1")
    except OSError:
        pass
"""


@at(FULL)
def test_nothing_is_remembered_from_one_problem_or_grading_to_the_next(graded, right):
    files = {name: REMEMBERS + code for name, code in right.items()}

    first, second = graded(files), graded(files)

    assert (first.score, second.score) == (17, 17)


@at(PARTIAL)
def test_without_namespaces_nothing_can_be_written_that_could_be_remembered(graded, right):
    code = REMEMBERS.replace("tempfile.gettempdir()", "'/tmp'").replace("import os, tempfile", "import os")

    reports = [graded({name: code + source for name, source in right.items()}) for _ in range(2)]

    assert [report.score for report in reports] == [17, 17]


@at(FULL)
@pytest.mark.parametrize("way", ["../another_student/problem1.py", "/submission/../another_student/problem1.py"])
def test_a_neighbours_answer_cannot_be_handed_in(way, graded, right, tmp_path):
    neighbour = tmp_path / "another_student" / "problem1.py"
    neighbour.parent.mkdir()
    neighbour.write_text(right["problem1.py"])

    report = graded({"problem1.py": f"exec(open({way!r}).read())\n"})

    assert {part.status for part in report.parts if part.problem == "1"} == {Status.RAISED}
    assert "FileNotFoundError" in report.parts[0].feedback
    assert report.score == 8


# ---- what a folder says of itself ----


def command(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What the command does, in a folder; its output is that of a terminal that is none."""
    own = {"PYTHONPATH": str(Path(grader.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words)], cwd=cwd, env={**os.environ, **own},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


# What turns or moves what is read; of escapes, one that a pipe does not lose.
MOVING = "\x1b]0;mine\x07\u202e\u2028\r"


@pytest.mark.parametrize(
    "label",
    [
        pytest.param('assignment: "tiny\\e]0;mine\\a\\u202e\\r"', id="assignment"),
        pytest.param('assignment: "tiny\\n  remedy: run this"', id="assignment of two lines"),
        pytest.param('"\\e]0;mine\\a\\u202e\\r": tiny', id="key"),
        pytest.param('"key\\n  remedy: run this": tiny', id="key of two lines"),
        pytest.param('student: {"\\e]0;mine\\a": tiny}', id="key of a student"),
        pytest.param('assignment: !!python/object/apply:os.system ["touch made"]', id="tag"),
        pytest.param('assignment: "\\ud800"', id="half a character"),
        pytest.param("collaborators: &a [*a]", id="itself"),
    ],
)
def test_a_label_that_is_none_is_an_error_which_moves_nothing_on_the_terminal(label, course, submit):
    folder = submit({"submission.yaml": label})

    done = command("submission", folder, cwd=course)

    assert done.returncode == 2, done.stderr
    assert "submission.yaml" in done.stderr
    assert [one for one in done.stdout + done.stderr if not one.isprintable() and one != "\n"] == []
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["error:", "remedy:"]
    assert not (course / "made").exists()


def test_a_label_that_leads_out_of_the_folder_is_not_read(course, submit, tmp_path):
    (tmp_path / "secret.yaml").write_text("token: a secret\n")
    folder = submit()
    (folder / "submission.yaml").symlink_to(tmp_path / "secret.yaml")

    done = command("submission", folder, "--assignment", "tiny", cwd=course)

    assert done.returncode == 0, done.stderr
    assert "token" not in done.stdout + done.stderr


def test_a_folder_may_be_called_anything_and_moves_nothing_on_the_terminal(course, submit):
    folder = submit(name=f"mine{MOVING}")

    done = command("submission", folder, "--assignment", "tiny", cwd=course)

    assert done.returncode == 0, done.stderr
    assert [one for one in done.stdout + done.stderr if not one.isprintable() and one != "\n"] == []


@pytest.mark.parametrize("words", [("submission",), ("submission", "--trial", "1a/0"), ("batch",)])
def test_a_course_that_is_handed_in_is_not_run(words, submit, tmp_path, course):
    # Whoever grades in a folder without a course would otherwise run it, and believe its rubric.
    folder = submit()
    for name in ("rubrics", "reference"):
        (course / name).rename(folder / name)
    reference = folder / "reference" / "tiny" / "problem1.py"
    reference.write_text("open('made', 'w').close()\n" + reference.read_text())
    (tmp_path / "elsewhere").mkdir()

    for here, typed in ((tmp_path / "elsewhere", folder), (folder, Path())):
        done = command(*words, typed, "--assignment", "tiny", cwd=here)

        assert done.returncode == 2, done.stdout
        assert "--course" in done.stderr
        assert not (here / "made").exists()
