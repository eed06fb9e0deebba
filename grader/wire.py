"""Frames between the judge and a worker: data and handles of callables, within bounds, and nothing else.

A frame is a 12-byte prefix (header length, body length), a msgpack header and a body of raw array bytes.
In the header None, bool, int, float and str stand for themselves; everything else is a list that opens
with its kind:

    ["list", items]  ["tuple", items]  ["dict", [[key, value], ...]]  ["int", digits]  ["complex", re, im]
    ["array", dtype, shape]            the bytes follow in the body, in the order of the header
    ["laid", dtype, shape, layout]     the same, to be laid out in memory like this in the worker
    ["tensor", dtype, shape, device]   a torch tensor, as an array and where it is
    ["handle", number, name]           a callable that stays where it is and is called from afar
    ["generator", library, seed, device]
                                       a source of random numbers, by its seed
    ["given", name, parameters]        a function of the course's public given.py, by its name

The last two go to a worker, and into files of ours; from a worker they are refused.

Both ends use this module and neither trusts the other: lengths, depth, counts and dtypes are checked before
anything of their size is allocated.
"""

import numbers
import struct
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

if TYPE_CHECKING:
    import socket

PREFIX = struct.Struct(">IQ")
MAX_HEADER = 4 << 20
MAX_BODY = 64 << 20
MAX_DEPTH = 16
MAX_DIGITS = 4096
MAX_DIMENSIONS = 32
MAX_SEED = 2**63 - 1
MAX_NAME = 100
# How many of its names a problem file tells.
MAX_NAMES = 2_000
# Tuples, complex and large numbers can be chosen to collide as keys: a dict of n of them then takes n² steps.
MAX_COLLIDING_KEYS = 10_000
# The exit status of a worker that could not go on: before a student's file is loaded it is our fault, then theirs.
BROKEN = 70
# The one of a worker that could not be given the submission: others may not read it, and its files are too large to
# be copied.
TOO_LARGE = 71
MAX_COPIED = 64 << 20
# How an array may lie in a worker's memory: by rows, by columns, every second place of a buffer, not to be written to.
LAYOUTS = ("C", "F", "strided", "read-only")
# What stands between the numbers of a strided array: whoever reads on from the first one meets it.
_JUNK = 77

_DTYPES = {dtype.str: dtype for dtype in (np.dtype(code).newbyteorder("<") for code in "?bBhHiIqQefdFD")}


def _tree() -> Any:
    """The type of what a header holds: lists of plain values. No maps: their keys could be chosen to collide."""
    plain: Any = bool | int | float | str | None
    tree = plain
    for _ in range(3 * MAX_DEPTH + 3):  # a level of a value opens three lists at most
        tree = plain | types.GenericAlias(list, (tree,))
    return tree


_HEADERS = msgspec.msgpack.Decoder(_tree())

# What python has a type of its own for is sent as that: 3 * [0] is a list for an int, and a number for an array.
_NUMBERS_OF_NUMPY = (np.bool_, np.integer, np.float64, np.complex128)


# What stands for itself in a header; of these, what needs no look at its value.
_PLAIN = frozenset({bool, int, float, str, type(None)})
_UNCHANGED = frozenset({bool, float, type(None)})


class WireError(Exception):
    """A value that cannot be sent, or bytes that are no frame; the sentence is fit for a student."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """What the judge sees of a torch tensor: its numbers and the device it is on."""

    array: np.ndarray[Any, Any]
    device: str


@dataclass(frozen=True)
class Generator:
    """A source of random numbers among the inputs: every call gets a fresh one of this seed.

    The student's function receives `np.random.default_rng(seed)` or `torch.Generator(device).manual_seed(seed)`.
    """

    library: str  # "numpy" or "torch"
    seed: int
    device: str = "cpu"

    def __repr__(self) -> str:
        """The expression that makes the same one."""
        made = {"numpy": "np.random.default_rng({})", "torch": "torch.Generator().manual_seed({})"}
        return made[self.library].format(self.seed)


@dataclass(frozen=True, eq=False, repr=False)
class Given:
    """A function of the course's public `given.py` among the inputs: that of this name, or what it makes of parameters.

    `function` is the one of this name, at an end where it has been found; it is never sent.
    """

    name: str
    parameters: tuple[Any, ...] = ()
    function: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Its value."""
        if self.function is None:
            raise TypeError(f"the given function '{self.name}' can be called once the inputs are made, not before")
        function = self.function(*self.parameters) if self.parameters else self.function
        return function(*arguments)

    def __repr__(self) -> str:
        """As it would be made from given.py."""
        return self.name + (f"({', '.join(map(repr, self.parameters))})" if self.parameters else "")


@dataclass(frozen=True, eq=False)
class Laid:
    """An array and the layout, one of LAYOUTS, that it is to have in the worker; elsewhere it arrives as it is."""

    array: np.ndarray[Any, Any]
    layout: str


Record = Tensor | Generator | Given
Lend = Callable[[Callable[..., Any]], int]
Borrow = Callable[[int, str], Any]
Make = Callable[[Record], Any]


def _no_callables(*_: Any) -> Any:
    raise WireError("a function, where data is expected")


def _only_tensors(record: Record) -> Any:
    """What is taken from a worker: a tensor is data, the other records are ours to send."""
    if not isinstance(record, Tensor):
        raise WireError("data that cannot be read")
    return record


def _as_it_is(record: Record) -> Any:
    return record


def encode(value: Any, lend: Lend = _no_callables) -> bytes:
    """The frame of a value. `lend` keeps a callable and gives it the number it is called by.

    Errors
        WireError for what is no data (a generator, an open file, an array of objects), too deep or too large.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    header = msgspec.msgpack.encode(_Packer(arrays, lend).pack(value, MAX_DEPTH))
    if len(header) > MAX_HEADER:
        raise WireError("more numbers in lists than can be sent (use an array)")
    size = sum(array.nbytes for array in arrays)
    return b"".join([PREFIX.pack(len(header), size), header, *(array.tobytes() for array in arrays)])


def lengths(prefix: bytes) -> tuple[int, int]:
    """(header length, body length) that a prefix announces; WireError beyond the bounds."""
    if len(prefix) != PREFIX.size:
        raise WireError("data that cannot be read")
    header, body = PREFIX.unpack(prefix)
    if header > MAX_HEADER or body > MAX_BODY:
        raise WireError("more data than may be sent at once")
    return header, body


def decode(
    header: bytes, body: bytes, borrow: Borrow = _no_callables, make: Make = _only_tensors, *, writable: bool = False
) -> Any:
    """The value of a frame. `borrow` turns a handle into a callable; arrays are read-only unless asked for.

    `make` turns a record (a tensor, a generator, a given function) into what it is at this end; without it only
    tensors are taken, and stay records.

    Errors
        WireError for anything that `encode` cannot have made.
    """
    try:
        unpacker = _Unpacker(body, borrow, make, writable)
        value = unpacker.unpack(_HEADERS.decode(header), MAX_DEPTH)
    except (msgspec.DecodeError, RecursionError, TypeError, ValueError, OverflowError, UnicodeError) as error:
        raise WireError("data that cannot be read") from error
    if unpacker.offset != len(body):
        raise WireError("more data than it announces")
    return value


def whole(frame: bytes) -> Any:
    """The value of a frame of our own that is here in one piece, prefix included; it holds no callables."""
    header, _ = lengths(frame[: PREFIX.size])
    start = PREFIX.size + header
    return decode(frame[PREFIX.size : start], frame[start:], make=_as_it_is)


def received(channel: "socket.socket") -> Any:
    """The value of the next frame of our own that comes over a channel, waited for; it holds no callables.

    Errors
        WireError for what is no frame; OSError where none comes: the other end has hung up, or is silent for too long.
    """
    header, body = lengths(_exactly(channel, PREFIX.size))
    return decode(_exactly(channel, header), _exactly(channel, body), make=_as_it_is)


def _exactly(channel: "socket.socket", size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            raise ConnectionResetError("nobody is at the other end")
        data += piece
    return data


class _Packer:
    def __init__(self, arrays: list[np.ndarray[Any, Any]], lend: Lend) -> None:
        self.arrays, self.lend, self.size = arrays, lend, 0

    def pack(self, value: Any, depth: int) -> Any:  # noqa: C901 - the table of kinds, a line or two each
        # The common kinds first, by their exact type: a call across the boundary is little more than this.
        kind = type(value)
        if kind in _UNCHANGED or (kind is int and -(2**63) <= value < 2**63):
            return value
        if kind is str and len(value) < 100 and value.isascii():
            return value
        if depth and kind is np.ndarray:
            return ["array", *self._array(value)]
        if depth and kind is Laid:
            return ["laid", *self._array(value.array), value.layout]
        if depth and (kind is tuple or kind is list):
            items = [item if type(item) in _UNCHANGED else self.pack(item, depth - 1) for item in value]
            return [kind.__name__, items]
        if isinstance(value, _NUMBERS_OF_NUMPY):
            value = value.item()
        if isinstance(value, (str, int, float)) and not isinstance(value, np.generic):
            return self._text_or_number(value)
        if depth == 0:
            raise WireError(f"data nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, (list, tuple, dict)):
            return self._container(value, depth)
        if isinstance(value, (np.generic, np.ndarray)):
            return ["array", *self._array(_unmasked(value))]
        if isinstance(value, (Tensor, Generator, Given)):
            return self._record(value, depth)
        return ["complex", value.real, value.imag] if isinstance(value, complex) else self._foreign(value)

    def _record(self, record: Record, depth: int) -> Any:
        if isinstance(record, Tensor):
            return ["tensor", *self._array(record.array), record.device]
        if isinstance(record, Generator):
            return ["generator", record.library, record.seed, record.device]
        return ["given", record.name, [self.pack(item, depth - 1) for item in record.parameters]]

    def _text_or_number(self, value: str | int | float) -> Any:
        if isinstance(value, (bool, float)):
            return value if isinstance(value, bool) else float(value)
        if isinstance(value, str):
            if len(value) > MAX_HEADER:
                raise WireError("a text that is too long")
            return _without_surrogates(value)
        if -(2**63) <= value < 2**63:
            return int(value)
        if value.bit_length() > 3 * MAX_DIGITS:
            raise WireError("an integer with too many digits")
        return ["int", int.__str__(int(value))]

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return ["dict", [[self.pack(_key(k), depth - 1), self.pack(v, depth - 1)] for k, v in dict.items(value)]]
        kind = "tuple" if isinstance(value, tuple) else "list"
        return [kind, [self.pack(item, depth - 1) for item in value]]

    def _array(self, array: np.ndarray[Any, Any]) -> tuple[str, list[int]]:
        dtype = array.dtype.str
        if dtype not in _DTYPES:
            array = _sendable(array)
            dtype = array.dtype.str
        if array.ndim > MAX_DIMENSIONS:
            raise WireError(f"an array of {array.ndim} dimensions")
        self.size += array.nbytes
        if self.size > MAX_BODY or (not array.size and max(array.shape) > MAX_BODY):
            raise WireError(f"an array of shape {array.shape}, which is larger than anything that is asked for")
        self.arrays.append(array)
        return dtype, list(array.shape)

    def _foreign(self, value: Any) -> Any:
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return ["tensor", *self._array(_numbers_of(value, torch)), str(value.device)]
        if hasattr(value, "__array__"):
            return ["array", *self._array(np.asarray(value))]
        if isinstance(value, numbers.Real):
            return self._text_or_number(float(value))
        if callable(value):
            name = str(getattr(value, "__name__", type(value).__name__))[:100]
            return ["handle", self.lend(value), _without_surrogates(name)]
        raise WireError(f"a value of type {type(value).__name__[:100]!r}, where numbers or arrays are expected")


def _sendable(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array in a dtype that is sent: little-endian, extended precision and numbers of python as double."""
    kind = array.dtype.kind
    if kind == "O" and all(isinstance(number, numbers.Complex) for number in array.flat):
        array = _of_python(array)
    if kind in "fc" and array.dtype.itemsize > (8 if kind == "f" else 16):
        with np.errstate(all="ignore"):
            array = array.astype(np.float64 if kind == "f" else np.complex128)
    array = array.astype(array.dtype.newbyteorder("<"))
    if array.dtype.str not in _DTYPES:
        raise WireError(f"an array of dtype {str(array.dtype)[:40]}, where numbers are expected")
    return array


def _of_python(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array of python's numbers in double precision: numpy keeps integers that are too large for it as objects.

    So [0!, ..., 30!] is an array of objects, and whatever is computed with it.
    """
    real = all(isinstance(number, numbers.Real) for number in array.flat)
    try:
        return array.astype(np.float64 if real else np.complex128)
    except OverflowError:
        raise WireError("a number that is too large for floating-point arithmetic") from None


def _without_surrogates(text: str) -> str:
    """A text without the lone surrogates that no encoding has a place for."""
    return str.__str__(text).encode("utf-8", "replace").decode()


def _unmasked(value: Any) -> np.ndarray[Any, Any]:
    """A numpy value as a plain array; what a mask hides is no answer."""
    masks = sys.modules.get("numpy.ma")  # numpy loads it when somebody uses it
    if masks is not None and masks.is_masked(value):
        raise WireError("a masked array in which numbers are missing")
    return np.asarray(value)


def _key(key: Any) -> Any:
    """A key of a dict as python has it: an array, which it would become otherwise, is no key."""
    if isinstance(key, tuple):
        return tuple(_key(item) for item in key)
    if isinstance(key, np.generic):
        key = key.item()
    if not isinstance(key, (str, int, float, complex, type(None))) or isinstance(key, np.generic):
        raise WireError(f"a dict with a key of type {type(key).__name__[:100]!r}, where numbers or texts are expected")
    return key


def _numbers_of(tensor: Any, torch: Any) -> np.ndarray[Any, Any]:
    """A torch tensor as an array, wherever it is and whether or not it has a gradient."""
    # numpy has no bfloat16; what has no numbers (a sparse, quantised or meta tensor) raises one of the two.
    dtype = torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype
    try:
        array: np.ndarray[Any, Any] = tensor.detach().to("cpu", dtype).resolve_conj().resolve_neg().numpy()
    except (TypeError, RuntimeError):
        raise WireError(f"a tensor that is no plain array of numbers ({tensor.layout}, {tensor.dtype})") from None
    return array


class _Unpacker:
    def __init__(self, body: bytes, borrow: Borrow, make: Make, writable: bool) -> None:
        self.body, self.borrow, self.make, self.writable, self.offset = body, borrow, make, writable, 0
        self.colliding_keys = 0

    def unpack(self, tree: Any, depth: int) -> Any:  # noqa: C901 - the table of kinds, a line or two each
        if type(tree) in _PLAIN:
            return tree
        if not isinstance(tree, list) or not tree or depth == 0:
            raise WireError("data that cannot be read")
        match tree:
            case ["array", str(dtype), list(shape)]:
                return self._array(dtype, shape)
            case ["tuple" | "list" as name, list(items)]:
                values = [item if type(item) in _PLAIN else self.unpack(item, depth - 1) for item in items]
                return tuple(values) if name == "tuple" else values
            case ["dict", list(items)]:
                return self._dict(items, depth)
            case ["int", str(digits)] if len(digits) <= MAX_DIGITS and str(int(digits)) == digits:
                return int(digits)
            case ["complex", float(re), float(im)]:
                return complex(re, im)
            case ["laid", str(dtype), list(shape), str(layout)] if layout in LAYOUTS:
                array = self._array(dtype, shape)
                return _laid_out(array, layout) if self.writable else array
            case ["tensor", str(dtype), list(shape), str(device)]:
                return self.make(Tensor(self._array(dtype, shape), device[:20]))
            case ["handle", int(number), str(name)]:
                return self.borrow(number, name[:100])
        return self.make(self._record(tree, depth))

    def _record(self, tree: list[Any], depth: int) -> Record:
        match tree:
            case ["generator", "numpy" | "torch" as library, int(seed), str(device)] if (
                type(seed) is int and 0 <= seed <= MAX_SEED
            ):
                return Generator(library, seed, device[:20])
            case ["given", str(name), list(parameters)] if len(name) <= MAX_NAME and name.isidentifier():
                return Given(name, tuple(self.unpack(item, depth - 1) for item in parameters))
        raise WireError("data that cannot be read")

    def _dict(self, items: list[Any], depth: int) -> dict[Any, Any]:
        self.colliding_keys += sum(isinstance(key, list) for key, _ in items)
        if self.colliding_keys > MAX_COLLIDING_KEYS:
            raise WireError("more keys than can be looked up")
        return {self.unpack(k, depth - 1): self.unpack(v, depth - 1) for k, v in items}

    def _array(self, dtype: str, shape: Sequence[Any]) -> np.ndarray[Any, Any]:
        if dtype not in _DTYPES or len(shape) > MAX_DIMENSIONS:
            raise WireError("an array of a kind that is not sent")
        count = 1
        for n in shape:
            if type(n) is not int or not 0 <= n <= MAX_BODY:
                raise WireError("an array of an impossible shape")
            count *= n
        kind = _DTYPES[dtype]
        size = count * kind.itemsize
        if self.offset + size > len(self.body):
            raise WireError("an array that is larger than its data")
        flat = np.frombuffer(self.body, kind, count, self.offset) if count else np.empty(0, kind)
        self.offset += size
        if self.writable:
            flat = flat.copy()
        return flat if len(shape) == 1 else flat.reshape(shape)


def _laid_out(array: np.ndarray[Any, Any], layout: str) -> np.ndarray[Any, Any]:
    """A C-contiguous array, or its numbers in another layout. Without axes there is nothing to lay out."""
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "strided" and array.ndim:
        buffer = np.full((*array.shape[:-1], 2 * array.shape[-1]), _JUNK, array.dtype)
        buffer[..., ::2] = array
        return buffer[..., ::2]
    array.setflags(write=layout != "read-only")
    return array
