"""A short script that calls the student's function on the failing input again: all it needs is numpy and their file."""

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_LINES = 20
MAX_COLUMNS = 120
# No input that fits has more numbers than this; larger ones need not be written out to find that out.
MAX_NUMBERS = 1_000
# Names that the script uses itself.
OWN_NAMES = frozenset({"np", "pathlib", "runpy", "sys", "file", "print", "str", "len", "own", "returned"})

# What a function that is written as source may use besides its arguments.
BUILTINS = frozenset({"abs", "float", "int", "len", "max", "min", "np", "range", "sum"})


def replay_script(
    part: str,
    file: str,
    function: str,
    inputs: Mapping[str, Any],
    *,
    got: str,
    problem: str,
    expected: Any | None = None,
    output_names: Sequence[str] = (),
    points: Sequence[float] = (),
) -> str | None:
    """The text of a script of at most 20 lines of 120 columns; None where the inputs do not fit or cannot be written.

    part           the id of the part, such as "1a.dx"
    file           the student's file, relative to the submission's folder
    function       the function that is called
    inputs         its arguments in the order of the call; the names become those of variables
    got, problem   what the grader saw, and what is wrong with it. They may quote the student: only comments hold them
    expected       the right value; only where the student may see it
    output_names   what the values of a returned tuple are called
    points         numbers at which a returned function is evaluated

    It runs in the submission's folder, or anywhere with that folder as its argument. Arrays come out with the same
    numbers and dtype; functions are written where their repr is a lambda in numpy.
    """
    if not all(name.isidentifier() for name in (function, *inputs)) or function in OWN_NAMES:
        return None
    path, names = PurePosixPath(file), _variables(inputs, function)
    seen = [("the grader saw", got), ("what is wrong", problem)]
    seen += [] if expected is None else [("expected", _plain(expected))]
    lines = [
        _comment("", f"{part}: {function} on the inputs that show what is wrong with it"),
        "import pathlib, runpy, sys",
        "import numpy as np",
        f'file = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve() / {_text(str(path))}',
        "if not file.is_file():",
        '    sys.exit(f"There is no {file}: run this in the folder of the submission, or name that folder.")',
        "sys.path.insert(0, str(file.parent))",
        f"{function} = runpy.run_path(str(file), run_name={_text(path.stem)})[{_text(function)}]",
    ]
    tail = [
        "own = pathlib.Path(__file__).read_text('utf-8').splitlines()",
        'print(*(line[2:] for line in own if line.startswith("# ")), sep="\\n")',
        *_calls(function, list(names.values()), output_names, points),
        *(_comment(what, text) for what, text in seen if text),
    ]
    given = _assignments({names[name]: value for name, value in inputs.items()}, MAX_LINES - len(lines) - len(tail))
    if given is None:
        return None
    whole = [*lines, *given, *tail]
    if len(whole) > MAX_LINES or any(len(line) > MAX_COLUMNS for line in whole):
        return None
    return "\n".join(whole) + "\n"


def _variables(inputs: Mapping[str, Any], function: str) -> dict[str, str]:
    """Names for the inputs that are not needed for anything else."""
    taken = OWN_NAMES | {function}
    return {name: f"{name}_" if name in taken else name for name in inputs}


def _calls(function: str, names: Sequence[str], output_names: Sequence[str], points: Sequence[float]) -> list[str]:
    call = f"{function}({', '.join(names)})"
    if points:
        at = f'print(*(f"{{t}}: {{returned(t)}}" for t in {_source(tuple(points))}), sep="\\n")'
        return [f"returned = {call}", f"print({_text(f'{function} returns a function; at')})", at]
    outputs = f" ({', '.join(output_names)})" if output_names else ""
    return [f"print({_text(f'{function} returns{outputs}')}, {call})"]


# ---- values as source ----


def _assignments(values: Mapping[str, Any], room: int) -> list[str] | None:
    """The variables, one on each line if there is room, else the short ones together; None where they do not fit."""
    sources = {name: _source(value) for name, value in values.items()}
    written = {name: source for name, source in sources.items() if source is not None}
    if len(written) < len(sources):
        return None
    blocks = [_wrapped(name, source) for name, source in written.items()]
    if sum(map(len, blocks)) <= room:
        return [line for block in blocks for line in block]
    short = {name: source for name, source in written.items() if len(name) + len(source) < MAX_COLUMNS // 4}
    packed = _packed(short)
    long = [line for name, source in written.items() if name not in short for line in _wrapped(name, source)]
    return packed + long if len(packed) + len(long) <= room else None


def _packed(sources: Mapping[str, str]) -> list[str]:
    """Several variables on a line: `gamma, eps = 1.0, 0.25`."""
    lines: list[str] = []
    row: dict[str, str] = {}
    for name, source in sources.items():
        if row and len(_row(row | {name: source})) > MAX_COLUMNS:
            lines.append(_row(row))
            row = {}
        row[name] = source
    return [*lines, *([_row(row)] if row else [])]


def _row(sources: Mapping[str, str]) -> str:
    return f"{', '.join(sources)} = {', '.join(sources.values())}"


def _wrapped(name: str, source: str) -> list[str]:
    """An assignment, over several lines if need be. Quoted text is not broken: its line stays too long."""
    line = f"{name} = {source}"
    if len(line) <= MAX_COLUMNS or "'" in source or '"' in source:
        return [line]
    if not source.startswith("np."):
        line = f"{name} = ({source})"  # where a lambda may go on in the next line
    return textwrap.wrap(line, MAX_COLUMNS, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _source(value: Any) -> str | None:
    """Python source of an input; None where there is none."""
    if isinstance(value, np.ndarray):
        return _array(value) if value.size <= MAX_NUMBERS else None
    if value is None or isinstance(value, (bool, int, float, complex)):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (list, tuple)):
        items = [_source(item) for item in value]
        known = [item for item in items if item is not None]
        return _bracketed(value, known) if len(known) == len(items) <= MAX_NUMBERS else None
    return lambda_text(value) if callable(value) else None


def _bracketed(value: Sequence[Any], items: Sequence[str]) -> str:
    inner = ", ".join(items)
    if isinstance(value, list):
        return f"[{inner}]"
    return f"({inner},)" if len(items) == 1 else f"({inner})"


def _array(array: NDArray[Any]) -> str | None:
    if array.dtype.kind not in "biufc" or array.dtype.name in ("longdouble", "clongdouble", "float128", "complex256"):
        return None
    numbers = _nested(array.tolist())
    # Whole numbers of dtype float64 are written with a point: numpy reads the dtype off them.
    usual = array.size and array.dtype.name in ("float64", "int64", "complex128", "bool")
    dtype = "" if usual else f", dtype=np.{array.dtype.name}"
    shape = "" if array.size or array.ndim == 1 else f".reshape({array.shape})"
    return f"np.array({numbers if array.size else '[]'}{dtype}){shape}"


def _nested(numbers: Any) -> str:
    if isinstance(numbers, list):
        return f"[{', '.join(map(_nested, numbers))}]"
    return _number(numbers)


def _number(number: Any) -> str:
    """A number that gives back itself; what is not finite by its name in numpy."""
    if isinstance(number, complex) and not np.isfinite(number):
        return f"complex({_number(number.real)}, {_number(number.imag)})"
    if isinstance(number, float) and not np.isfinite(number):
        return "np.nan" if np.isnan(number) else "np.inf" if number > 0 else "-np.inf"
    return repr(number)


def lambda_text(function: Any) -> str | None:
    """The source of a function that shows itself as a lambda of numpy, as those of references may do."""
    text = repr(function)
    if not text.isascii() or "\n" in text or len(text) > MAX_LINES * MAX_COLUMNS:
        return None
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return None
    known = BUILTINS | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return text if isinstance(tree.body, ast.Lambda) and used <= known else None


# ---- text ----


def _text(text: str) -> str:
    """Text as a literal, in ASCII."""
    return '"' + ascii(text)[1:-1].replace('"', '\\"') + '"' if "'" not in text else ascii(text)


def _plain(value: Any) -> str:
    """A value of ours as it may be read: numbers without their types."""
    if isinstance(value, np.ndarray):
        return str(value.tolist()) if value.size <= MAX_NUMBERS else f"an array of shape {value.shape}"
    if isinstance(value, np.generic):
        return str(value.item())
    if isinstance(value, (tuple, list)):
        inner = ", ".join(map(_plain, value))
        return f"({inner}{',' if len(value) == 1 else ''})" if isinstance(value, tuple) else f"[{inner}]"
    return repr(value)


def _comment(what: str, text: str) -> str:
    """One line of comment with text that may be anybody's: printable ASCII, cut where the line is full."""
    visible = re.sub(r"[^ -~]+", " ", text.replace("\n", " "))
    line = re.sub(r" +", " ", f"# {what + ': ' if what else ''}{visible}").rstrip()
    return line if len(line) <= MAX_COLUMNS else line[: MAX_COLUMNS - 4] + " ..."
