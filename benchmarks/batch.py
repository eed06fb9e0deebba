"""A class: submissions a second, memory, reruns, and runs that are killed.

python benchmarks/batch.py [--sizes 1 100 1000 10000] [--edited-up-to 1000] [--kills 20] [--jobs 2] [--homework ID]

The class is synthetic: the example submissions of a homework in turn, each made different by a comment, so that no
verdict of one is that of another.
"""

import argparse
import itertools
import os
import random  # noqa: TID251 - moments to kill at need not be repeatable
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Examples that wait for a time limit say nothing about the grader's pace.
SLOW = "loops_forever"


def handed_in(folder: Path, homework: str, count: int) -> Path:
    """A folder of that many submissions."""
    folders = sorted(path for path in (ROOT / "submissions_example" / homework).iterdir() if path.is_dir())
    examples = [path for path in folders if SLOW not in path.name]
    for number, example in zip(range(count), itertools.cycle(examples), strict=False):
        own = folder / f"student{number:05}"
        shutil.copytree(example, own)
        (own / "submission.yaml").write_text(f"assignment: {homework}\nstudent: {{id: student{number:05}}}\n")
        for file in own.glob("problem*.py"):
            file.write_text(f"{file.read_text()}\n# student {number}\n")
    return folder


def command(class_: Path, run: Path, homework: str, jobs: int) -> list[str]:
    grade = [sys.executable, "-m", "grader", "batch", str(class_), "-a", homework, "--course", str(ROOT)]
    return [*grade, "--run", str(run), "--jobs", str(jobs)]


def timed(words: list[str]) -> tuple[float, float]:
    """Seconds, and the largest memory of any of its processes in MiB."""
    start = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def verdicts(run: Path) -> list[tuple[str, bytes]]:
    """What a run found, to be compared with another."""
    with sqlite3.connect(run / "journal.sqlite") as data:
        return data.execute("SELECT key, keys FROM submissions ORDER BY key").fetchall()


def edited(course: Path, homework: str) -> None:
    """Makes one part of a copied course be judged anew."""
    path = course / "rubrics" / f"{homework}.yaml"
    text = path.read_text()
    part = text.index("          - matches_reference\n")
    changed = "          - matches_reference: {tolerance: {rtol: 1e-4, atol: 1e-7}}\n"
    path.write_text(text[:part] + changed + text[part + len("          - matches_reference\n") :])


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 100, 1000])
    parser.add_argument("--edited-up-to", type=int, default=1000, help="the largest class judged after an edit as well")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--killed-size", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--homework", default="ntu_ml_hw4")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["GRADER_CACHE"] = str(Path(scratch) / "cache")
        paces(options, Path(scratch))
        killed(options, Path(scratch))


def paces(options: argparse.Namespace, scratch: Path) -> None:
    print(f"{options.homework}, {options.jobs} jobs")
    print(f"{'submissions':>12}{'seconds':>10}{'a second':>10}{'peak MiB':>10}{'rerun s':>10}{'one part edited s':>20}")
    for size in options.sizes:
        class_ = handed_in(scratch / f"class{size}", options.homework, size)
        course = scratch / f"course{size}"
        for name in ("rubrics", "reference"):
            shutil.copytree(ROOT / name, course / name)
        words = command(class_, scratch / f"run{size}", options.homework, options.jobs)
        words[words.index(str(ROOT))] = str(course)
        took, memory = timed(words)
        again, _ = timed(words)
        print(f"{size:12}{took:10.1f}{size / took:10.2f}{memory:10.0f}{again:10.2f}", end="", flush=True)
        if size <= options.edited_up_to:
            edited(course, options.homework)
            one_part, _ = timed(words)
            print(f"{one_part:20.1f}", end="")
        print(flush=True)


def killed(options: argparse.Namespace, scratch: Path) -> None:
    """Kills a run at random moments, goes on with it, and compares it with one that was left alone."""
    class_ = handed_in(scratch / "killed class", options.homework, options.killed_size)
    whole, _ = timed(command(class_, scratch / "undisturbed", options.homework, options.jobs))
    words = command(class_, scratch / "disturbed", options.homework, options.jobs)
    done = 0
    while done < options.kills:
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as running:
            try:
                running.wait(random.uniform(0.2, whole / 3))
                shutil.rmtree(scratch / "disturbed")  # finished: begin another
            except subprocess.TimeoutExpired:
                os.kill(running.pid, signal.SIGKILL)
                done += 1
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)
    same = verdicts(scratch / "disturbed") == verdicts(scratch / "undisturbed")
    found = "the same verdicts" if same else "OTHER VERDICTS"
    print(f"killed {done} times while judging {options.killed_size} submissions: {found}")


if __name__ == "__main__":
    main()
