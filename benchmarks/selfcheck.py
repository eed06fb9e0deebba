"""How long a student waits for `grade check`, in a kit without the course: cold, and with --watch after a save.

Whole processes are run in turn with what they are compared with, so that whatever else the machine does falls on both;
a ratio is the median of the pairs' ratios. Compared with

    python -c 'import numpy'     for a homework in numpy, one problem of it (-p 1) and all of it
    python -c 'import torch'     for one in torch
    pytest                       with a test file of the same checks of problem 1, as one would write it by hand

A save is timed from the write to the end of what is shown for it.

    python benchmarks/selfcheck.py [--pairs 15]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from grader.assignment import Assignment
from grader.course import Course
from grader.kit.making import kit
from grader.recorded import read

ROOT = Path(__file__).parent.parent
NUMPY, TORCH = "ntu_ml_hw2", "dl_hw2"

# What a student would write: the recorded answers, to four digits more than single precision has, and the slopes.
TESTS = """\
import numpy as np
import pytest
from problem1 import layer_norm_backward, layer_norm_forward

DATA = np.load("expected.npz")
TRIALS = range(int(DATA["count"]))


def inputs(i, *names):
    return [DATA[f"{name}{i}"] if DATA[f"{name}{i}"].ndim else float(DATA[f"{name}{i}"]) for name in names]


@pytest.mark.parametrize("i", TRIALS)
def test_forward(i):
    y = layer_norm_forward(*inputs(i, "x", "gamma", "beta", "eps"))
    assert np.shape(y) == DATA[f"y{i}"].shape
    np.testing.assert_allclose(y, DATA[f"y{i}"], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("output", ["dx", "dgamma", "dbeta"])
@pytest.mark.parametrize("i", TRIALS)
def test_backward(i, output):
    gradients = dict(zip(["dx", "dgamma", "dbeta"], layer_norm_backward(*inputs(i, "dy", "x", "gamma", "eps"))))
    assert np.shape(gradients[output]) == DATA[f"{output}{i}"].shape
    np.testing.assert_allclose(gradients[output], DATA[f"{output}{i}"], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("i", TRIALS)
def test_slopes(i):
    dy, x, gamma, beta, eps = inputs(i, "dy", "x", "gamma", "beta", "eps")
    dx = layer_norm_backward(dy, x, gamma, eps)[0]
    direction = np.random.default_rng(i).standard_normal(len(x))
    h = 6e-6 * max(np.sqrt(np.mean(x**2)), 1e-3)
    ahead, behind = (dy @ layer_norm_forward(x + s * h * direction, gamma, beta, eps) for s in (1, -1))
    np.testing.assert_allclose(dx @ direction, (ahead - behind) / (2 * h), rtol=1e-3, atol=1e-3 * np.abs(dx).sum())
"""


def environment(cache: Path) -> dict[str, str]:
    """As installed: with byte code, which some environments do not write."""
    own = {"GRADER_CACHE": str(cache), "PYTHONPYCACHEPREFIX": str(cache / "bytecode"), "PYTHONPATH": str(ROOT)}
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | own


def seconds(command: list[str], folder: Path, cache: Path) -> float:
    """The wall time of a command, which has to succeed."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=environment(cache), cwd=folder
    )
    return time.perf_counter() - start


def filled(id: str, folder: Path) -> Path:
    """The kit of an assignment with right answers, in an empty folder."""
    for name, data in kit(Assignment(Course(ROOT), id)).items():
        (folder / id / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / id / name).write_bytes(data)
    for path in (ROOT / "submissions_example" / id / "correct").glob("*.py"):
        shutil.copy(path, folder / id / path.name)
    return folder / id


def write_tests(work: Path, folder: Path) -> Path:
    """A folder with the student's problem 1, the tests and the values that they compare with."""
    folder.mkdir()
    shutil.copy(work / "problem1.py", folder)
    records = read(work / "recorded" / NUMPY / "problem1.npz")
    rows = records.kept[records.plans["layer_norm_forward"]]
    forward = [value for value, *_ in records.kept["answers of layer_norm_forward"]]
    backward = [value for value, *_ in records.kept["answers of layer_norm_backward"]]
    arrays = {"count": np.array(len(rows))}
    for i, row in enumerate(rows):
        arrays |= {f"{name}{i}": np.asarray(value) for name, value in row[3].items()}
        outputs = zip(("dx", "dgamma", "dbeta"), backward[i], strict=True)
        arrays |= {f"y{i}": np.asarray(forward[i]), **{f"{name}{i}": np.asarray(value) for name, value in outputs}}
    np.savez(folder / "expected.npz", **arrays)
    (folder / "test_problem1.py").write_text(TESTS)
    return folder


def compare(what: str, check: list[str], work: Path, other: list[str], cache: Path, pairs: int, *, at: Path) -> None:
    """Prints the medians of a check and of what it is compared with, and the median ratio."""
    check = ["-m", "grader", "check", *check]
    seconds(check, work, cache), seconds(other, at, cache)
    times = [(seconds(check, work, cache), seconds(other, at, cache)) for _ in range(pairs)]
    mine, theirs = zip(*times, strict=True)
    ratio = statistics.median(one / two for one, two in times)
    print(f"{what:52} {statistics.median(mine):7.3f} s {statistics.median(theirs):7.3f} s {ratio:7.2f}")


def saves(work: Path, cache: Path, count: int) -> Iterator[float]:
    """The seconds from each of some saves to the end of what is shown for it."""
    file = work / "problem1.py"
    source = file.read_text()
    command = [sys.executable, "-m", "grader", "check", "--watch"]
    process = subprocess.Popen(command, cwd=work, stdout=subprocess.PIPE, text=True, env=environment(cache))
    try:
        assert process.stdout is not None
        shown = (line for line in process.stdout if line.startswith("watching"))
        next(shown)
        for i in range(count):
            time.sleep(0.5)
            start = time.perf_counter()
            file.write_text(f"{source}\n# {i}\n")
            next(shown)
            yield time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()
        file.write_text(source)


def main() -> None:
    """Prints what is waited for, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=15)
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as made:
        folder, cache = Path(made), Path(made) / "cache"
        work, tensors = filled(NUMPY, folder), filled(TORCH, folder)
        tests = write_tests(work, folder / "tests")
        numpy, torch = ["-c", "import numpy"], ["-c", "import torch"]
        pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
        few = max(3, pairs // 3)  # torch takes its time
        print(f"{'median of':52} {'check':>9} {'other':>9} {'ratio':>7}")
        compare("one problem, against `import numpy` (at most 2.5)", ["-p", "1"], work, numpy, cache, pairs, at=work)
        compare("a homework in numpy, against `import numpy` (4)", [], work, numpy, cache, pairs, at=work)
        compare("a homework in torch, against `import torch` (1.3)", [], tensors, torch, cache, few, at=work)
        compare("one problem, against pytest", ["-p", "1"], work, pytest, cache, pairs, at=tests)
        waited = sorted(saves(work, cache, pairs))
        what = "after a save with --watch (at most 0.1 s)"
        print(f"{what:52} {statistics.median(waited):7.3f} s (worst {waited[-1]:.3f} s)")


if __name__ == "__main__":
    main()
