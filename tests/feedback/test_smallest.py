"""The input that a report shows is as simple as can be, still goes wrong alike, and comes with a script to show it."""

import subprocess
import sys

import numpy as np
import pytest

from grader.model import Status


def entries(example, name="x"):
    """The numbers of an input, as they are shown."""
    return eval(example.inputs[name], {"array": np.array})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("x", Status.WRONG, id="wrong everywhere"),
        pytest.param("x - np.mean(x) * 1.01", Status.WRONG, id="hardly wrong"),
        pytest.param("x - np.mean(x) if len(x) < 3 else x", Status.WRONG, id="wrong from three entries on"),
        pytest.param("x - x[0]", Status.WRONG, id="another entry"),
        pytest.param("(x - np.mean(x))[:, None]", Status.WRONG, id="of another shape"),
        pytest.param("x * float('nan')", Status.WRONG, id="not finite"),
        pytest.param("x - np.mean(x) if x[0] > 0 else 1 / 0", Status.RAISED, id="raises now and then"),
    ],
)
def test_the_smallest_input_still_goes_wrong_alike(graded, body, status):
    source = f"import numpy as np\ndef centre(x): return {body}\n"

    part = graded({"problem1.py": source}).parts[0]

    x = entries(part.counterexample)
    assert part.status is status
    assert len(x) <= 3
    assert np.all(x == np.round(8 * x) / 8)
    with np.errstate(all="ignore"):
        try:
            answer = eval(body, {"x": x, "np": np})
        except ZeroDivisionError:
            answer = None
    right = x - np.mean(x)
    assert answer is None or answer.shape != right.shape or not np.allclose(answer, right)


def test_what_came_back_belongs_to_the_input_that_is_shown(graded):
    part = graded({"problem1.py": "def centre(x): return 2 * x\n"}).parts[0]

    got = eval(part.counterexample.got, {"array": np.array})
    np.testing.assert_allclose(got, 2 * entries(part.counterexample), rtol=1e-5)
    assert part.counterexample.expected is None


def test_functions_among_the_inputs_stay_what_they_are(graded):
    part = graded({"problem2.py": "def apply(f, x): return f(x)\ndef line(f, x): return lambda t: f(x)\n"})

    examples = [own.counterexample for own in part.parts if own.problem == "2" and own.counterexample]
    assert [example.inputs["f"] for example in examples] == ["a function"] * 2
    assert [example.script for example in examples] == [""] * 2  # what they do cannot be written down


def test_a_file_that_does_not_answer_has_no_smaller_input(graded):
    source = "import time\ndef centre(x): time.sleep(30)\n"

    part = graded({"problem1.py": source}, seconds=0.3).parts[0]

    assert part.status is Status.TIMED_OUT


def test_a_student_who_only_fails_when_looked_at_costs_no_grading(graded):
    source = (
        "import os\n"
        "calls = []\n"
        "def centre(x):\n"
        "    calls.append(0)\n"
        "    return x if len(calls) < 45 else os._exit(0)\n"
    )

    part = graded({"problem1.py": source}).parts[0]

    assert part.status is Status.WRONG
    assert part.counterexample is not None


def test_the_script_shows_what_the_grader_saw(graded, submit, tmp_path):
    files = {"problem1.py": "import numpy as np\ndef centre(x): return x - np.median(x)\n"}
    part = graded(files).parts[0]
    script = tmp_path / "1a.py"
    script.write_text(part.counterexample.script)

    done = subprocess.run(
        [sys.executable, "-I", str(script), str(submit(files, "again"))], capture_output=True, text=True, timeout=60
    )

    assert len(part.counterexample.script.splitlines()) <= 20
    assert done.returncode == 0
    assert f"the grader saw: {part.counterexample.got}".replace("  ", " ") in done.stdout
    assert f"what is wrong: {part.counterexample.problem}" in done.stdout
    numbers = done.stdout.partition("centre returns")[2].strip(" []\n").split()
    got = eval(part.counterexample.got, {"array": np.array})
    np.testing.assert_allclose([float(number) for number in numbers], got)
