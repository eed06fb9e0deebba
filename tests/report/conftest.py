"""Three fixed reports for every test of a renderer: one with everything in it, one whole, one of nothing."""

import pytest

from grader.model import (
    Author,
    Counterexample,
    PartReport,
    ProblemReport,
    Report,
    Share,
    Status,
    Trials,
    WrittenItem,
)

HOSTILE = (
    "</pre></style><script>alert(1)</script>"
    "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\udcff{{ 7 * 7 }}\"'>&lt;"
)

TRACEBACK = """\
Traceback (most recent call last):
  File "problem1.py", line 12, in layer_norm_backward
    return np.linalg.solve(variance, dy)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
numpy.linalg.LinAlgError: 0-dimensional array given
"""


def _counterexample() -> Counterexample:
    return Counterexample(
        trial="1a.dx/3",
        regime="small",
        call="layer_norm_backward(dy, x, gamma, eps)",
        inputs={"dy": "[ 0.75 -1.25]", "x": "[[1.5 -0.5]\n [2.   3. ]]", "gamma": "1.25", "eps": "0.3"},
        got="dx = [ 0.8223 -1.3705]",
        problem="2 of 2 entries differ",
        expected="dx = [ 0.1 -0.1]",
    )


def _part(id_: str, status: Status, points: float = 2, **more: object) -> PartReport:
    facts = {
        "id": id_,
        "problem": id_[0],
        "criterion": f"what {id_} asks for",
        "points": points,
        "earned": points if status is Status.CORRECT else 0,
        "status": status,
        "function": "layer_norm_backward",
        "trials": Trials(passed=18 if status is Status.CORRECT else 2, total=18),
    }
    return PartReport(**facts | more)


def _problem(id_: str, title: str, parts: tuple[PartReport, ...], pending: set[Status]) -> ProblemReport:
    mine = [part for part in parts if part.problem == id_]
    return ProblemReport(
        id=id_,
        title=title,
        file=f"problem{id_}.py",
        score=sum(part.earned for part in mine),
        max_score=sum(part.points for part in mine if part.status not in pending),
        pending_points=sum(part.points for part in mine if part.status in pending),
        printed="loss 0.693147\nloss 0.412\n" if id_ == "2" else "",
    )


def _report(parts: tuple[PartReport, ...], titles: dict[str, str], **more: object) -> Report:
    pending = {Status.PENDING, Status.DEFERRED, Status.INTERNAL_ERROR}
    problems = tuple(_problem(id_, title, parts, pending) for id_, title in titles.items())
    facts = {
        "assignment": "ntu_ml_hw2",
        "title": "Layer norm, Gaussian classification, gradient descent",
        "submission": "submissions_example/ntu_ml_hw2/everything",
        "student": Author(id="b00000001", name="Example Student"),
        "collaborators": ("b00000002", "b00000003"),
        "score": sum(problem.score for problem in problems),
        "max_score": sum(problem.max_score for problem in problems),
        "pending_points": sum(problem.pending_points for problem in problems),
        "seed": 20260301,
        "isolation": "full",
        "device": "cpu",
        "versions": {"grader": "0.1.0", "python": "3.11.2", "numpy": "2.3.5"},
        "problems": problems,
        "parts": parts,
    }
    return Report(**facts | more)


@pytest.fixture
def hostile() -> str:
    """What somebody writes who wants to change the page or the terminal."""
    return HOSTILE


@pytest.fixture
def everything() -> Report:
    """Every status, long and hostile text, a counterexample, written items, no points, tracebacks."""
    long = "dx leaves out a path: x also acts through the mean and the variance, which depend on every x_i."
    parts = (
        _part("1a.forward", Status.CORRECT,
              remarks=("Your function changes its argument x in place: work on a copy.",)),
        _part("1a.dx", Status.WRONG, 7, feedback=long, misconception="no_path_through_the_variance",
              counterexample=_counterexample()),
        _part("1a.dgamma", Status.RAISED, feedback="LinAlgError: 0-dimensional array given", traceback=TRACEBACK),
        _part("1a.dbeta", Status.TIMED_OUT, feedback="no answer in 2 seconds"),
        _part("1a.written", Status.PENDING, 2, function="", trials=Trials(passed=0, total=0),
              items=(WrittenItem(points=0.5, criterion="both paths are named"),
                     WrittenItem(points=1.5, criterion="they are put together"))),
        _part("2a.i.loglik", Status.PARTIAL, 3, earned=1.5, feedback="right but for large inputs",
              shares=(Share(name="stability", credit=0.5, earned=False), Share(name="edges", credit=0.2, earned=True))),
        _part("2a.ii.pi", Status.CRASHED, 0.5, feedback="the process died of signal 11"),
        _part("2a.ii.mu", Status.UNREADABLE, 1),
        _part("2a.iii.conditional", Status.MISSING, 0.5, feedback="problem2.py has no class_conditional_c1"),
        _part("2a.iv.logit", Status.FORBIDDEN, feedback="it tried to open a connection"),
        _part("2b.practice", Status.WRONG, 0, feedback=HOSTILE, traceback=HOSTILE),
        _part("5a.line", Status.SKIPPED, 1, feedback="it rests on 1a.dx"),
        _part("5a.model", Status.DEFERRED, 1.25, feedback="it needs a GPU"),
        _part("5b.step", Status.INTERNAL_ERROR, 1, traceback="ZeroDivisionError: division by zero\n"),
    )
    titles = {"1": "Layer normalisation", "2": "Gaussian classification", "5": "Gradient descent"}
    return _report(parts, titles)


@pytest.fixture
def whole() -> Report:
    """Nothing was lost and nothing is pending."""
    parts = (_part("1a.forward", Status.CORRECT, 2), _part("1a.dx", Status.CORRECT, 7))
    return _report(parts, {"1": "Layer normalisation"}, collaborators=(), submission="whole")


@pytest.fixture
def empty() -> Report:
    """An empty folder from nobody: many missing parts, no student, no trial."""
    none = Trials(passed=0, total=0)
    facts = {"feedback": "there is no problem1.py", "trials": none}
    parts = tuple(_part(f"1.{letter}", Status.MISSING, 1, **facts) for letter in "abcdefgh")
    return _report(parts, {"1": "Layer normalisation"}, collaborators=(), student=None, submission="empty")
