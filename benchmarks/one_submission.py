"""How long `grade submission_dir/` takes for a numpy submission, against `python -c 'import numpy'`.

Both are whole processes, run in turn so that whatever else the machine does falls on both; the ratio is the median
of the pairs' ratios. The first grading, which measures the references and fills the cache, is told apart.

    python benchmarks/one_submission.py [--pairs 15]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SUBMISSION = ROOT / "submissions_example" / "ntu_ml_hw2" / "correct"


def seconds(command: list[str], cache: str) -> float:
    """The wall time of a command, which has to succeed."""
    # As installed: with byte code, which some environments do not write.
    environment = os.environ | {"GRADER_CACHE": cache, "PYTHONPYCACHEPREFIX": f"{cache}/bytecode"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)
    return time.perf_counter() - start


def main() -> None:
    """Prints medians and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=15)
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as folder:
        grade = [sys.executable, "-m", "grader", str(SUBMISSION), "--out", f"{folder}/report"]
        numpy = [sys.executable, "-c", "import numpy"]
        cache = f"{folder}/cache"
        seconds(numpy, cache)
        first = seconds(grade, cache)
        times = [(seconds(numpy, cache), seconds(grade, cache)) for _ in range(pairs)]
    imports, gradings = zip(*times, strict=True)
    print(f"import numpy       {statistics.median(imports):6.3f} s   median of {pairs}")
    print(f"grade, first time  {first:6.3f} s   references measured, cache filled")
    print(f"grade              {statistics.median(gradings):6.3f} s   median of {pairs}")
    ratio = statistics.median(grading / numpy for numpy, grading in times)
    print(f"ratio              {ratio:6.2f}     median of the pairs' ratios; at most 8 is asked for")


if __name__ == "__main__":
    main()
