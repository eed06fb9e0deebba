"""The replay script shows the mistake again, with numpy and the student's file alone, and runs no other text."""

import ast
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.replay_script import MAX_COLUMNS, MAX_LINES, replay_script

SUBMISSION = """
from dataclasses import dataclass

import numpy as np

from settings import HALF

@dataclass
class Pair:
    first: "float"

def halved(x, scale=1.0):
    return HALF * x * scale, Pair(2.0).first

def line(f, x):
    return lambda t: f(x) + t

def raises(x):
    raise ZeroDivisionError("of mine")

def shown(**given):
    return None

def described(*values):
    return [(type(v).__name__, getattr(v, "dtype", None), np.shape(v)) for v in values]
"""


@pytest.fixture
def replayed(tmp_path):
    """`replayed(script)` is what the script prints in a submission's folder, and on stderr."""
    (tmp_path / "problem1.py").write_text(SUBMISSION)
    (tmp_path / "settings.py").write_text("HALF = 0.5\n")
    (tmp_path / "replay").mkdir()

    def run(script: str, *arguments: str, cwd=tmp_path) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "replay" / "1a.dx.py"
        path.write_text(script, "ascii")
        return subprocess.run(
            [sys.executable, "-W", "error", str(path), *arguments], cwd=cwd, capture_output=True, text=True, timeout=60
        )

    return run


def script_of(inputs, *, file="problem1.py", function="halved", got="", problem="", **more) -> str | None:
    return replay_script("1a.dx", file, function, inputs, got=got, problem=problem, **more)


def test_a_script_shows_what_came_back_and_what_is_wrong(replayed):
    script = script_of(
        {"x": np.array([1.0, 3.0])},
        got="(array([0.5, 1.5]), 2)",
        problem="Both numbers are off.",
        expected=(np.array([2.0, 6.0]), 1.0),
        output_names=("dx", "dgamma"),
    )

    assert replayed(script).stdout.splitlines() == [
        "1a.dx: halved on the inputs that show what is wrong with it",
        "the grader saw: (array([0.5, 1.5]), 2)",
        "what is wrong: Both numbers are off.",
        "expected: ([2.0, 6.0], 1.0)",
        "halved returns (dx, dgamma) (array([0.5, 1.5]), 2.0)",
    ]


def test_no_expected_value_is_told_unless_it_is_given(replayed):
    assert "expected" not in script_of({"x": 1.0})


def test_the_folder_can_be_named(replayed, tmp_path):
    elsewhere = tmp_path / "replay"

    assert "(1.0, 2.0)" in replayed(script_of({"x": 2.0}), str(tmp_path), cwd=elsewhere).stdout


def test_a_missing_file_is_named(replayed, tmp_path):
    ended = replayed(script_of({"x": 2.0}), cwd=tmp_path / "replay")

    assert ended.returncode == 1
    assert str(tmp_path / "replay" / "problem1.py") in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_the_grader_saw_is_told_before_the_function_raises(replayed):
    ended = replayed(script_of({"x": 2.0}, function="raises", problem="ZeroDivisionError: of mine"))

    assert "what is wrong: ZeroDivisionError: of mine" in ended.stdout
    assert "problem1.py" in ended.stderr
    assert ended.stderr.endswith("ZeroDivisionError: of mine\n")


class Shown:
    """A function that shows itself, as references hand them out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, x):
        return x

    def __repr__(self) -> str:
        return self.text


def test_a_returned_function_is_evaluated(replayed):
    square = Shown("lambda x, A=np.array([[2.0, 1.0], [1.0, 2.0]]): x @ A @ x")
    script = script_of({"f": square, "x": np.array([1.0, -1.0])}, function="line", points=(0, 0.5, -0.7))

    assert replayed(script).stdout.splitlines()[1:] == [
        "line returns a function; at",
        "0: 2.0",
        "0.5: 2.5",
        "-0.7: 1.3",
    ]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda x: x, id="function"),
        pytest.param(Shown("a function"), id="no source"),
        pytest.param(Shown("lambda x: secret(x)"), id="source that needs more than numpy"),
        pytest.param(Shown("lambda x: x\nimport os"), id="two lines"),
        pytest.param(Shown("print(1)"), id="a call"),
        pytest.param(np.random.default_rng(0), id="generator"),
        pytest.param({"a": 1}, id="dict"),
        pytest.param([lambda x: x], id="function in a list"),
        pytest.param(np.array([None]), id="array of objects"),
        pytest.param(np.array(["a"]), id="array of text"),
        pytest.param(np.full(1000, 1 / 3), id="too large"),
        pytest.param(np.zeros(10**7), id="far too large"),
        pytest.param("x" * 200, id="long text"),
    ],
)
def test_what_cannot_be_written_gives_no_script(value):
    assert script_of({"x": value}) is None


def test_too_many_inputs_give_no_script():
    assert script_of({f"x{i}": np.full(7, 1 / 3) for i in range(20)}) is None


def test_short_inputs_share_a_line_where_there_is_little_room(replayed):
    inputs = {"x": np.array([1.0])} | {f"a{i}": float(i) for i in range(12)}
    script = script_of(inputs, function="described")

    assert len(script.splitlines()) <= MAX_LINES
    assert "a1, a2, a3" in script
    assert replayed(script).stdout.count("'float'") == 12


@pytest.mark.parametrize("name", ["np", "sys", "file", "print", "own", "described"])
def test_an_input_may_be_called_like_something_of_the_script(replayed, name):
    script = script_of({name: np.array([1.0]), "x": 2.0}, function="described")

    assert "'ndarray'" in replayed(script).stdout


# ---- inputs come out as they went in ----

VALUES = [
    np.array([1.0, -0.0, np.nan, np.inf, -np.inf]),
    np.array([1 / 3, 1e-300, 5e-324, 1.7976931348623157e308]),
    np.array([1 / 3, 0.1], np.float32),
    np.array([1 / 3], np.float16),
    np.array([[1, 2], [3, 2**62]]),
    np.array([1, 255], np.uint8),
    np.array([2**64 - 1], np.uint64),
    np.array([True, False]),
    np.array([1 + 2j, complex(np.nan, -np.inf)]),
    np.array([1.5], np.complex64),
    np.array(2.5),
    np.array(3),
    np.zeros((0,)),
    np.zeros((0, 3)),
    np.zeros((2, 0), np.int32),
    np.arange(24.0).reshape(2, 3, 4) / 7,
    1.5, 0.1, float("nan"), float("-inf"), 3, -7, 10**20, True, None, 1 - 2j, "a 'b' \"c\" \\ \n é",
    [1, 2.5, [True]], (1,), (),
]  # fmt: skip


def inputs_of(script: str, names: list[str]) -> list:
    """What the script's own assignments make of the names."""
    tree = ast.parse(script)
    wanted = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in names]
    space = {"np": np}
    exec(compile(ast.Module(wanted, []), "script", "exec"), space)
    return [space[name] for name in names]


def same(one, other) -> bool:
    if isinstance(other, np.ndarray):
        # There are many nans, and nobody can tell one from the other.
        number = ~np.isnan(other)
        alike = type(one) is np.ndarray and one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
        return alike and one[number].tobytes() == other[number].tobytes()
    return type(one) is type(other) and (repr(one) == repr(other))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_inputs_come_out_as_they_went_in(value):
    script = script_of({"value": value})

    assert same(inputs_of(script, ["value"])[0], value)


@given(
    st.lists(st.floats(width=32), max_size=12),
    st.sampled_from([np.float64, np.float32]),
    st.floats(),
    st.integers(),
    st.text(max_size=30),
)
@settings(derandomize=True, deadline=None)
def test_any_inputs_come_out_as_they_went_in(numbers, dtype, real, whole, text):
    inputs = {"x": np.array(numbers, dtype), "real": real, "whole": whole, "text": text}
    script = script_of(inputs)

    if script is not None:
        assert all(map(same, inputs_of(script, ["x"]), [inputs["x"]]))
        assert all(map(fits, script.splitlines()))


def fits(line: str) -> bool:
    return len(line) <= MAX_COLUMNS and line.isascii()


# ---- what a student's text can do ----

HOSTILE = [
    "\nimport os; os.abort()",
    "\r\nimport os",
    "\x0cimport os",
    "\x0b\x1c\x1d\x1e\x85\u2028\u2029import os",
    "\x1b[2J\x1b]0;title\x07",
    "'''\"\"\"\\",
    "\x00",
    "# -*- coding: utf-7 -*-",
    "+AGkAbQ-",
    "\ud800",
    "{file} %s {0}",
    "x" * 10**6,
    "\n" * 10**6,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_of_a_student_is_a_comment_and_nothing_else(replayed, text):
    plain = script_of({"x": 2.0}, got="got", problem="wrong")
    hostile = script_of({"x": 2.0}, got=text, problem=text)

    assert ast.dump(ast.parse(hostile)) == ast.dump(ast.parse(plain))
    assert all(map(fits, hostile.splitlines()))
    assert len(hostile.splitlines()) == len(plain.splitlines())
    assert replayed(hostile).stdout.splitlines()[-1] == "halved returns (1.0, 2.0)"


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_any_text_is_a_comment(text):
    plain = script_of({"x": 2.0}, got="got", problem="wrong")
    hostile = script_of({"x": 2.0}, got=text or "got", problem="wrong")

    assert ast.dump(ast.parse(hostile)) == ast.dump(ast.parse(plain))
