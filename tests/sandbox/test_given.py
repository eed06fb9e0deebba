"""A given function is the same function in the judge and in the worker, and torch can see into the worker's."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.errors import BrokenReference, StudentFault
from grader.given import MAX_SOURCE, given
from grader.grading import Graded, grade
from grader.model import Limits, Status
from grader.reference import ReferenceModule
from grader.sandbox.student import Student
from grader.sandbox.tensors import Torch
from grader.submission import Submission

GIVEN = '''\
"""Functions that are handed to students."""

import numpy as xp


def softplus(z):
    return xp.log1p(xp.exp(-abs(z))) + (z + abs(z)) / 2


def wave(a, b):
    return lambda p: (a * xp.sin(b @ p)).sum()


def library(_):
    return xp.__name__


def wrong(_):
    return xp.no_such_function()
'''
# As the judge finds it where nothing is imported: `xp` is there.
BARE = GIVEN.replace("import numpy as xp\n", "")

rng = np.random.default_rng(0)
A, B, P = rng.standard_normal(4), rng.standard_normal((4, 3)), rng.standard_normal(3)

STUDENT = """
def call(f, x):
    return f(x)


def name(f):
    return f.__name__


def many(f, x):
    return f([x])
"""
WITH_TORCH = """
import torch


def as_tensor(f, x):
    return f(torch.tensor(x))


def single(f, x):
    return f(torch.tensor(x).float())


def gradient(f, p):
    p = torch.as_tensor(p).clone().requires_grad_()
    return torch.autograd.grad(f(p).sum(), p)[0]


def hessian(f, p):
    return torch.func.hessian(f)(p)
"""


@pytest.fixture
def student(tmp_path, torch_zygote) -> Callable[..., Student]:
    """`student(*names)` has the functions of both kinds; those that are named take tensors."""
    opened = []

    def opening(*tensors: str, source: str = GIVEN) -> Student:
        (tmp_path / "problem1.py").write_text(STUDENT + WITH_TORCH)
        one = Student(torch_zygote, tmp_path, "problem1.py", Limits(), (), Torch(frozenset(tensors)), source)
        opened.append(one)
        return one.__enter__()

    yield opening
    for one in opened:
        one.__exit__()


@pytest.mark.parametrize("source", [GIVEN, BARE], ids=["imports numpy as xp", "finds xp"])
def test_in_the_worker_it_is_of_numpy_for_arrays_and_of_torch_for_tensors(student, source):
    one = student("gradient", source=source)

    assert one.function("call")(given("library"), P) == "numpy"
    assert one.function("as_tensor")(given("library"), P) == "torch"
    assert np.allclose(one.function("call")(given("softplus"), P), np.logaddexp(0, P))
    assert np.allclose(one.function("as_tensor")(given("softplus"), P).array, np.logaddexp(0, P))
    assert np.allclose(one.function("gradient")(given("softplus"), P).array, 1 / (1 + np.exp(-P)))


def test_numbers_are_for_numpy_even_where_the_function_takes_tensors(student):
    assert student("call").function("call")(given("softplus"), 0.0) == pytest.approx(np.log(2))


def test_parameters_go_with_it_in_the_precision_that_it_is_called_with(student):
    one, wave = student("gradient", "hessian"), given("wave", A, B)

    assert one.function("call")(wave, P) == pytest.approx((A * np.sin(B @ P)).sum())
    single = one.function("single")(wave, P).array
    assert single.dtype == np.float32
    assert single == pytest.approx((A * np.sin(B @ P)).sum(), rel=1e-4)
    assert np.allclose(one.function("gradient")(wave, P).array, (A * np.cos(B @ P)) @ B)
    assert np.allclose(one.function("hessian")(wave, P).array, -(B.T * (A * np.sin(B @ P))) @ B)


def test_a_student_of_torch_may_differentiate_through_it_where_arrays_are_handed_out(student):
    assert np.allclose(student().function("gradient")(given("softplus"), P).array, 1 / (1 + np.exp(-P)))


def test_it_bears_its_name(student):
    assert student().function("name")(given("softplus")) == "softplus"


def test_without_torch_it_works_on_arrays(zygote, tmp_path):
    (tmp_path / "problem1.py").write_text(STUDENT)
    with Student(zygote, tmp_path, "problem1.py", Limits(), (), given=GIVEN) as one:
        assert np.allclose(one.function("call")(given("softplus"), P), np.logaddexp(0, P))


@pytest.mark.parametrize(
    ("called", "words"),
    [
        (given("wrong"), "no_such_function"),
        (given("absent"), "absent"),
    ],
)
def test_what_goes_wrong_in_it_is_told_and_the_worker_lives_on(student, called, words):
    one = student()

    with pytest.raises(StudentFault, match=words) as fault:
        one.function("call")(called, P)

    assert fault.value.fault.status is Status.RAISED
    assert one.function("call")(given("library"), P) == "numpy"


def test_a_traceback_shows_its_lines(student):
    with pytest.raises(StudentFault) as fault:
        student().function("call")(given("wrong"), P)

    assert 'File "<given.py>"' in fault.value.fault.traceback
    assert "return xp.no_such_function()" in fault.value.fault.traceback


def test_a_file_of_the_students_own_of_that_name_is_another_one(student, tmp_path):
    (tmp_path / "given.py").write_text("def softplus(z): return 0.0\n")

    assert student().function("call")(given("softplus"), 0.0) == pytest.approx(np.log(2))


# ---- in the judge ----

REFERENCE = '''\
import numpy as np

from grader.given import given

from .given import wave as plain_wave


def inputs(draw, n: int):
    a, b, p = draw.normal(4), draw.normal(4, n), draw.normal(n)
    assert np.isfinite(plain_wave(a, b)(p))
    return {"f": given("wave", a, b), "p": p}


def gradient(f, p):
    a, b = f.parameters
    return (a * np.cos(b @ p)) @ b


def value(f, p):
    return f(p)


def is_no_larger_than_its_parts(value, f, p):
    """The value is within reach."""
    assert abs(value(f, p)) <= np.abs(f.parameters[0]).sum() * 1.001
'''
RUBRIC = """\
id: hw
title: Fields
problems:
  - id: "1"
    title: One
    file: problem1.py
    functions:
      gradient: {tensors: true, inputs: {from: inputs, sizes: {n: [3, 1, 5]}}}
      value: {inputs: {from: inputs, sizes: {n: [3, 1, 5]}}}
    parts:
      - {id: 1a, points: 1, criterion: "g", function: gradient, checks: [matches_reference]}
      - {id: 1b, points: 1, criterion: "v", function: value,
         checks: [matches_reference, satisfies: {property: is_no_larger_than_its_parts}]}
"""


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path = path.with_suffix(".yaml" if name.startswith("rubrics") else ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def graded(tmp_path, torch_zygote) -> Callable[..., Graded]:
    """`graded(student)` is the grading of a problem file of this source, in a course with given functions."""
    course = files(
        tmp_path / "course", rubrics__hw=RUBRIC, reference__hw__problem1=REFERENCE, reference__hw__given=GIVEN
    )

    def of(student: str) -> Graded:
        assignment = Assignment(Course(course), "hw")
        return grade(assignment, Submission(files(tmp_path / "handed_in", problem1=student)), torch_zygote)

    return of


RIGHT = """
import torch

def gradient(f, p):
    assert isinstance(p, torch.Tensor)
    return torch.func.grad(f)(p)

def value(f, p):
    return f(p)
"""


def test_right_answers_pass_and_so_they_do_with_what_is_kept(graded):
    for _ in range(2):
        report, errors = graded(RIGHT)

        assert errors == []
        assert [part.status for part in report.parts] == [Status.CORRECT, Status.CORRECT]


def test_single_precision_passes(graded):
    single = (
        "def gradient(f, p):\n    return torch.func.grad(f)(p.float())\ndef value(f, p):\n    return f(np.float32(p))"
    )
    report, errors = graded(f"import numpy as np\nimport torch\n{single}\n")

    assert errors == []
    assert [part.status for part in report.parts] == [Status.CORRECT, Status.CORRECT]


def test_a_wrong_answer_is_shown_with_the_function_that_it_is_about(graded):
    report, errors = graded(RIGHT.replace("(f)(p)", "(f)(p) * 1.001"))

    assert errors == []
    assert report.parts[0].status is Status.WRONG
    assert report.parts[0].counterexample.inputs["f"].startswith("wave(array([")
    assert report.parts[1].status is Status.CORRECT


def module(tmp_path, given_source: str | None, reference: str = REFERENCE) -> ReferenceModule:
    files(tmp_path / "reference", problem1=reference)
    if given_source is not None:
        files(tmp_path / "reference", given=given_source)
    return ReferenceModule(tmp_path / "reference" / "problem1.py")


@pytest.mark.parametrize("source", [GIVEN, BARE], ids=["imports numpy as xp", "finds xp"])
def test_a_reference_may_import_it_whatever_xp_is_called(tmp_path, source):
    assert module(tmp_path, source).given.softplus(0.0) == pytest.approx(np.log(2))


def test_before_the_inputs_are_made_it_says_that_it_cannot_be_called():
    with pytest.raises(TypeError, match="'softplus' can be called once the inputs are made"):
        given("softplus")(1.0)


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        ("def wave(:\n", "SyntaxError", 1),
        ("\nboom\n", "NameError", 2),
        ("#" * (MAX_SOURCE + 1), "has more than 64 kB", 0),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path, source, words, line):
    with pytest.raises(BrokenReference, match=words) as error:
        module(tmp_path, source)

    assert Path(error.value.file).name == "given.py"
    assert error.value.line == line


def test_a_name_that_is_not_in_it_is_the_staffs_mistake(graded, tmp_path):
    files(tmp_path / "course", reference__hw__given=GIVEN.replace("def wave", "def wave2") + "\nwave = 3\n")
    files(
        tmp_path / "course",
        reference__hw__problem1=REFERENCE.replace("from .given import wave as", "from .given import wave2 as"),
    )

    report, errors = graded(RIGHT)

    assert {part.status for part in report.parts} == {Status.INTERNAL_ERROR}
    assert all("there is no function 'wave'" in str(error) and "given.py" in str(error) for error in errors)
