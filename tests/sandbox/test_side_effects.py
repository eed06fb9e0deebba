"""What a call changes and what its answer shares is seen, cheaply, whatever the student's values do when looked at."""

import numpy as np
import pytest

from grader.worker import side_effects


def seen(function, *arguments):
    """What is noted of a call: positions of changed and of shared arguments."""
    before = side_effects.snapshot(arguments)
    value = function(*arguments)
    return side_effects.changed(arguments, before), side_effects.shared(value, arguments)


def strided():
    return np.arange(12.0).reshape(3, 4)[:, ::2]


def assigned(x, *_):
    x[0] = -1.0
    return 1.0


CHANGES = [
    pytest.param(assigned, np.ones(3), id="vector"),
    pytest.param(assigned, strided(), id="strided"),
    pytest.param(assigned, np.asfortranarray(np.ones((2, 3))), id="columns"),
    pytest.param(assigned, [1.0, 2.0], id="list"),
    pytest.param(lambda x: x.append(3.0), [1.0], id="longer list"),
    pytest.param(lambda x: x.append(len), [1.0], id="list with a function"),
    pytest.param(lambda x: x.append({1}), [1.0], id="list with what cannot be sent"),
    pytest.param(lambda x: assigned(x[0]), [np.ones(2)], id="array in a list"),
    pytest.param(lambda x: assigned(x[1]), (0.5, np.ones(2)), id="array in a tuple"),
    pytest.param(lambda x: x.update(b=1.0), {"a": 1.0}, id="dict"),
    pytest.param(lambda x: np.negative(x, out=x), np.full(2, np.nan), id="sign of a nan"),
    pytest.param(lambda x: x.sort(), np.array([2, 1]), id="sorted"),
]


@pytest.mark.parametrize(("function", "argument"), CHANGES)
def test_an_argument_that_is_changed_is_named(function, argument):
    assert seen(lambda a, x: (function(x), None)[1], 0.5, argument)[0] == [1]


@pytest.mark.parametrize(
    "argument", [np.ones(3), strided(), [1.0, 2.0], {"a": np.ones(2)}, (np.nan,), 5, "text", None, len],
    ids=repr,
)  # fmt: skip
def test_what_is_only_read_is_not_named(argument):
    assert seen(lambda x: str(x), argument) == ([], [])


SHARES = [
    pytest.param(lambda x: x, id="itself"),
    pytest.param(lambda x: x[1:], id="slice"),
    pytest.param(lambda x: x.T, id="transposed"),
    pytest.param(lambda x: x.reshape(-1, 1), id="reshaped"),
    pytest.param(np.asarray, id="asarray"),
    pytest.param(lambda x: (1.0, x + 1, x), id="in a tuple"),
    pytest.param(lambda x: [[0.0], [x[:1]]], id="in lists"),
    pytest.param(lambda x: {"a": {"b": x}}, id="in dicts"),
    pytest.param(lambda x: x.view(np.recarray), id="another class"),
    pytest.param(lambda x: np.broadcast_to(x[:1], 5), id="broadcast"),
]


@pytest.mark.parametrize("function", SHARES)
@pytest.mark.parametrize("argument", [np.arange(1.0, 5.0), np.arange(10.0)[::2]], ids=["whole", "strided"])
def test_an_answer_that_shares_memory_is_told_with_the_argument(function, argument):
    assert seen(lambda a, x, b: function(x), np.ones(3), argument, 0.5) == ([], [1])


def test_the_list_that_came_in_is_shared_when_it_comes_back():
    assert seen(lambda x: x, [1.0]) == ([], [0])
    assert seen(lambda x: [x], [1.0]) == ([], [0])
    assert seen(lambda x: x[0], [np.ones(2)]) == ([], [0])
    assert seen(lambda x: list(x), [1.0]) == ([], [])


@pytest.mark.parametrize(
    "function", [np.copy, lambda x: x + 0, lambda x: (x * 2)[1:], lambda x: x.sum(), lambda x: x[[0, 1]],
                 lambda x: lambda: x, lambda x: str(x), lambda x: None, lambda x: [float(v) for v in x]],
)  # fmt: skip
def test_an_answer_with_memory_of_its_own_is_clean(function):
    assert seen(function, np.arange(4.0)) == ([], [])


def test_tensors_share_the_memory_of_the_array_they_are_made_of():
    import torch

    x = np.arange(4.0)

    assert seen(torch.from_numpy, x) == ([], [0])
    assert seen(lambda x: (torch.from_numpy(x)[1:].requires_grad_(),), x) == ([], [0])
    assert seen(torch.tensor, x) == ([], [])
    assert seen(lambda x: torch.from_numpy(x).mul_(2.0), x) == ([0], [0])
    assert seen(lambda x: torch.ones(2, device="meta"), x) == ([], [])
    assert seen(lambda t: t.add_(1.0), torch.ones(2)) == ([0], [0])


def test_what_is_too_large_is_not_watched():
    large = np.zeros(side_effects.MAX_WATCHED_BYTES // 8 + 1)

    assert side_effects.snapshot([large, large[1:]]) == [None, large[1:].tobytes()]
    assert seen(assigned, large)[0] == []


def test_only_so_many_items_are_looked_at():
    x = np.ones(2)
    looped = []
    looped += [looped, 0.0]

    assert seen(lambda x: looped, x) == ([], [])
    assert seen(lambda x: [0.0] * 10**6 + [x], x) == ([], [])
    assert seen(lambda x: [x] + [0.0] * 100, x) == ([], [0])


class Spiteful(dict):
    def values(self):
        raise ZeroDivisionError


def test_a_value_that_cannot_be_looked_at_is_not_flagged():
    assert seen(lambda x: Spiteful(a=x), np.ones(2)) == ([], [])
