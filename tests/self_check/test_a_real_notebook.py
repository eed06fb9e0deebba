"""`grader.check()` in a notebook that a Jupyter kernel executes: what a student sees below the cell."""

import json
import os
import subprocess
import sys

import pytest
from outline import Outline

CELLS = [
    "import numpy as np",
    "%time x = np.ones(3)\nprint('hello')",
    "def centre(x):\n    return x - np.mean(x)",
    "def total(x):\n    return np.sum(x) + 1",
    "1 / 0",
    "import grader\ngrader.check()",
    "print(grader.check(centre))",
    "async def later():\n    return grader.check(centre)\nawait later()",
]
# As `jupyter execute --allow-errors` does it.
EXECUTE = """
import sys, nbformat, nbclient
book = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(book, timeout=60, allow_errors=True).execute()
nbformat.write(book, sys.argv[1])
"""


@pytest.fixture
def outputs(kit_folder, tmp_path):
    """What stands below each cell, after the notebook was executed in the folder of a kit."""
    cells = [
        {"id": f"cell{i}", "cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
        for i, cell in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = kit_folder / "homework.ipynb"
    book.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    own = {name: str(tmp_path / "home") for name in ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(book)],
        cwd=kit_folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [cell["outputs"] for cell in json.loads(book.read_text())["cells"]]


def panel(outputs):
    """The panel below a cell, and what stands for it where there is no HTML."""
    [data] = [one["data"] for one in outputs if one["output_type"] == "execute_result"]
    return Outline("".join(data["text/html"])), "".join(data["text/plain"])


def test_what_stands_below_each_cell(outputs):
    """One execution for all: a kernel takes seconds to start."""
    raised = [i for i, own in enumerate(outputs) if any(one["output_type"] == "error" for one in own)]
    assert [CELLS[i] for i in raised] == ["1 / 0"]

    page, text = panel(outputs[5])
    assert page.unbalanced == []
    said = [text for _, _, text in page.all("summary")]
    assert any("1b" in one and "wrong" in one for one in said), said
    assert "✓ 1a" in text and "✗ 1b" in text

    [printed] = ["".join(one["text"]) for one in outputs[6] if one["output_type"] == "stream"]
    assert "✓ 1a" in printed and "1b" not in printed

    _, later = panel(outputs[7])
    assert "✓ 1a" in later
