"""A function that takes tensors is handed tensors of its own, generators are fresh, torch is set as promised."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from grader.errors import BrokenReference, SandboxError, StudentFault
from grader.model import Fault, Limits, Status
from grader.sandbox.student import Student
from grader.sandbox.tensors import Torch
from grader.wire import Generator, Tensor

ASKED = ("f", "g")


@pytest.fixture
def student(tmp_path, torch_zygote) -> Callable[..., Any]:
    """`student(source)` is the first function of a problem file, f; functions f and g take tensors."""
    opened = []

    def opening(source: str, on=torch_zygote, functions=ASKED, **limits) -> Student:
        (tmp_path / "problem1.py").write_text(f"import numpy as np\nimport torch\n{source}")
        one = Student(on, tmp_path, "problem1.py", Limits(**limits), (), Torch(frozenset(functions)))
        opened.append(one)
        return one.__enter__()

    yield opening
    for one in opened:
        one.__exit__()


def described(student: Student, *arguments: Any) -> Any:
    return student.function("f")(*arguments)


DESCRIBES = """
def f(x):
    if isinstance(x, (list, tuple)):
        return type(x)(f(item) for item in x)
    if isinstance(x, dict):
        return {key: f(item) for key, item in x.items()}
    if not isinstance(x, torch.Tensor):
        return type(x).__name__
    return f"{x.dtype} {list(x.shape)} {x.device} {x.requires_grad} {x.is_contiguous()}"
"""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (np.ones((2, 3)), "torch.float64 [2, 3] cpu False True"),
        (np.ones((2, 3)).T, "torch.float64 [3, 2] cpu False True"),
        (np.float32([1, 2]), "torch.float64 [2] cpu False True"),
        (np.array(1.5), "torch.float64 [] cpu False True"),
        (np.ones((0, 4)), "torch.float64 [0, 4] cpu False True"),
        (np.arange(3, dtype=np.int32), "torch.int64 [3] cpu False True"),
        (np.arange(3, dtype=np.uint8), "torch.int64 [3] cpu False True"),
        (np.array([True, False]), "torch.bool [2] cpu False True"),
        (np.array([1j]), "torch.complex128 [1] cpu False True"),
        ([np.ones(2), 3], ["torch.float64 [2] cpu False True", "int"]),
        ((np.ones(2), 0.5, None), ("torch.float64 [2] cpu False True", "float", "NoneType")),
        ({"w": np.ones(2)}, {"w": "torch.float64 [2] cpu False True"}),
        (0.5, "float"),
        (3, "int"),
        (True, "bool"),
        ("tanh", "str"),
    ],
)
def test_arrays_become_tensors_and_numbers_stay_numbers(student, value, told):
    assert described(student(DESCRIBES), value) == told


def test_only_the_functions_that_the_rubric_names_are_handed_tensors(student):
    one = student(DESCRIBES.replace("def f", "def h"), functions=("f",))

    assert one.function("h")(np.ones(2)) == "ndarray"


def test_what_comes_back_is_the_numbers_and_the_device(student):
    answer = described(student("def f(x): return (2 * x).requires_grad_(), [x]"), np.arange(3.0))

    doubled, [same] = answer
    assert isinstance(doubled, Tensor)
    assert doubled.array.tolist() == [0, 2, 4]
    assert same.array.tolist() == [0, 1, 2]
    assert {doubled.device, same.device} == {"cpu"}


def test_a_tensor_may_be_changed_in_place_and_nobody_else_sees_that(student):
    one, x = student("def f(x, y):\n    x += 1\n    return x + 0 * y"), np.zeros(2)
    x.setflags(write=False)

    results = one.ask("f", [[x, x], [x, x]])

    assert [result.array.tolist() for result in results] == [[1, 1], [1, 1]]
    assert x.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("torch.eye(2).to_sparse()", "sparse"),
        ("torch.ones(2, device='meta')", "no plain array"),
        ("torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])", "no plain array"),
        ("torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)", "no plain array"),
        ("torch.Generator()", "type 'Generator'"),
        ("np.random.default_rng(0)", "type 'Generator'"),
        ("torch.ones(1).expand(1 << 40)", "larger"),
    ],
)
@pytest.mark.filterwarnings("default")
def test_a_tensor_without_plain_numbers_is_no_answer(student, returned, words):
    one = student(f"def f(x): return {returned}\ndef g(x): return x")

    with pytest.raises(StudentFault, match=words) as fault:
        described(one, np.ones(2))

    assert fault.value.fault.status is Status.UNREADABLE
    assert one.function("g")(np.ones(2)).array.tolist() == [1, 1]  # the worker lives on


@pytest.mark.parametrize(
    "returned",
    ["x.requires_grad_()", "x.to(torch.bfloat16)", "x.conj()", "x.expand(3, 2)", "torch.nn.Parameter(x)"],
)
def test_any_tensor_with_numbers_is_one(student, returned):
    assert np.all(described(student(f"def f(x): return {returned}"), np.ones(2)).array == 1)


def test_records_of_ours_are_not_taken_from_a_worker(student):
    forged = """
def f(kind):
    import gc
    wire = next(o for o in gc.get_objects() if type(o).__name__ == "module" and o.__name__ == "grader.wire")
    return wire.Given("softplus") if kind == "given" else wire.Generator("numpy", 0)
"""
    for kind in ("given", "generator"):
        with pytest.raises(StudentFault, match="data that cannot be read") as fault:
            described(student(forged), kind)
        assert fault.value.fault.status is Status.UNREADABLE


def test_a_function_that_stays_here_is_the_staffs_mistake_where_tensors_are_asked_for(student):
    with pytest.raises(BrokenReference, match=r"f takes tensors.*function") as error:
        described(student(DESCRIBES), lambda x: x)

    assert "given.py" in error.value.remedy


def test_a_tensor_on_another_device_than_the_arguments_is_named_as_the_cause(student):
    # What torch raises where x is on a GPU and torch.zeros(3) is not.
    raises = "raise RuntimeError('Expected all tensors to be on the same device, but found cuda:0 and cpu!')"

    with pytest.raises(StudentFault) as caught:
        student(f"def f(x):\n    {raises}\n").function("f")(np.ones(3))

    assert caught.value.fault.message.endswith(
        "A tensor that you create is on the CPU, the arguments are on the GPU: create it where they are"
        " (torch.zeros_like(x), or device=x.device)."
    )


def test_without_torch_the_staff_are_told(student, zygote):
    with pytest.raises(SandboxError, match="without torch"):
        described(student(DESCRIBES, on=zygote), np.ones(2))


# ---- generators ----

DRAWS = """
def f(rng):
    return rng.random(3) if isinstance(rng, np.random.Generator) else torch.rand(3, generator=rng, dtype=torch.float64)
"""


def test_every_call_gets_a_fresh_numpy_generator_of_the_seed(student):
    results = student(DRAWS, functions=()).ask("f", [[Generator("numpy", 7)], [Generator("numpy", 7)]])

    assert [result.tolist() for result in results] == 2 * [np.random.default_rng(7).random(3).tolist()]


def test_every_call_gets_a_fresh_torch_generator_of_the_seed(student):
    one, other, third = student(DRAWS).ask("f", [[Generator("torch", seed)] for seed in (7, 7, 2**63 - 1)])

    assert one.array.tolist() == other.array.tolist() != third.array.tolist()


def test_a_generator_of_numpy_needs_no_torch(zygote, tmp_path):
    (tmp_path / "problem1.py").write_text("def f(rng): return rng.random(3)\n")
    with Student(zygote, tmp_path, "problem1.py", Limits(), ()) as student:
        assert student.function("f")(Generator("numpy", 7)).tolist() == np.random.default_rng(7).random(3).tolist()


# ---- how torch is set ----


def test_torch_is_exact_repeatable_and_of_one_thread_before_the_students_file_is_read(student):
    one = student(
        """
import os
SEEN = [torch.get_num_threads(), torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark]
SEEN += [os.environ["CUBLAS_WORKSPACE_CONFIG"]]
def f():
    return SEEN
"""
    )

    assert described(one) == [1, True, False, ":4096:8"]


def test_both_of_torchs_interfaces_for_precision_still_answer(student):
    one = student(
        """
def new():
    b = torch.backends
    places = (b.cuda.matmul, b.cudnn.conv, b.cudnn.rnn) if hasattr(b.cuda.matmul, "fp32_precision") else ()
    return [place.fp32_precision for place in places]
def f():
    b, before = torch.backends, new()
    old = [b.cuda.matmul.allow_tf32, b.cudnn.allow_tf32]
    with b.cudnn.flags(enabled=False):
        old.append(torch.get_float32_matmul_precision())
    return old, before, new()
"""
    )

    old, before, after = described(one)

    assert old == [False, False, "highest"]
    assert set(before) <= {"ieee"}
    assert "tf32" not in after


def test_the_first_product_of_large_matrices_does_not_hang(student):
    one = student(
        """
def f(n):
    a = torch.ones(n, n, requires_grad=True)
    (a @ a).sum().backward()
    return a.grad
"""
    )

    assert np.all(described(one, 400).array == 800)


# ---- going back through a function ----


def gradients(student: Student, calls, upstreams, wrt, name="f") -> Any:
    return student.vjp(name, calls, upstreams, wrt)


W, X, U = np.arange(6.0).reshape(2, 3), np.array([1.0, -2.0, 3.0]), np.array([0.5, -2.0])


@pytest.mark.parametrize(
    "body",
    [
        "return w @ x",
        "return torch.einsum('ij,j->i', w, x)",
        "return torch.stack([row @ x for row in w])",
        "w *= 2\n    x /= 2\n    return w @ x",
        "return (w @ x, )[0]",
        "w.requires_grad_()\n    return w @ x",
        "with torch.no_grad():\n        scale = w.abs().max()\n    return scale * (w / scale) @ x",
    ],
)
def test_gradients_are_found_whatever_the_style(student, body):
    [(value, (dw, dx))] = gradients(student(f"def f(w, x):\n    {body}\n"), [[W, X]], [U], [0, 1])

    assert np.allclose(value.array, W @ X)
    assert np.allclose(dw.array, np.outer(U, X))
    assert np.allclose(dx.array, W.T @ U)


def test_a_file_that_switches_gradients_off_is_differentiated_all_the_same(student):
    [(_, (dx,))] = gradients(student("torch.set_grad_enabled(False)\ndef f(x): return x**2"), [[X]], [X], [0])

    assert dx.array.tolist() == (2 * X * X).tolist()


def test_several_outputs_are_contracted_with_an_upstream_each(student):
    [(_, (dx,))] = gradients(student("def f(x): return x.sum(), [x * x][0]"), [[X]], [(np.array(2.0), X)], [0])

    assert np.allclose(dx.array, 2 + 2 * X * X)


def test_an_autograd_function_is_applied(student):
    one = student(
        """
class f(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        ctx.k = k
        return k * x**3
    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return 3 * ctx.k * x**2 * dy, None
"""
    )

    assert np.allclose(one.function("f")(X, 2.0).array, 2 * X**3)
    [(value, (dx,))] = gradients(one, [[X, 2.0]], [X], [0])
    assert np.allclose(value.array, 2 * X**3)
    assert np.allclose(dx.array, 6 * X**3)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("return w.detach() @ x", [None, W.T @ U], id="one is detached"),
        pytest.param("return w @ torch.tensor(x.tolist()).double()", [np.outer(U, X), None], id="one is copied"),
        pytest.param("return (w @ x).detach()", None, id="the value is detached"),
        pytest.param("return (w @ x).detach().numpy()", None, id="the value is of numpy"),
        pytest.param("return [1.0, 2.0]", None, id="a list"),
        pytest.param("return None", None, id="nothing"),
        pytest.param("return (w @ x)[:, None]", None, id="another shape"),
        pytest.param("return w @ x, w @ x", None, id="two values"),
    ],
)
def test_what_leads_back_to_nothing_is_told_apart(student, body, found):
    [(_, gradient)] = gradients(student(f"def f(w, x):\n    {body}\n"), [[W, X]], [U], [0, 1])

    if found is None:
        assert gradient is None
    else:
        for got, wanted in zip(gradient, found, strict=True):
            assert (got is None) == (wanted is None)
            assert got is None or np.allclose(got.array, wanted)


@pytest.mark.parametrize(
    "body",
    ["return x.numpy()", "raise ValueError('no')", "return 1 / 0", "import sys; sys.exit(0)"],
)
def test_an_exception_is_told_as_in_any_call_and_the_next_call_goes_on(student, body):
    one = student(f"def f(x):\n    {body}\ndef g(x): return x * x\n")

    results = gradients(one, [[X], [X]], [X, X], [0])
    [(_, (dx,))] = gradients(one, [[X]], [X], [0], name="g")

    assert [type(result) for result in results] == [Fault, Fault]
    assert np.allclose(dx.array, 2 * X * X)


def test_a_missing_function_is_missing(student):
    [fault] = gradients(student("def h(x): return x\n"), [[X]], [X], [0])

    assert fault.status is Status.MISSING


def test_a_backward_that_does_not_end_is_stopped(student):
    one = student(
        """
class f(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, dy):
        while True: pass
""",
        seconds=0.5,
    )

    [fault] = gradients(one, [[X]], [X], [0])

    assert fault.status is Status.TIMED_OUT
    assert "when the gradient of f is taken" in fault.message


@pytest.mark.parametrize("body", ["2 * x", "torch.nn.functional.conv1d(x[None, None], x[None, None])"])
def test_torch_finds_its_processor_and_says_nothing_on_the_students_output(student, body):
    source = f"def f(x):\n    return {body}, torch.backends.cpu.get_cpu_capability()\n"
    one = student(source)

    _, found = one.function("f")(np.ones(3))
    one.__exit__()

    assert found == torch.backends.cpu.get_cpu_capability()
    assert one.printed == ""
