"""A notebook earns what its problem files earn, in the midst of everything else that a notebook holds."""

from pathlib import Path

import pytest
from samples import below, files_in, notebook

from grader.intake import intake
from grader.run import Asked, ready

COURSE = Path(__file__).parents[2]
ASKED = Asked(None, COURSE, None, 7, None, None, "cpu", False)
AROUND = [
    "%matplotlib inline\n!pip install nothing\nimport matplotlib.pyplot as plt\nimport seaborn as sns",
    "import numpy as np",
    "from google.colab import drive\ndrive.mount('/content')\ndata = np.load('nowhere.npy')\nn = len(data)",
    "def plot_all(xs):\n    for x in xs:\n        plt.plot(x)\n\nplot_all([[1], [2]])\nplt.show()",
    "raise ValueError('stop')",
    "this does not parse",
    "import time\nwhile True:\n    time.sleep(1)",
]


def cells(source: str) -> list[str]:
    """A program in cells, cut where something starts at the margin after two blank lines."""
    return source.split("\n\n\n")


@pytest.mark.parametrize("homework", ["ntu_ml_hw2"])
def test_the_right_example_as_notebooks(tmp_path, homework):
    example = COURSE / "submissions_example" / homework / "correct"
    files = {path.name: path.read_text() for path in sorted(example.glob("problem*.py"))}
    books = {name.replace(".py", ".ipynb"): notebook(*AROUND, *cells(text), *AROUND) for name, text in files.items()}
    label = {"submission.yaml": (example / "submission.yaml").read_text()}
    folder = files_in(tmp_path / "class", {**below("s1", {**books, **label}), "s2/": ""})

    [one] = intake(folder, tmp_path / "scratch", files).handed_in
    with ready(one.folder, ASKED) as run:
        report, errors = run.grade(ASKED, tmp_path / "reports")

    assert not errors
    assert report.score == report.max_score > 0
    assert len(one.notes) == len(books)
