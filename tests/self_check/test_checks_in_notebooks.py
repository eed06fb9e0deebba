"""`grader.check()` judges the functions of a session as those of a folder, and shows them as HTML."""

import subprocess
import sys
import types

import numpy as np
import pytest
from outline import Outline

import grader
from grader.errors import UsageError
from grader.model import Status
from grader.self_check.notebook import Found, check, of_cells

CELLS = [
    "",  # IPython counts from one
    "import numpy as np",
    "%matplotlib inline\nprint('hello')",
    "def _mean(x):\n    return np.mean(x)",
    "def centre(x):\n    return x",
    "def centre(x):\n    return x - _mean(x)",
    "def total(x):\n    return np.sum(x) + '<script>'",
    "centre(np.ones(3)), 1 / 0",
    "import grader; grader.check()",
]


@pytest.fixture
def session(monkeypatch, kit_folder):
    """A session of IPython that ran some cells in the folder of the kit."""
    shell = types.SimpleNamespace(user_ns={"In": list(CELLS)})
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.chdir(kit_folder)
    return shell


def status(found):
    return {part.id: part.status for part in found.checked.parts}


def test_the_cells_that_were_run_are_checked_the_last_definition_counting(session):
    found = grader.check()

    assert isinstance(found, Found)
    assert status(found) == {
        "1a": Status.CORRECT,
        "1b": Status.RAISED,
        "1c": Status.MISSING,
        "1d": Status.MISSING,
    }


def test_functions_can_be_handed_over(session):
    def total(x):
        return np.sum(x)

    assert status(check(total, parts=["1b"])) == {"1b": Status.CORRECT}


def test_a_module_beside_the_notebook_can_be_imported(session, kit_folder):
    (kit_folder / "helper.py").write_text("def added(x):\n    return x.sum()\n")
    session.user_ns["In"] = ["", "from helper import added", "def total(x):\n    return added(x)"]

    assert status(grader.check(parts=["1b"])) == {"1b": Status.CORRECT}


def test_the_panel_is_whole_html_that_shows_what_came_back_and_runs_nothing(session):
    page = Outline(grader.check()._repr_html_())

    assert page.unbalanced == []
    assert page.all("script") == []
    assert any("1b" in text and "raised an error" in text for _, _, text in page.all("summary"))
    assert any("Public checks only" in text for _, _, text in page.all("p"))


def test_its_style_is_for_itself_alone(session):
    [(_, _, style)] = Outline(grader.check()._repr_html_()).all("style")

    selectors = [rule.rpartition("}")[2].strip() for rule in style.split("{")[:-1]]
    own = [one.rpartition("*/")[2].strip() for one in selectors]
    assert all(one.startswith((".grade-check", "@media")) for one in own), own


def test_as_text_it_is_what_the_terminal_shows(session):
    assert "Public checks only" in repr(grader.check())


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        pytest.param(["", "x = 1"], "none of the functions", id="nothing of it"),
        pytest.param(["", "def centre(x): pass\n" * 200_000], "holds more than", id="too much"),
    ],
)
def test_what_cannot_be_checked_is_said(session, cells, words):
    session.user_ns["In"] = cells

    with pytest.raises(UsageError, match=words):
        grader.check()


def test_outside_of_a_notebook_the_functions_are_asked_for(monkeypatch, kit_folder):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.chdir(kit_folder)

    with pytest.raises(UsageError, match="no notebook") as caught:
        grader.check()
    assert "grader.check(" in caught.value.remedy


def test_a_folder_without_a_kit_is_said(session, tmp_path):
    with pytest.raises(UsageError, match="no course folder"):
        grader.check(kit=tmp_path)


def test_cells_give_their_definitions_and_not_what_they_run():
    source = of_cells(CELLS[1:])

    assert "def _mean(x):" in source
    assert "1 / 0" not in source


def test_importing_the_package_imports_nothing_of_it():
    code = "import sys, grader; print(sorted(name for name in sys.modules if name.startswith(('grader.', 'numpy'))))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == "[]"
