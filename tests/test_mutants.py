"""Mutants are single edits, compile, run with an end, and leave their module as it was."""

import types

import numpy as np
import pytest

from grader.mutants import TooManySteps, built, mutants, original

SOURCE = '''
"""A module."""

import numpy as np

TABLE = [1.0, 2.0, 3.0]
WEIGHTS = np.array([1.0, 2.0])


def spread(x, eps=0.25, *, axis=0):
    """How far the entries of x are from their mean."""
    if x.ndim > 2:
        raise ValueError("a matrix at most")
    away = _centred(x)
    return np.sqrt((away**2).mean(axis=0) + eps)


def _centred(x):
    return x - x.mean(axis=0)


def untouched(x):
    return x * 2


def total(n):
    s = 0.0
    for i in range(n):
        s += i
    return s


def first_power_beyond(limit):
    power = 1
    while power < limit:
        power = power * 2
    return power


def stack(n):
    rows = []
    for i in range(n):
        rows.append(i)
    return np.array(rows)


def scaled(x):
    table = TABLE
    table.append(0.0)
    return x * len(TABLE)


def grid(n):
    return np.zeros((n * n, n)).sum() + sum(i for i in range(n))


def chosen(x, y):
    return x[y == 1].sum() - x[:-1].sum()
'''


@pytest.fixture
def module():
    made = types.ModuleType("made")
    exec(SOURCE, vars(made))
    return made


def edits(name: str, operator: str) -> set[tuple[str, str]]:
    return {(m.before, m.after) for m in mutants(SOURCE, name) if m.operator == operator}


def test_the_original_gives_what_the_function_gives(module):
    x = np.random.default_rng(0).standard_normal((4, 3))

    assert np.array_equal(built(original(SOURCE, "spread"), module)(x), module.spread(x))


def test_the_edits_of_a_function_are_those_that_are_made_by_mistake():
    variance = "(away ** 2).mean(axis=0)"
    assert (f"np.sqrt({variance} + eps)", f"np.sqrt({variance}) + eps") in edits("spread", "eps")
    assert ("away ** 2", "away") in edits("spread", "drop_pow")
    assert ("(away ** 2).mean(axis=0)", "(away ** 2).mean(axis=1)") in edits("spread", "axis")
    assert ("(away ** 2).mean(axis=0)", "(away ** 2).sum(axis=0)") in edits("spread", "reduction")
    assert ("x - x.mean(axis=0)", "x") in edits("spread", "drop_term")
    assert ("eps", "0") in edits("spread", "ignore_arg")
    assert ("range(n)", "range(0, n + 1)") in edits("total", "range")
    assert ("s += i", "s = i") in edits("total", "accumulate")
    assert ("x[y == 1]", "x") in edits("chosen", "mask")
    assert ("y == 1", "y != 1") in edits("chosen", "compare")
    assert ("1", "0") in edits("chosen", "selection")
    assert ("x[:-1]", "x") in edits("chosen", "index")
    assert ("x, y", "y, x") in edits("chosen", "swap_args")


def test_helpers_are_edited_too_and_other_functions_are_not():
    functions = {mutant.function for mutant in mutants(SOURCE, "spread")}

    assert functions == {"spread", "_centred"}


def test_what_refuses_bad_arguments_is_not_edited_nor_is_text():
    assert not any("ndim" in m.before or "matrix" in m.before for m in mutants(SOURCE, "spread") if m.size < 20)


def test_edits_of_one_kind_are_also_made_everywhere_at_once(module):
    everywhere = [m for m in mutants(SOURCE, "spread") if m.operator == "axis" and m.line == 0]

    x = np.random.default_rng(0).standard_normal((3, 3))
    away = x - x.mean(axis=1)
    expected = np.sqrt((away**2).mean(axis=1) + 0.25)

    assert any(np.allclose(built(m, module)(x), expected) for m in everywhere)


def test_a_mutated_helper_is_called_by_the_function_asked_for(module):
    x = np.array([[1.0], [5.0]])
    [uncentred] = [m for m in mutants(SOURCE, "spread") if (m.operator, m.after) == ("drop_term", "x")]

    assert built(uncentred, module)(x).tolist() == [np.sqrt(13.25)]
    assert module.spread(x).tolist() == [np.sqrt(4.25)]


def test_mutants_come_in_the_same_order_each_time():
    assert [m[:7] for m in mutants(SOURCE, "spread")] == [m[:7] for m in mutants(SOURCE, "spread")]


def test_every_mutant_says_where_and_what():
    lines = SOURCE.splitlines()

    for mutant in mutants(SOURCE, "total"):
        assert mutant.size > 0
        assert mutant.before != mutant.after
        assert 0 <= mutant.line <= len(lines)
    assert {m.makes for m in mutants(SOURCE, "total") if m.operator == "accumulate"} == {"s"}


def test_every_mutant_says_where_in_the_source_it_is_edited():
    lines = SOURCE.splitlines()
    one = [m for m in mutants(SOURCE, "total") if len(m.places) == 1 and m.places[0].start[0] == m.places[0].end[0]]

    for mutant in one:
        (line, start), (_, end), text = mutant.places[0]
        if start < end:
            assert (lines[line - 1][start:end], text) == (mutant.before, mutant.after or "pass")
    assert {m.operator for m in one if m.places[0].start == m.places[0].end} >= {"ignore_arg", "hard_coded"}


def test_a_name_that_the_source_does_not_define_has_no_mutants():
    assert mutants(SOURCE, "np") == []
    with pytest.raises(ValueError, match="does not define"):
        original(SOURCE, "np")


@pytest.mark.parametrize(
    ("name", "arguments"), [("total", (5,)), ("first_power_beyond", (50,)), ("stack", (4,)), ("grid", (3,))]
)
def test_every_mutant_comes_to_an_end(module, name, arguments):
    for mutant in mutants(SOURCE, name):
        program = built(mutant, module, steps=2_000)
        try:
            program(*arguments)
        except TooManySteps:
            assert program.spent <= 2_001
        except Exception as error:  # noqa: BLE001 - an edit may break anything, but it ends
            assert str(error) is not None


def test_an_endless_loop_takes_too_many_steps(module):
    edited = mutants(SOURCE, "first_power_beyond")
    [stuck] = [m for m in edited if (m.operator, m.before, m.after) == ("drop_factor", "power * 2", "power")]

    with pytest.raises(TooManySteps):
        built(stuck, module, steps=1_000)(50)


def test_what_would_take_all_memory_is_refused(module):
    program = built(original(SOURCE, "grid"), module)

    with pytest.raises(TooManySteps):
        program(10_000)
    with pytest.raises(TooManySteps):
        built(original(SOURCE, "total"), module)(10**12)


def test_a_list_that_holds_itself_is_no_array(module):
    loop = "for _ in range(n):\n        rows.append(rows)"
    source = f"import numpy as np\ndef knot(n):\n    rows = []\n    {loop}\n    return np.array(rows)"
    exec(source, vars(module))

    with pytest.raises(TooManySteps):
        built(original(source, "knot"), module)(2)


def test_every_call_has_its_own_steps(module):
    program = built(original(SOURCE, "total"), module, steps=50)

    assert [program(40) for _ in range(3)] == [780.0] * 3


def test_the_module_is_not_changed_by_running_its_mutants(module):
    before = {name: id(value) for name, value in vars(module).items()}
    for mutant in mutants(SOURCE, "scaled"):
        for _ in range(2):
            try:
                built(mutant, module)(1.0)
            except Exception as error:  # noqa: BLE001 - an edit may break anything
                assert str(error) is not None

    assert module.TABLE == [1.0, 2.0, 3.0]
    assert {name: id(value) for name, value in vars(module).items()} == before


def test_mutants_give_another_answer(module):
    """Of those of a one-line function, most give another answer."""
    x = np.random.default_rng(0).standard_normal(5)
    others = [m for m in mutants(SOURCE, "untouched") if m.operator in ("drop_factor", "mul_div", "constant", "zero")]

    assert len(others) >= 5
    assert not any(np.array_equal(np.broadcast_to(built(m, module)(x), 5), 2 * x) for m in others)
