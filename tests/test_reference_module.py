"""Whatever goes wrong in a reference is told with file and line, and is never a student's fault."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.errors import BrokenReference, StudentFault
from grader.model import Fault, Status, Trial
from grader.reference import ReferenceModule


def module(folder: Path, source: str, **siblings: str) -> ReferenceModule:
    """The reference module of this source, with siblings beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"problem1": source, **siblings}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return ReferenceModule(folder / "problem1.py")


def error_of(folder: Path, source: str, **siblings: str) -> BrokenReference:
    """What its import comes to."""
    with pytest.raises(BrokenReference) as caught:
        module(folder, source, **siblings)
    return caught.value


def trial(**inputs: Any) -> Trial:
    return Trial(0, {}, "normal", inputs)


# ---- import ----


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        pytest.param("x = 1\n\nimport numpyy\n", 3, "ModuleNotFoundError: No module named 'numpyy'", id="import"),
        pytest.param("x = 1\nraise ValueError('no')\n", 2, "ValueError: no", id="raises"),
        pytest.param("def f():\n    return 1 / 0\n\nf()\n", 2, "ZeroDivisionError", id="raises in a function"),
        pytest.param("def f(x:\n    pass\n", 1, "SyntaxError: '(' was never closed", id="syntax"),
        pytest.param("def f(x):\nreturn x\n", 2, "SyntaxError: expected an indented block", id="indentation"),
        pytest.param("x = 1\nfrom .missing import y\n", 2, "ModuleNotFoundError", id="no such sibling"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_with_file_and_line(tmp_path, source, line, words):
    error = error_of(tmp_path, source)

    assert Path(error.file) == tmp_path / "problem1.py"
    assert error.line == line
    assert words in error.message


@pytest.mark.parametrize(
    ("text", "line"), [("y = 1\n\nraise ValueError('no')\n", 3), ("y = (\n", 1)], ids=["raises", "syntax"]
)
def test_an_error_in_a_sibling_is_told_with_the_siblings_line(tmp_path, text, line):
    error = error_of(tmp_path, "from .sibling import y\n", sibling=text)

    assert Path(error.file) == tmp_path / "sibling.py"
    assert error.line == line


def test_an_error_is_found_by_a_path_from_here_too(tmp_path, monkeypatch):
    (tmp_path / "problem1.py").write_text("x = 1\nraise ValueError\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(BrokenReference, match=r"problem1\.py:2: ValueError"):
        ReferenceModule(Path("problem1.py"))


def test_a_missing_module_is_told_with_a_remedy(tmp_path):
    with pytest.raises(BrokenReference, match="there is no such reference") as caught:
        ReferenceModule(tmp_path / "nowhere" / "problem9.py")

    assert "problem9.py" in str(caught.value)
    assert caught.value.remedy


def test_a_module_that_is_mended_can_be_imported_again(tmp_path):
    error_of(tmp_path, "raise ValueError\n")

    assert module(tmp_path, "def f(x):\n    return x\n").function("f")(3) == 3


def test_siblings_can_be_imported_and_import_each_other(tmp_path):
    reference = module(
        tmp_path,
        "from .shapes import area\nfrom . import shapes\n\ndef f(x):\n    return area(x) + shapes.ONE\n",
        shapes="from .numbers import PI\nONE = 1\n\ndef area(r):\n    return PI * r * r\n",
        numbers="PI = 3\n",
    )

    assert reference.function("f")(2) == 13


@pytest.mark.parametrize("names", ["one two", "a.b a_b", "x/hw x.hw"])
def test_two_courses_with_the_same_assignment_do_not_mix(tmp_path, names):
    source = "from .sibling import VALUE\n\ndef f():\n    return VALUE\n"

    one, other = (
        module(tmp_path / name / "reference" / "hw", source, sibling=f"VALUE = {number}\n")
        for number, name in enumerate(names.split())
    )

    assert (one.function("f")(), other.function("f")()) == (0, 1)


@pytest.mark.parametrize(("options", "refused"), [(["-O"], True), ([], False)], ids=["without", "with"])
def test_without_assertions_there_is_no_grading(tmp_path, options, refused):
    (tmp_path / "problem1.py").write_text("def p(x):\n    assert x > 0\n")
    program = "import sys, pathlib, grader.reference as r; r.ReferenceModule(pathlib.Path(sys.argv[1]))"

    ended = subprocess.run(
        [sys.executable, *options, "-c", program, tmp_path / "problem1.py"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert ("UsageError: Python was told to leave out assertions" in ended.stderr) is refused
    assert (ended.returncode != 0) is refused


# ---- functions and their arguments ----

SOURCE = '''\
import functools
import numpy as np

NUMBER = 3


def layer(x, gamma, eps=1e-5):
    return gamma * x / eps


@functools.wraps(layer)
def wrapped(*arguments):
    return layer(*arguments)


@functools.lru_cache
def cached(x, y):
    return x


class Model:
    def __init__(self, x):
        self.x = x


partial = functools.partial(layer, 1.0)


def breaks(x):
    y = x + 1
    return y / 0


def asserts(x):
    """The input is positive."""
    assert x > 0


def says(x):
    assert x > 0, "make it positive"


def helped(x):
    _check(x)


def _check(x):
    assert x > 0, "Is it positive?"


def undocumented(x):
    assert x > 0


def returns(x):
    return x > 0


def generates(x):
    yield x
    assert x > 0


def compares(f, x):
    assert f(x) == x, "f is the identity"
'''


@pytest.fixture
def reference(tmp_path) -> ReferenceModule:
    return module(tmp_path, SOURCE)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("layr", r"there is no function 'layr' \(did you mean 'layer'\?\)"),
        ("zzz", "there is no function 'zzz'\n"),
        ("NUMBER", "there is no function 'NUMBER'"),
        ("np", "there is no function 'np'"),
    ],
)
def test_a_function_that_does_not_exist_is_guessed(reference, name, words):
    with pytest.raises(BrokenReference, match=words) as caught:
        reference.function(name)

    assert "problem1.py" in str(caught.value)
    assert caught.value.remedy == f"define {name} in it"


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("layer", ["x", "gamma", "eps"]),
        ("wrapped", ["x", "gamma", "eps"]),
        ("cached", ["x", "y"]),
        ("Model", ["x"]),
        ("partial", ["gamma", "eps"]),
    ],
)
def test_the_names_of_arguments_are_those_of_the_signature(reference, name, names):
    assert reference.argument_names(name) == names


@pytest.mark.parametrize(
    ("name", "line"), [("layer", 7), ("wrapped", 7), ("cached", 16), ("Model", 0), ("partial", 0)]
)
def test_a_function_knows_its_line(reference, name, line):
    assert reference.line(name) == line


def test_arguments_are_the_inputs_in_the_order_of_the_signature(reference):
    given = reference.arguments("layer", trial(eps=0.1, extra=0, gamma=2.0, x=1.0))

    assert given == [1.0, 2.0, 0.1]


def test_the_last_arguments_may_be_left_to_their_defaults(reference):
    assert reference.arguments("layer", trial(gamma=2.0, x=1.0)) == [1.0, 2.0]


def test_an_input_that_nobody_makes_is_named(reference):
    with pytest.raises(BrokenReference, match=r"problem1.py:7: layer takes 'gamma', which the input maker"):
        reference.arguments("layer", trial(x=1.0, eps=0.1))


@pytest.mark.parametrize("name", ["Model", "partial"])
def test_an_input_that_nobody_makes_is_named_for_any_callable(reference, name):
    with pytest.raises(BrokenReference, match="which the input maker does not make"):
        reference.arguments(name, trial())


def test_no_argument_slips_into_the_place_of_one_that_is_left_out(tmp_path):
    reference = module(tmp_path, "def f(x, eps=1e-5, n=3):\n    return x\n")

    with pytest.raises(BrokenReference, match="f takes 'eps', which the input maker does not make"):
        reference.arguments("f", trial(x=1.0, n=4))


# ---- properties ----


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("says", "Make it positive."),
        ("asserts", "The input is positive."),
        ("helped", "Is it positive?"),
        ("undocumented", "Undocumented does not hold."),
    ],
)
def test_the_sentence_of_a_broken_property_is_its_message_or_docstring(reference, name, sentence):
    assert reference.objection(name, [1.0]) == ""
    assert reference.objection(name, [-1.0]) == sentence


@pytest.mark.parametrize("name", ["returns", "generates"])
def test_a_property_that_does_not_assert_is_an_error(reference, name):
    with pytest.raises(BrokenReference, match=f"{name} returns a value"):
        reference.objection(name, [1.0])


def test_an_assertion_of_a_reference_is_not_held_against_the_student(reference):
    # As where a student's function is compared with the reference's inside of a property.
    def compared(x: float) -> float:
        reference.function("says")(x)
        return x

    compared.__code__ = compared.__code__.replace(co_filename=str(Path(sys.modules["grader"].__file__).parent / "b.py"))

    with pytest.raises(BrokenReference, match=r"problem1.py:40: AssertionError: make it positive"), reference.blamed():
        reference.objection("compares", [compared, -1.0])


def test_a_property_may_fail_for_what_it_compares(reference):
    assert reference.objection("compares", [lambda x: x + 1, 1.0]) == "F is the identity."


# ---- blame ----


def test_what_a_reference_raises_is_told_with_its_line(reference):
    with pytest.raises(BrokenReference, match=r"problem1.py:31: ZeroDivisionError") as caught, reference.blamed():
        reference.function("breaks")(1)

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert "no student's points" in caught.value.remedy


def test_what_a_sibling_raises_is_told_with_the_siblings_line(tmp_path):
    reference = module(
        tmp_path,
        "from .sibling import g\n\ndef f(x):\n    return g(x)\n",
        sibling="import numpy as np\n\ndef g(x):\n    return np.linalg.inv(x)\n",
    )

    with pytest.raises(BrokenReference) as caught, reference.blamed():
        reference.function("f")(np.zeros((2, 2)))

    assert Path(caught.value.file) == tmp_path / "sibling.py"
    assert caught.value.line == 4


def test_what_is_raised_elsewhere_is_told_with_the_module(reference):
    with pytest.raises(BrokenReference, match="KeyError: 'x'") as caught, reference.blamed():
        {}["x"]

    assert caught.value.file == reference.path
    assert caught.value.line == 0


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(StudentFault(Fault(status=Status.RAISED, message="theirs")), id="fault"),
        pytest.param(BrokenReference("told already"), id="error"),
        pytest.param(KeyboardInterrupt(), id="interrupt"),
    ],
)
def test_faults_and_errors_that_are_told_already_go_through(reference, error):
    with pytest.raises(type(error)) as caught, reference.blamed():
        raise error

    assert caught.value is error


def test_numpy_warnings_of_a_reference_are_its_own_affair(reference):
    with reference.blamed():
        value = np.float64(1) / np.float64(0)

    assert np.isinf(value)
