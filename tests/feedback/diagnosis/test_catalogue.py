"""The catalogue is data that can be kept, names edits as far as the rubric allows, and is bounded whatever it runs."""

import numpy as np
import pytest

from grader.errors import BrokenReference
from grader.feedback.diagnosis import Catalogue, catalogue
from grader.feedback.diagnosis.building import LARGEST_INPUT, NUMBERS
from grader.feedback.diagnosis.words import KINDS, NAME_SWAPS, OPERATORS
from grader.model import Hints, Trial
from grader.mutants import mutants
from grader.store import Store

RIDGE = '''
"""A loss."""

import numpy as np


def loss(X, y, w, lam):
    residual = X @ w - y
    fit = 0.5 * (residual**2).mean()
    penalty = lam * np.sum(w**2)
    return float(fit + penalty)


def terms_of_loss(X, y, w, lam):
    residual = X @ w - y
    return {"fit": 0.5 * (residual**2).mean(), "penalty": lam * np.sum(w**2)}


def line(w, lam):
    return lambda t: float(np.sum((w + t * lam) ** 2))


def fixed_point(w, lam):
    x = w.copy()
    while np.max(np.abs(x - lam * np.cos(x) - w)) > 1e-4:
        x = lam * np.cos(x) + w
    return x


def split(w, lam):
    return w * lam, w + lam, (3 * w).astype(np.int64)


def forced(w, lam):
    w = np.array(w)
    w[0] = lam
    return w
'''


def ridge(rng):
    n, d = int(rng.integers(5, 12)), int(rng.integers(2, 5))
    X, w = rng.standard_normal((n, d)), rng.standard_normal(d)
    return {"X": X, "y": rng.standard_normal(n), "w": w, "lam": float(rng.uniform(0.2, 0.7))}


@pytest.fixture
def loss(course_of):
    return course_of(RIDGE, "loss", ridge, 12)


def test_an_edit_is_told_as_openly_as_the_rubric_allows(loss):
    found = loss.diagnosed(lambda X, y, w, lam: 0.5 * ((X @ w - y) ** 2).mean() + lam * np.sum(np.abs(w)))

    assert found is not None
    kind, place, edit = (found.said(hints) for hints in (Hints.KIND, Hints.PLACE, Hints.EDIT))
    assert kind == KINDS["absolute"] and "`" not in kind
    assert place == f"{kind} Look at the step that makes penalty."
    assert edit == f"{place} Your answer is what comes out with `abs(w)` in the place of `w ** 2`."


def test_a_term_that_the_reference_names_is_told_by_its_name(loss):
    found = loss.diagnosed(lambda X, y, w, lam: 0.5 * ((X @ w - y) ** 2).mean())

    assert found is not None
    assert (found.name, found.place) == ("missing_term", "Look at the term called penalty.")


def test_an_ignored_argument_of_the_function_is_named(course_of):
    untold = RIDGE.replace("terms_of_loss", "other")
    judge = course_of(untold, "loss", ridge, 12)
    found = judge.diagnosed(lambda X, y, w, lam: np.mean((X @ w - y) ** 2) / 2 + 1e-5 * w @ w)

    assert found is not None and found.name == "hard_coded"
    assert "(lam)" in found.kind


def test_a_catalogue_that_was_kept_says_the_same(loss):
    store = Store("kept")
    store.put("catalogue", loss.catalogue.data())
    store.save()
    kept = Catalogue.of(Store("kept").get("catalogue"))

    assert kept.edits == loss.catalogue.edits
    assert (kept.trials, kept.sizes, kept.function) == (loss.catalogue.trials, loss.catalogue.sizes, "loss")
    assert np.array_equal(kept.outputs, loss.catalogue.outputs, equal_nan=True)
    assert kept.terms == loss.catalogue.terms
    assert kept.variables.keys() == loss.catalogue.variables.keys() == {"residual", "fit", "penalty"}


def test_variables_are_those_of_the_reference_as_it_returns(loss):
    for trial in loss.trials:
        X, y, w = (trial.inputs[name] for name in "Xyw")
        assert np.allclose(loss.catalogue.variables["residual"][trial.index], X @ w - y)
        assert loss.catalogue.variables["penalty"][trial.index] == pytest.approx(trial.inputs["lam"] * w @ w)


def test_functions_that_are_returned_are_evaluated(course_of):
    judge = course_of(RIDGE, "line", ridge, 4, points=(0.0, 0.5, 2.0))

    found = judge.diagnosed(lambda w, lam: lambda t: np.sum((w - t * lam) ** 2))

    assert judge.catalogue.sizes == [[3]] * 4
    assert found is not None and found.name == "sign"


def test_mutants_that_never_end_are_left_out(course_of):
    judge = course_of(RIDGE, "fixed_point", ridge, 4)

    assert judge.catalogue.edits
    assert len(judge.catalogue.edits) < len(mutants(RIDGE, "fixed_point"))


def test_the_inputs_are_as_they_were(course_of):
    judge = course_of(RIDGE, "forced", ridge, 4)
    before = [trial.inputs["w"].copy() for trial in judge.trials]

    assert judge.catalogue.edits
    assert all(np.array_equal(w, trial.inputs["w"]) for w, trial in zip(before, judge.trials, strict=True))


def test_trials_that_are_too_large_are_left_out(course_of):
    judge = course_of(RIDGE, "split", ridge, 3)
    large = Trial(3, {}, "normal", {"w": np.ones(LARGEST_INPUT + 1), "lam": 0.5})
    book = catalogue(judge.reference, "split", [*judge.trials, large])

    assert book.trials == [0, 1, 2]
    assert book.outputs.size <= NUMBERS


def test_parts_of_the_outputs_are_found_among_all(course_of):
    judge = course_of(RIDGE, "split", ridge, 8)

    def student(w, lam):
        return w / lam, w - lam, (3 * w).astype(int)

    first, second = judge.diagnosed(student, [0]), judge.diagnosed(student, [1])

    assert first is not None and first.name == "factor" and "`w / lam`" in first.edit
    assert second is not None and second.name == "sign"
    assert judge.diagnosed(student, [2]) is None


def test_variables_in_each_others_place_are_no_explanation_of_some_of_the_outputs(judged):
    judge = judged("gmm_mle_shared")

    def student(X, y):
        pi1, pi2, mu1, mu2, _ = judge.reference.function("gmm_mle_shared")(X, y)
        *_, S2 = judge.reference.function("gmm_mle")(X, y)
        return pi1, pi2, mu1, mu2, pi1 * S2 + pi2 * S2

    whole, part = judge.diagnosed(student), judge.diagnosed(student, [4])

    assert whole is not None and whole.name == "wrong_variable"
    assert part is None or part.name != "wrong_variable"


def test_terms_that_raise_are_the_references_fault(course_of):
    broken = RIDGE.replace('return {"fit"', 'raise KeyError("fit")\n    return {"fit"')
    judge = course_of(broken, "loss", ridge, 2)

    with pytest.raises(BrokenReference, match="KeyError"):
        catalogue(judge.reference, "loss", judge.trials)


def test_every_edit_has_a_name_and_every_name_a_sentence(functions, judged):
    operators = set()
    for name, _ in functions:
        operators |= {m.operator for m in mutants(judged(name).reference.path.read_text("utf-8"), name)}

    assert len(operators) > 25
    assert operators <= OPERATORS.keys()
    assert {name for name, _ in OPERATORS.values()} <= KINDS.keys()
    assert OPERATORS.keys() >= NAME_SWAPS
    assert all(sentence.endswith((".", "?")) for sentence in KINDS.values())


LAYERS = '''
import numpy as np


def layers(x, n):
    h = [x]
    for _ in range(n):
        h.append(np.tanh(1.5 * h[-1]) + x)
    return h


def network(x, n):
    h = layers(x, n)
    return h, np.sum(h[-1] ** 2)
'''


def some_layers(rng):
    return {"x": rng.standard_normal(3), "n": int(rng.integers(1, 5))}


def test_a_list_of_another_length_in_each_trial_is_diagnosed(course_of):
    judge = course_of(LAYERS, "layers", some_layers, 8)

    def without_the_input(x, n):
        h = [x]
        for _ in range(n):
            h.append(np.tanh(1.5 * h[-1]))
        return h

    found = judge.diagnosed(without_the_input)

    assert len({len(sizes) for sizes in judge.catalogue.sizes}) > 1
    assert found is not None and found.name == "missing_term"


def test_an_output_within_an_output_has_no_number(course_of):
    judge = course_of(LAYERS, "network", some_layers, 12)
    right = judge.reference.function("network")

    unexplained = judge.diagnosed(lambda x, n: ([np.sin(9 * h) for h in right(x, n)[0]], -right(x, n)[1]))
    opposite = judge.diagnosed(lambda x, n: ([-h for h in right(x, n)[0]], -right(x, n)[1]))

    assert unexplained is None
    assert opposite is not None and opposite.name == "opposite"


VANISHING = '''
import numpy as np


def backward(x, w):
    slope = (1 - np.tanh(x) ** 2) * w
    step = (1 - np.tanh(w) ** 2) * x
    return np.outer(slope, x) + np.outer(step, w)


def shares(x, w):
    joint = x[:, None] + np.log(_weights(w))
    return np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])


def _weights(w):
    return w**2


def table(x, w):
    kept = np.cumsum(x)
    return np.stack([x * w, kept, kept * w])


def pmf(k, p):
    return np.exp(k) * p**2 * (1 - p)


def picked(k, x):
    return x - (np.arange(len(x)) == k) * np.sum(x**2)


def scaled(x, w):
    return w * (x - np.mean(x)) / np.sum(w**2)


def spread(x, w):
    return np.diag(x) + np.outer(w, w)
'''


def two_vectors(rng):
    n = int(rng.integers(3, 7))
    return {"x": rng.standard_normal(n), "w": rng.uniform(0.3, 1.4, n)}


def diagonal_and_shift(rng):
    return {"k": int(rng.integers(1, 4)), "x": rng.standard_normal(5)}


def counts_and_share(rng):
    return {"k": rng.standard_normal(4), "p": float(rng.uniform(0.1, 0.4))}


@pytest.mark.parametrize(
    ("function", "maker", "student", "name"),
    [
        # 0 for the power makes the slope vanish, as does what is missing.
        ("backward", two_vectors, lambda x, w: np.outer((1 - np.tanh(x) ** 2) * w, x), "missing_term"),
        # 1 for what is left of a difference.
        ("backward", two_vectors, lambda x, w: np.outer(w, x) + np.outer((1 - np.tanh(w) ** 2) * x, w),
         "missing_factor"),
        # What is subtracted in an exponent divides.
        ("shares", two_vectors, lambda x, w: np.exp(x)[:, None] * w**2, "missing_exponent"),
        ("shares", two_vectors, lambda x, w: (p := np.exp(x)[:, None] * w**2) / p.sum(axis=0), "axis"),
        ("pmf", counts_and_share, lambda k, p: np.exp(k) * (1 - p) ** 2 * p, "complement"),
        ("picked", diagonal_and_shift, lambda k, x: x - np.eye(5)[k - 1] * np.sum(x**2), "index"),
        ("scaled", two_vectors, lambda x, w: (w * x - np.mean(x)) / np.sum(w**2), "parentheses"),
        ("spread", two_vectors, lambda x, w: np.diag(x) + w * w, "elementwise"),
    ],
)  # fmt: skip
def test_a_mistake_has_the_name_that_a_reader_would_give_it(course_of, function, maker, student, name):
    found = course_of(VANISHING, function, maker, 12).diagnosed(student)

    assert found is not None and found.name == name, f"called {found}"
