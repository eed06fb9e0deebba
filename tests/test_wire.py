"""Data comes back as it went, noise is refused within bounds, and nothing else crosses the wire."""

import contextlib
import math
import struct
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import hypothesis.extra.numpy as hnp
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import wire
from grader.wire import WireError

steady = settings(derandomize=True, deadline=None, max_examples=150, database=None)


def parts(frame: bytes) -> tuple[bytes, bytes]:
    """The header and the body of a frame."""
    header, body = wire.lengths(frame[: wire.PREFIX.size])
    data = frame[wire.PREFIX.size :]
    assert len(data) == header + body
    return data[:header], data[header:]


def there_and_back(value, **options):
    return wire.decode(*parts(wire.encode(value)), **options)


def header_of(tree) -> bytes:
    return msgspec.msgpack.encode(tree)


def same(one, other) -> bool:
    """Equal in type, shape, dtype and every bit that counts; a nan is a nan."""
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (float, complex)):
        return repr(one) == repr(other)
    return one == other


# ---- data comes back ----

dtypes = st.sampled_from([np.dtype(name) for name in wire._DTYPES])
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
texts = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
leaves = keys | st.floats() | st.complex_numbers() | st.integers(-(10**60), 10**60) | arrays
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys | st.tuples(keys, keys), inner, max_size=4)
    ),
    max_leaves=12,
)


@steady
@given(values)
def test_whatever_is_sent_comes_back(value):
    returned = there_and_back(value)

    assert same(returned, value)


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.zeros((0, 3)), id="no rows"),
        pytest.param(np.array(2.5), id="no axes"),
        pytest.param(np.asfortranarray(np.arange(6.0).reshape(2, 3)), id="Fortran order"),
        pytest.param(np.arange(10.0)[::3], id="strided"),
        pytest.param(np.arange(4.0)[::-1], id="backwards"),
        pytest.param(np.broadcast_to(1.5, (2, 3)), id="broadcast"),
        pytest.param(np.arange(3, dtype=">f8"), id="big-endian floats"),
        pytest.param(np.arange(3, dtype=">i4"), id="big-endian integers"),
        pytest.param(np.arange(3, dtype=np.longdouble), id="extended precision"),
        pytest.param(np.arange(3, dtype=np.clongdouble), id="extended complex"),
        pytest.param(np.array([[1.0, 2.0]]).view(np.matrix), id="matrix"),
        pytest.param(np.ma.masked_array([1.0, 2.0], [False, False]), id="mask that hides nothing"),
        pytest.param(np.arange(2.0).view(np.recarray), id="record array of numbers"),
    ],
)
def test_an_array_in_any_dress_comes_back_as_a_plain_one(array):
    returned = there_and_back([np.True_, array])[1]

    assert type(returned) is np.ndarray
    assert returned.dtype.isnative
    assert returned.shape == array.shape
    np.testing.assert_array_equal(returned, np.asarray(array))


@pytest.mark.parametrize(
    ("numbers", "plain"),
    [
        pytest.param([math.factorial(n) for n in range(25)], float, id="factorials"),
        pytest.param([Fraction(1, 3), True, np.float32(0.5), 2], float, id="fractions"),
        pytest.param([[1.5, 2j]], complex, id="complex"),
    ],
)
def test_an_array_of_pythons_numbers_comes_back_as_one_of_numpys(numbers, plain):
    array = np.array(numbers, dtype=object)

    returned = there_and_back(array)

    assert returned.dtype == plain
    assert returned.shape == array.shape
    np.testing.assert_array_equal(returned, array.astype(plain))


def test_a_fraction_comes_back_as_a_number():
    assert there_and_back([Fraction(1, 3)]) == [1 / 3]


@pytest.mark.parametrize(
    ("scalar", "plain"),
    [(np.float64(0.1), 0.1), (np.int64(7), 7), (np.uint8(7), 7), (np.True_, True), (np.complex128(1j), 1j)],
    ids=lambda value: type(value).__name__,
)
def test_a_numpy_number_comes_back_as_a_number_of_python(scalar, plain):
    returned = there_and_back([scalar])[0]

    assert type(returned) is type(plain)
    assert returned == plain


@pytest.mark.parametrize("scalar", [np.float32(0.1), np.float16(0.1), np.complex64(1j)])
def test_a_numpy_number_of_less_precision_comes_back_as_an_array_without_axes(scalar):
    returned = there_and_back(scalar)

    assert returned.shape == ()
    assert returned.dtype == scalar.dtype
    assert returned == scalar


def test_a_number_beyond_double_precision_becomes_infinite_without_a_warning():
    returned = there_and_back(np.longdouble("1e400") if np.finfo(np.longdouble).max > 1e308 else np.inf)

    assert np.isinf(returned)


def test_subclasses_of_plain_types_come_back_plain():
    class Number(float):
        pass

    class Count(int):
        pass

    class Words(str):
        pass

    returned = there_and_back([Number(0.5), Count(3), Words("a")])

    assert [type(item) for item in returned] == [float, int, str]
    assert returned == [0.5, 3, "a"]


def test_text_that_no_encoding_holds_is_sent_with_question_marks():
    returned = there_and_back("a\ud800b\udfffc")

    assert returned == "a?b?c"


def test_a_numpy_number_as_a_key_is_that_number():
    returned = there_and_back({np.int64(3): 1.5, (np.float64(0.5), 1): 2.5})

    assert returned == {3: 1.5, (0.5, 1): 2.5}


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**64, -(10**3000)])
def test_integers_of_any_size_come_back(value):
    assert there_and_back(value) == value


def test_what_the_judge_receives_is_read_only():
    returned = there_and_back(np.arange(3.0))

    with pytest.raises(ValueError, match="read-only"):
        returned[0] = 1.0


def test_what_the_student_receives_is_a_copy_of_their_own():
    header, body = parts(wire.encode([np.arange(3, dtype=np.int8), np.arange(3.0)]))

    one = wire.decode(header, body, writable=True)[1]
    one[0] = 7.0
    other = wire.decode(header, body, writable=True)[1]

    assert one.flags.aligned
    assert other[0] == 0.0


# ---- layouts ----

layouts = st.sampled_from(wire.LAYOUTS)


@steady
@given(arrays, layouts)
def test_an_array_arrives_in_a_worker_in_the_layout_it_was_sent_in(array, layout):
    before = array.copy()

    frame = wire.encode([1, wire.Laid(array, layout), array])
    _, returned, after = wire.decode(*parts(frame), writable=True)

    assert same(np.ascontiguousarray(returned).reshape(array.shape), before)
    assert same(after, before)
    assert returned.flags.writeable is (layout != "read-only")
    assert returned.flags.aligned
    if layout == "strided" and array.ndim:
        expected = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)[..., ::2]
        assert returned.strides == expected.strides
        assert min(returned.strides) >= 0
    else:
        assert returned.flags.f_contiguous if layout == "F" else returned.flags.c_contiguous


def test_between_the_numbers_of_a_strided_array_stand_others():
    array = np.arange(6.0).reshape(2, 3)

    returned = there_and_back(wire.Laid(array, "strided"), writable=True)

    whole = returned.base.reshape(2, 6)
    np.testing.assert_array_equal(whole[:, ::2], array)
    assert not np.isin(whole[:, 1::2], array).any()


@steady
@given(arrays, layouts)
def test_elsewhere_an_array_with_a_layout_is_a_plain_one(array, layout):
    returned = there_and_back(wire.Laid(array, layout))

    assert same(returned, array)
    assert returned.flags.c_contiguous
    assert not array.size or not returned.flags.writeable


def test_an_array_with_a_layout_is_an_array_to_the_bounds():
    frame = parts(wire.encode(wire.Laid(np.arange(3.0), "strided")))

    assert frame == (header_of(["laid", "<f8", [3], "strided"]), np.arange(3.0).tobytes())
    with pytest.raises(WireError, match="larger than anything"):
        wire.encode(wire.Laid(np.broadcast_to(1.0, (wire.MAX_BODY,)), "F"))


# ---- torch ----


def test_torch_tensors_come_back_as_arrays_with_their_device():
    import torch

    halved = torch.tensor([0.5, -2.0], dtype=torch.bfloat16)
    tracked = torch.tensor([[1.0, 2.0]], dtype=torch.float64, requires_grad=True)
    turned = torch.tensor([1 + 2j]).conj()
    negated = torch.tensor([1 + 2j]).conj().imag

    half, slope, conjugate, negative, alone = there_and_back([halved, tracked, turned, negated, torch.tensor(3)])

    assert half.array.dtype == np.float32
    assert half.array.tolist() == [0.5, -2.0]
    assert (slope.array.tolist(), slope.device) == ([[1.0, 2.0]], "cpu")
    assert conjugate.array.tolist() == [1 - 2j]
    assert negative.array.tolist() == [-2.0]
    assert alone.array.shape == ()


@pytest.mark.parametrize("make", ["sparse", "meta", "quantised"])
def test_a_tensor_without_plain_numbers_is_refused_in_words(make):
    import torch

    # Quantisation is on its way out of torch and says so where it is used.
    tensor = {
        "sparse": lambda: torch.eye(2).to_sparse(),
        "meta": lambda: torch.empty(2, device="meta"),
        "quantised": lambda: torch.empty(2, dtype=torch.float8_e4m3fn),
    }[make]()

    with pytest.raises(WireError, match="a tensor that is no plain array"):
        wire.encode(tensor)


# ---- records: what goes to a worker as data and becomes something there ----

RECORDS = {
    "tensor": wire.Tensor(np.array([[0.5, -2.0]]), "cpu"),
    "tensor of no axes": wire.Tensor(np.array(3), "cuda:1"),
    "numpy generator": wire.Generator("numpy", 0),
    "torch generator": wire.Generator("torch", wire.MAX_SEED, "cuda"),
    "given": wire.Given("softplus"),
    "given with parameters": wire.Given("wave", (np.arange(2.0), [0.5, (wire.Generator("numpy", 3),)])),
}
EVERY_RECORD = pytest.mark.parametrize("record", [pytest.param(record, id=name) for name, record in RECORDS.items()])


def same_record(one, other) -> bool:
    if isinstance(one, wire.Tensor):
        return isinstance(other, wire.Tensor) and same(one.array, other.array) and one.device == other.device
    if isinstance(one, wire.Given):
        return isinstance(other, wire.Given) and repr(one) == repr(other)
    return one == other


@EVERY_RECORD
def test_records_come_back_from_a_frame_of_ours(record):
    values = wire.whole(wire.encode({"inputs": [record, (1.0, record)]}))["inputs"]

    assert same_record(values[0], record)
    assert same_record(values[1][1], record)


@EVERY_RECORD
def test_the_end_that_asks_for_it_makes_of_a_record_what_it_stands_for(record):
    made = there_and_back([record], make=lambda found: ("made", found))

    assert made[0][0] == "made"
    assert isinstance(record, wire.Given) or same_record(made[0][1], record)


@pytest.mark.parametrize("record", [RECORDS["given"], RECORDS["torch generator"], RECORDS["given with parameters"]])
def test_of_records_nobody_takes_more_than_tensors_unasked(record):
    with pytest.raises(WireError, match="cannot be read"):
        there_and_back([record])


def test_what_a_given_function_computes_is_never_sent():
    named = wire.Given("f", (), print)

    assert wire.encode(named) == wire.encode(wire.Given("f"))


def test_records_show_how_they_are_made():
    assert repr(wire.Generator("numpy", 3)) == "np.random.default_rng(3)"
    assert repr(wire.Generator("torch", 3)) == "torch.Generator().manual_seed(3)"
    assert repr(wire.Given("wave", (0.5, 2))) == "wave(0.5, 2)"


@pytest.mark.parametrize(
    "tree",
    [
        ["generator", "scipy", 0, "cpu"],
        ["generator", "numpy", -1, "cpu"],
        ["generator", "numpy", True, "cpu"],
        ["generator", "numpy", wire.MAX_SEED + 1, "cpu"],
        ["generator", "numpy", 0.0, "cpu"],
        ["generator", "numpy", 0],
        ["generator", "numpy", 0, None],
        ["given", "a.b", []],
        ["given", "__import__('os')", []],
        ["given", "", []],
        ["given", "f" * (wire.MAX_NAME + 1), []],
        ["given", "f", 3],
        ["given", "f", [["set", []]]],
        ["given", "f"],
        ["given", "f", [], []],
    ],
    ids=str,
)
def test_what_is_no_record_is_refused_even_where_records_are_asked_for(tree):
    with pytest.raises(WireError):
        wire.decode(header_of(tree), b"", make=lambda record: record)


# ---- callables ----


def test_a_callable_is_lent_and_borrowed_by_number():
    lent = []

    def square(x):
        return x * x

    header, body = parts(wire.encode((2.0, [square]), lambda function: lent.append(function) or 41))
    value = wire.decode(header, body, lambda number, name: (number, name))

    assert lent == [square]
    assert value == (2.0, [(41, "square")])


def test_a_callable_with_an_odd_name_is_lent_all_the_same():
    def odd():
        return None

    odd.__name__ = "\ud800" + "x" * 1000

    header, body = parts(wire.encode(odd, lambda _: 0))
    name = wire.decode(header, body, lambda _, name: name)

    assert name == "?" + "x" * 99


def test_a_callable_is_no_data_where_nobody_lends_or_borrows():
    with pytest.raises(WireError, match="a function"):
        wire.encode(print)
    with pytest.raises(WireError, match="a function"):
        wire.decode(header_of(["handle", 0, "f"]), b"")


# ---- what is no data is not sent ----


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(np.array([1.0, None]), "dtype object", id="array of objects"),
        pytest.param(np.array([10**400]), "too large", id="array of too large integers"),
        pytest.param(Decimal(1), "'Decimal'", id="decimal"),
        pytest.param(np.array(["a"]), "dtype <U1", id="array of texts"),
        pytest.param(np.array([(1, 2.0)], dtype="i4,f8"), "where numbers are expected", id="structured array"),
        pytest.param(np.array(["2020-01-01"], dtype="M8[D]"), "datetime64", id="dates"),
        pytest.param(np.ma.masked_array([1.0, 2.0], [False, True]), "masked", id="masked array"),
        pytest.param(np.ma.masked, "masked", id="masked"),
        pytest.param((n for n in range(3)), "'generator'", id="generator"),
        pytest.param({1, 2}, "'set'", id="set"),
        pytest.param(b"ab", "'bytes'", id="bytes"),
        pytest.param(object(), "'object'", id="object"),
        pytest.param(range(3), "'range'", id="range"),
        pytest.param({b"a": 1}, "a key of type 'bytes'", id="odd key"),
        pytest.param({(1, frozenset()): 1}, "a key of type 'frozenset'", id="odd key in a tuple"),
        pytest.param({np.longdouble(1): 1}, "a key of type 'longdouble'", id="key of extended precision"),
        pytest.param(1 << 40_000, "too many digits", id="huge integer"),
        pytest.param("x" * (wire.MAX_HEADER + 1), "too long", id="long text"),
        pytest.param([0.5] * 500_000, "use an array", id="long list"),
        pytest.param(np.zeros(wire.MAX_BODY + 1, np.int8), "larger than anything", id="large array"),
        pytest.param([np.zeros(wire.MAX_BODY // 16, np.float64)] * 3, "larger than anything", id="large together"),
    ],
)
def test_what_is_no_data_is_not_sent_and_named(value, words):
    with pytest.raises(WireError, match=words):
        wire.encode(value)


def test_a_list_within_itself_is_not_sent():
    endless: list = []
    endless.append(endless)

    with pytest.raises(WireError, match="nested deeper than 16 levels"):
        wire.encode(endless)


@pytest.mark.parametrize("leaf", [1.0, np.arange(2), np.float64(1), (), [], {}, 2j], ids=repr)
def test_what_is_nested_as_deep_as_may_be_sent_can_be_read(leaf):
    nested, depth = leaf, 0
    while True:
        try:
            frame = wire.encode(nested)
        except WireError:
            break
        wire.decode(*parts(frame))
        nested, depth = [nested], depth + 1

    assert depth >= wire.MAX_DEPTH - 1


# ---- noise is refused ----


def read_or_refused(header: bytes, body: bytes) -> None:
    """Decoding gives a value or WireError; anything else fails the test."""
    for make in ({}, {"make": lambda record: record}):
        with contextlib.suppress(WireError):
            wire.decode(header, body, lambda number, name: (number, name), **make)


@steady
@given(st.binary(max_size=200), st.binary(max_size=64))
def test_noise_is_refused(header, body):
    read_or_refused(header, body)


kinds = ["list", "tuple", "dict", "int", "complex", "array", "laid", "tensor", "handle", "generator", "given"]
words = st.sampled_from([*kinds, *wire.LAYOUTS, "<f8", "|b1", "|O", "9", "numpy"])
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | words | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(words, inner, max_size=2),
    max_leaves=15,
)


@settings(steady, max_examples=300)
@given(trees, st.binary(max_size=32))
def test_well_formed_nonsense_is_refused(tree, body):
    read_or_refused(header_of(tree), body)


@settings(steady, max_examples=300)
@given(st.data())
def test_a_damaged_frame_is_read_or_refused(data):
    header, body = parts(wire.encode(data.draw(values)))
    frame = bytearray(header + body)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(frame) - 1, 0)))
        match data.draw(st.sampled_from(["flip", "insert", "delete"])):
            case "flip" if frame:
                frame[place] ^= data.draw(st.integers(1, 255))
            case "insert":
                frame.insert(place, data.draw(st.integers(0, 255)))
            case "delete":
                del frame[place : place + 1]

    read_or_refused(bytes(frame[: len(header)]), bytes(frame[len(header) :]))


@pytest.mark.parametrize(
    ("tree", "size"),
    [
        pytest.param([], 0, id="empty"),
        pytest.param(["set", []], 0, id="unknown kind"),
        pytest.param(["list", 3], 0, id="list of a number"),
        pytest.param(["list", [], []], 0, id="list and more"),
        pytest.param(["dict", [[1, 2, 3]]], 0, id="pair of three"),
        pytest.param(["dict", [[["list", []], 1]]], 0, id="key that cannot be one"),
        pytest.param(["int", "9" * 4097], 0, id="endless digits"),
        pytest.param(["int", "1_000"], 0, id="digits with underscores"),
        pytest.param(["int", "٣"], 0, id="foreign digits"),
        pytest.param(["int", "seven"], 0, id="no digits"),
        pytest.param(["complex", 1, 2], 0, id="complex of integers"),
        pytest.param(["array", "|O", [1]], 8, id="array of objects"),
        pytest.param(["array", "<U1", [1]], 4, id="array of texts"),
        pytest.param(["array", ">f8", [1]], 8, id="other byte order"),
        pytest.param(["array", "<f8", [-1]], 0, id="negative length"),
        pytest.param(["array", "<f8", [-1, -1]], 8, id="two negative lengths"),
        pytest.param(["array", "<f8", [1.0]], 8, id="length that is no integer"),
        pytest.param(["array", "<f8", [True]], 8, id="length that is a truth"),
        pytest.param(["array", "<f8", [2**64 - 1]], 0, id="huge length"),
        pytest.param(["array", "<f8", [2**26, 2**26, 2**26]], 0, id="huge shape"),
        pytest.param(["array", "<f8", [2**26] * 20 + [0]], 0, id="huge shape of nothing"),
        pytest.param(["array", "<f8", [0] * 33], 0, id="too many axes"),
        pytest.param(["array", "<f8", [2]], 8, id="more than the body"),
        pytest.param(["array", "|i1", [1]], 8, id="less than the body"),
        pytest.param(["list", []], 8, id="nothing of the body"),
        pytest.param(["tensor", "|i1", [8], 3], 8, id="device that is a number"),
        pytest.param(["laid", "<f8", [1], "K"], 8, id="unknown layout"),
        pytest.param(["laid", "<f8", [2], "F"], 8, id="layout of more than the body"),
        pytest.param(["laid", "<f8", [1]], 8, id="no layout"),
        pytest.param(["handle", "f", 0], 0, id="handle the wrong way round"),
        pytest.param({"a": 1}, 0, id="mapping"),
        pytest.param(b"abc", 0, id="bytes"),
    ],
)
def test_what_cannot_have_been_sent_is_refused(tree, size):
    with pytest.raises(WireError):
        wire.decode(header_of(tree), bytes(size), lambda number, name: name)


@pytest.mark.parametrize("size", [0, 1, 11, 13])
def test_a_prefix_of_another_size_is_refused(size):
    with pytest.raises(WireError):
        wire.lengths(bytes(size))


@pytest.mark.parametrize(("header", "body"), [(wire.MAX_HEADER + 1, 0), (0, wire.MAX_BODY + 1), (2**32 - 1, 2**64 - 1)])
def test_lengths_beyond_the_bounds_are_refused(header, body):
    with pytest.raises(WireError, match="more data than may be sent"):
        wire.lengths(wire.PREFIX.pack(header, body))


@steady
@given(st.binary(min_size=12, max_size=12))
def test_no_prefix_announces_more_than_the_bounds(prefix):
    try:
        header, body = wire.lengths(prefix)
    except WireError:
        return

    assert header <= wire.MAX_HEADER
    assert body <= wire.MAX_BODY


def peak_of_decoding(header: bytes) -> int:
    """The bytes that decoding allocates at most, whatever it comes to."""
    tracemalloc.start()
    try:
        read_or_refused(header, b"")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_shape_without_data_allocates_nothing():
    peak = peak_of_decoding(header_of(["array", "<f8", [wire.MAX_BODY]]))

    assert peak < 1 << 20


@pytest.mark.parametrize(
    ("item", "within"),
    [
        pytest.param(b"\x90", b"", id="empty lists"),
        pytest.param(b"\x80", b"", id="empty mappings"),
        pytest.param(b"\x91\x90", b"", id="lists in lists"),
        pytest.param(header_of(["list", []]), b"\x92\xa4list", id="lists as they are sent"),
        pytest.param(header_of(["array", "|b1", [0]]), b"\x92\xa4list", id="arrays of nothing"),
    ],
)
def test_a_small_frame_does_not_become_a_large_value(item, within):
    # A sixteenth of the largest header, to be quick: what is allocated grows in proportion.
    count = wire.MAX_HEADER // 16 // len(item)
    header = within + b"\xdd" + struct.pack(">I", count) + item * count

    peak = peak_of_decoding(header)

    assert peak < 25 << 20, "a header of 4 MiB could take 400 MiB"


def test_infinite_and_missing_numbers_are_data():
    returned = there_and_back([math.inf, -math.inf, math.nan, np.array([np.nan, -0.0])])

    assert returned[:2] == [math.inf, -math.inf]
    assert math.isnan(returned[2])
    assert math.copysign(1, returned[3][1]) == -1
