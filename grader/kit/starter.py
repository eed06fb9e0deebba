"""Starter files: the functions that are asked for, with their arguments and shapes, and nothing in them."""

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.kit.shapes import Sizes, columns
from grader.recorded import Records
from grader.reference import ReferenceModule
from grader.rubric import Function, Part, Problem

WIDTH = 96


def starter(problem: Problem, reference: ReferenceModule, records: Records) -> str:
    """The file that a student fills in."""
    torch = any(function.tensors for function in problem.functions.values())
    imports = "import numpy as np\n" + ("import torch\n" if torch else "")
    opening = f'"""Problem {problem.id}: {problem.title}."""\n\n{imports}'
    blocks = [_block(name, function, problem, reference, records) for name, function in problem.functions.items()]
    return "\n\n".join([opening, *blocks])


def _block(name: str, function: Function, problem: Problem, reference: ReferenceModule, records: Records) -> str:
    parts = [part for part in problem.parts if part.function == name]
    taken = inspect.signature(reference.function(name))
    docstring = "\n".join(_docstring(parts, function, _shapes(name, function, taken, records)))
    arguments = ", ".join(map(_argument, taken.parameters.values()))
    if function.own_backward:
        return _autograd(name, arguments, docstring)
    return f"def {name}({arguments}):\n{textwrap.indent(docstring, '    ')}\n    raise NotImplementedError\n"


def _autograd(name: str, arguments: str, docstring: str) -> str:
    methods = f"""\
    @staticmethod
    def forward(ctx, {arguments}):
        raise NotImplementedError

    @staticmethod
    def backward(ctx, *upstream):
        raise NotImplementedError
"""
    return f"class {name}(torch.autograd.Function):\n{textwrap.indent(docstring, '    ')}\n\n{methods}"


def _argument(parameter: inspect.Parameter) -> str:
    """An argument with its default, where that is a plain number, text or truth value."""
    plain = isinstance(parameter.default, (bool, int, float, str, type(None)))
    return f"{parameter.name}={parameter.default!r}" if plain else parameter.name


def _docstring(parts: list[Part], function: Function, shapes: list[str]) -> Iterator[str]:
    lines = [line for part in parts for line in _wrapped(f"{part.id}: {part.criterion}")]
    if function.returns:
        lines += ["", *_wrapped(f"Returns the tuple ({', '.join(function.returns)}).")]
    if shapes:
        lines += ["", "Shapes", *(f"    {line}" for line in shapes)]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"""', '\\"""') or "Called by the checks of other functions."
    yield f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def _shapes(name: str, function: Function, taken: inspect.Signature, records: Records) -> list[str]:
    """A line for every argument and output, by what is recorded; none where nothing is."""
    if name not in records.plans:
        return []
    rows = records.kept[records.plans[name]]
    inputs: list[Mapping[str, Any]] = [row[3] for row in rows]
    sizes = Sizes([row[1] for row in rows], list(taken.parameters))
    lines = [
        f"{argument}: {sizes.described([one[argument] for one in inputs], tensors=function.tensors)}"
        for argument in taken.parameters
        if all(argument in one for one in inputs)
    ]
    return [*lines, *_answers(function, sizes, [value for value, *_ in records.kept[f"answers of {name}"]])]


def _answers(function: Function, sizes: Sizes, values: list[Any]) -> Iterator[str]:
    if function.evaluated_at:
        yield "-> a function of one number"
    elif function.returns or _is_tuple(values):
        names = function.returns or [f"value {i}" for i in range(1, len(values[0]) + 1)]
        for output, own in zip(names, columns(values, len(names)), strict=True):
            yield f"-> {output}: {sizes.described([_plain(one) for one in own], tensors=function.tensors)}"
    else:
        yield f"-> {sizes.described([_plain(value) for value in values], tensors=function.tensors)}"


def _is_tuple(values: list[Any]) -> bool:
    """Whether every answer is a tuple, and all are of one length."""
    return all(isinstance(value, tuple) for value in values) and len({len(value) for value in values}) == 1


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) and not value.ndim else value
