"""How well answers are judged: right ones that fail, wrong ones that pass, reasons that are named, and the time taken.

    python -m benchmarks.judging [--seeds 70] [--wrong-seeds 50]

Every right variant is graded by real workers, one grading being one part at one seed. Wrong formulas are the listed
misconceptions of all homeworks; two checks as they are often written are put to the same formulas. Diagnoses are put
to hand-seeded bugs of which the kind is known.
"""

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.judging import diagnoses, right, wrong


def main() -> None:
    """Prints a table for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=70, help="seeds for right variants")
    parser.add_argument("--wrong-seeds", type=int, default=50, help="seeds for wrong formulas")
    parser.add_argument("--wrong-of", nargs="*", default=[], metavar="ID", help="homeworks whose formulas; else all")
    parser.add_argument("--mistake-seeds", type=int, default=3, help="seeds for mistakes to be named")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["GRADER_CACHE"] = cache
        right.table(range(options.seeds), Path(cache))
        wrong.table(range(options.wrong_seeds), options.wrong_of)
        # Not the seed that the tests use.
        diagnoses.table(range(1, 1 + options.mistake_seeds))


if __name__ == "__main__":
    main()
