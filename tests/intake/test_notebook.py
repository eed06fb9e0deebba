"""Of a notebook what defines names is kept, in order; what runs something is left out and listed."""

import json
import time

import pytest
from samples import GOOD, below, notebook

from grader.intake.cells import MAX_CELLS, MAX_SOURCE
from grader.intake.listing import Unusable
from grader.intake.notebook import module


def run(*cells: str, **more) -> dict:
    """The names that the module of a notebook defines when it is imported."""
    names: dict = {"__name__": "problem1"}
    exec(compile(source(*cells, **more), "problem1.py", "exec"), names)
    return names


def source(*cells: str, **more) -> str:
    """The module's text."""
    return module(notebook(*cells, **more), "problem1.ipynb").source


def left_out(*cells: str) -> list[tuple[int, str]]:
    """What is not in the module."""
    return [tuple(one) for one in module(notebook(*cells), "problem1.ipynb").left_out]


@pytest.mark.parametrize(
    ("cell", "expression", "value"),
    [
        pytest.param("import math\nfrom os import path as p", "math.pi > 3 and p.sep", "/", id="imports"),
        pytest.param("def f(x, k=2):\n    return k * x", "f(3)", 6, id="a function"),
        pytest.param("class A:\n    b = 3\n    def f(self):\n        return self.b", "A().f()", 3, id="a class"),
        pytest.param("relu = lambda z: max(z, 0)", "relu(-1)", 0, id="a lambda"),
        pytest.param("EPS, (a, *b) = 1e-5, [1, 2, 3]", "(EPS, a, b)", (1e-5, 1, [2, 3]), id="constants"),
        pytest.param("import numpy as np\nI = np.eye(2)\nI[0, 0] = 7", "I[0, 0] + I[1, 1]", 8, id="a constant array"),
        pytest.param("k = 2\nk += 3\nsquares = {i: i**2 for i in range(k)}", "squares[4]", 16, id="of a constant"),
        pytest.param("import math\nHALF: float = math.sqrt(0.25)", "HALF", 0.5, id="with a type"),
        pytest.param("from functools import partial\ndef f(a): return -a\ng = partial(f, 5)", "g()", -5, id="partial"),
        pytest.param("class A: pass\ndef f(self): return 4\nA.f = f", "A().f()", 4, id="a method added later"),
        pytest.param("try:\n    import nowhere\nexcept ImportError:\n    nowhere = None", "nowhere", None, id="try"),
        pytest.param("import sys\nif sys.maxsize > 9:\n    wide = True\nelse:\n    wide = 0", "wide", True, id="if"),
        pytest.param("from __future__ import annotations\ndef f(x: Un): return x", "f(1)", 1, id="the future"),
        pytest.param("import math; a = 3; b = math.floor(2.5)", "a + b", 5, id="on one line"),
        pytest.param("def f(x):\n    return (x\n    % 3)\n!ls", "f(4)", 1, id="a line that starts with %"),
        pytest.param('def f():\n    """a\n!b\n"""\n    return f.__doc__\n!ls', "f()", "a\n!b\n", id="! in a text"),
        pytest.param("%%time\ndef f(): return 1", "f()", 1, id="below %%time"),
        pytest.param("import nowhere_at_all\nfrom nowhere import x\ndef f(): return 1", "f()", 1, id="not installed"),
        pytest.param("import nowhere\nclass A(nowhere.B):\n    '''a\nb'''\ndef f(): return 1", "f()", 1, id="of that"),
        pytest.param("import numpy as np\nx = np.ones(3)[7]\ndef f(): return 1", "f()", 1, id="a constant that raises"),
        pytest.param("def f(): return 1\r\ndef g(): return 2\r\n", "f() + g()", 3, id="lines of Windows"),
        pytest.param("def f(): return 'é\u2028ü'", "f()", "é\u2028ü", id="letters"),
        pytest.param("@staticmethod\ndef f(): return 1", "f()", 1, id="decorators"),
        pytest.param("import numpy as np\nnp.random.seed(3)", "np.random.get_state()[1][0]", 3, id="a seed"),
        pytest.param("import numpy as np\nnp.whole = int", "np.whole", int, id="a name of old"),
        pytest.param("a = []\na.append(3)\nb = {}\nb['x'] = a", "b", {"x": [3]}, id="added to"),
    ],
)  # fmt: skip
def test_what_defines_names_is_kept(cell, expression, value):
    assert eval(expression, run(cell)) == value


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("%matplotlib inline", "magics (`%`)"),
        ("!pip install x", "shell lines (`!`)"),
        ("files = !ls", "shell lines (`!`)"),
        ("x = %timeit f()", "magics (`%`)"),
        ("len?", "questions (`?`)"),
        ("%%bash\nexit 1", "`%%bash`"),
        ("%%writefile a.py\nx = 1", "`%%writefile`"),
        ("def f(:\n  pass", "a cell that does not parse: line 1: invalid syntax"),
        ("x = '\0'", "a cell that does not parse"),
        ("boom()", "calls"),
        ("import matplotlib.pyplot as plt\nplt.set_title('x')", "calls"),
        ("import sys\nsys.path.append('x')", "calls"),
        ("c = []\nc.append(boom)", "calls"),
        ("boom", "values that are only shown"),
        ("for i in range(9):\n    boom()", "loops"),
        ("while True:\n    pass", "loops"),
        ("with open('x') as f:\n    boom()", "`with` blocks"),
        ("assert boom()", "assertions"),
        ("if __name__ == '__main__':\n    boom()", "the main program"),
        ("data = open('x')", "assignments that run code"),
        ("import numpy as np\nx = np.loadtxt('x')", "assignments that run code"),
        ("from sklearn.datasets import load_digits\nd = load_digits()", "assignments that run code"),
        ("def boom(): 1 / 0\nx = boom()", "assignments that run code"),
        ("g = lambda: 1 / 0\nx = g()", "assignments that run code"),
        ("x = (lambda: 1 / 0)()", "assignments that run code"),
        ("x = [lambda: 1 / 0][0]()", "assignments that run code"),
        ("def boom(): 1 / 0\nx = list(map(boom, [1]))", "assignments that run code"),
        ("y = x + 1", "assignments that need `x`, which is not there or left out"),
        ("import sys\nsys.path = []", "changes to what is not defined here"),
        ("class A(B): pass", "definitions that need `B`, which is not there or left out"),
        ("def f(x=y): pass", "definitions that need `y`, which is not there or left out"),
        ("@d\ndef f(): pass", "definitions that need `d`, which is not there or left out"),
        ("class A:\n    x = y", "definitions that need `y`, which is not there or left out"),
        ("def f():\n    break", "statements that do not compile: 'break' outside loop"),
        ("del x", "statements that define nothing"),
        ("try:\n    boom()\nexcept: pass", "calls"),
        ("await boom()", "values that are only shown"),
        ("x = " + "-" * 100_000 + "1", "a cell that does not parse"),
        ("x = " + "(" * 1000 + ")" * 1000, "a cell that does not parse: line 1: too many nested parentheses"),
    ],
)
def test_what_runs_something_is_left_out_and_listed(cell, reason):
    [(number, said)] = left_out("a = 1", cell, "b = 2")
    assert (number, said[: len(reason)]) == (2, reason)
    names = run("a = 1", cell, "b = 2")
    assert (names["a"], names["b"]) == (1, 2)
    assert names.keys().isdisjoint({"x", "d", "files"})


def test_a_cell_that_failed_defines_its_functions_and_calls_nothing():
    error = {"output_type": "error", "ename": "ValueError", "traceback": []}
    text = "import math\ndef f(): return math.sqrt(4)\nx = math.sqrt(-1)\ny = 3"
    cell = {"cell_type": "code", "source": text, "outputs": [error]}

    names = run(cells=[cell])

    assert (names["f"](), names["y"], "x" in names) == (2, 3, False)


def test_comments_say_where_each_part_comes_from():
    text = source("# title", "import math\n\n\n@staticmethod\ndef f():\n    # why\n    return 1")

    assert "# problem1.ipynb, cell 2, line 4\n@staticmethod\ndef f():\n    # why\n    return 1\n" in text


def test_cells_of_text_are_counted_and_not_read():
    cells = [{"cell_type": "markdown", "source": "x = 1"}, {"cell_type": "code", "source": ["boom()\n", "y = 2"]}]
    made = module(json.dumps({"cells": cells}).encode(), "a.ipynb")

    assert made.left_out == ((2, "calls"),)
    assert made.note("a.ipynb") == "a.ipynb: left out: calls (cell 2)"
    assert "x = 1" not in made.source


def test_format_3_is_read():
    cells = [
        {"cell_type": "code", "language": "python", "input": ["def f():\n", "    return 3"], "outputs": []},
        {"cell_type": "heading", "source": "x"},
    ]
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}], "metadata": {"name": "x"}}).encode()

    assert "return 3" in module(data, "a.ipynb").source


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no notebook"),
        (b"{}", "no cells"),
        (b"[]", "no notebook"),
        (b'{"cells": 3}', "no notebook"),
        (b'{"cells": [', "no notebook"),
        (b"[" * 1_000_000, "no notebook"),
        (b'{"cells": [], "x": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}", "no notebook"),
        (b'{"cells": [], "x": ' + b"9" * 1_000_000 + b"}", None),
        (notebook(metadata={"kernelspec": {"language": "R"}}), "notebook of r"),
        (notebook(metadata={"language_info": {"name": "julia"}}), "notebook of julia"),
        (json.dumps({"cells": [{}] * (MAX_CELLS + 1)}).encode(), "more than"),
        (notebook("#" * MAX_SOURCE + "more"), "KB of code"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data, reason):
    if reason is None:
        assert module(data, "a.ipynb").left_out == ()
    else:
        with pytest.raises(Unusable, match=reason):
            module(data, "a.ipynb")


@pytest.mark.parametrize(
    "cell",
    [3, None, [], "x", {"cell_type": "code", "source": 3}, {"cell_type": "code", "source": ["a", 3]}],
)
def test_a_cell_of_another_kind_costs_itself(cell):
    good = {"cell_type": "code", "source": "a = 1", "outputs": [3, {"output_type": []}]}

    made = module(json.dumps({"cells": [cell, good]}).encode(), "a.ipynb")

    assert made.left_out == ((1, "cells that cannot be read"),)
    assert "a = 1" in made.source


@pytest.mark.parametrize("odd", ['{"y": NaN}', '"\\ud83d"', '{"y": -Infinity}'])
def test_what_jupyter_writes_and_json_does_not_know_is_read(odd):
    data = (
        b'{"metadata": {"x": %s}, "cells": [{"cell_type": "code", "source": "a = \'\\ud83d\\ude00\'"}]}' % odd.encode()
    )

    assert "a = '😀'" in module(data, "a.ipynb").source


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("!ls\n" * 60_000, id="shell lines"),
        pytest.param("x=1;" * 60_000, id="statements"),
        pytest.param("if x:\n  pass\n" + "elif x:\n  pass\n" * 900, id="elif"),
        pytest.param("x = " + "a." * 100_000 + "b", id="attributes"),
        pytest.param('import q\nx = q.y(f"""' + "{a}\n" * 50_000 + '""")', id="a long text"),
        pytest.param("a = 0\n" + "".join(f"def f{n}(): pass\n" for n in range(9_000)), id="functions"),
    ],
)
def test_a_hostile_cell_takes_its_time_and_no_more(cell):
    start = time.perf_counter()

    module(notebook(cell), "a.ipynb")

    assert time.perf_counter() - start < 20


# ---- in a class ----


def test_notebooks_stand_for_the_problem_files_called_like_them(taken_in, form):
    files = {"s1/problem1.ipynb": notebook("def f():\n    return 1", "f()"), "s1/problem2.py": GOOD["problem2.py"]}

    taken = taken_in({**files, "s1/helper.py": "", **below("s2", GOOD)}, form)

    one = next(one for one in taken.handed_in if one.key == "s1")
    assert "def f" in (one.folder / "problem1.py").read_text()
    assert (one.folder / "problem2.py").read_text() == GOOD["problem2.py"]
    assert (one.folder / "helper.py").exists()
    assert one.notes == ("problem1.ipynb: left out: calls (cell 2)",)


def test_a_single_notebook_stands_for_all_and_two_for_none(taken_in, form):
    files = {"s1/Homework 2.ipynb": notebook("x = 1"), "s2/a.ipynb": notebook(), "s2/b.ipynb": notebook()}

    taken = taken_in(files, form)

    [one], [refused] = taken.handed_in, taken.refused
    assert [(one.folder / name).read_text().count("x = 1") for name in GOOD] == [1, 1]
    assert "every problem" in one.notes[0]
    assert "several notebooks" in refused.reason


def test_a_notebook_beside_its_problem_file_is_not_taken(taken_in, form):
    taken = taken_in({**below("s1", GOOD), "s1/problem1.ipynb": notebook("x = 1"), **below("s2", GOOD)}, form)

    assert (taken.handed_in[0].folder / "problem1.py").read_text() == GOOD["problem1.py"]
    assert "problem1.ipynb was not taken" in taken.handed_in[0].notes[0]


def test_a_notebook_that_cannot_be_read_costs_its_own_problem_only(taken_in, form):
    files = {"s1/problem1.ipynb": b"{", "s1/problem2.py": "x = 1", "s2/problem1.ipynb": b"{"}

    taken = taken_in(files, form)

    [one], [refused] = taken.handed_in, taken.refused
    assert (one.key, (one.folder / "problem1.py").exists()) == ("s1", False)
    assert "no notebook" in one.notes[0]
    assert (refused.name, "no notebook" in refused.reason) == ("s2", True)
