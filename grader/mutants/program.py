"""Running a mutant: in a copy of its module's names, and with an end to whatever it repeats.

An edit can make a loop endless, and signals reach the main thread alone. So every loop counts: a call of `_step`
opens the body of each loop and function and filters each comprehension. What would allocate without end is refused by
its size: ranges, and the functions of numpy that make an array of a given shape.
"""

import ast
import builtins
import copy
import math
import types
from collections.abc import Callable, Iterable
from typing import Any

STEPS = 100_000
LARGEST = 2_000_000
_SIZED = frozenset({"zeros", "ones", "empty", "full", "eye", "identity", "tri", "arange", "linspace", "repeat", "tile"})
# A list that holds itself has no shape, and numpy looks for one in twice as many places with every level.
_NESTED = frozenset({"array", "asarray", "asanyarray", "stack", "vstack", "hstack", "concatenate", "sum", "mean"})
DEEPEST = 16
_COUNTED = "_step"


class TooManySteps(RuntimeError):
    """A mutant that takes too many steps, or would allocate too much."""


class Program:
    """A mutated function, to be called as the original is.

    A call may take so many steps, those of a function that it returns included; `spent` says how many were taken.

    Errors
        TooManySteps beyond that; whatever else the mutant raises.
    """

    def __init__(self, name: str, sources: Iterable[types.CodeType], module: types.ModuleType, steps: int) -> None:
        self.steps, self.spent = steps, 0
        sources = list(sources)
        names = _copied(vars(module), {used for source in sources for used in _names(source)})
        names |= {_COUNTED: self._step, "range": _range}
        for source in sources:
            exec(source, names)  # noqa: S102 - the instructor's own code, but for one edit
        self._function: Callable[..., Any] = names[name]

    def __call__(self, *arguments: Any) -> Any:
        """What the mutant returns."""
        self.spent = 0
        return self._function(*arguments)

    def _step(self) -> bool:
        self.spent += 1
        if self.spent > self.steps:
            raise TooManySteps(f"more than {self.steps} steps")
        return True


def counted(tree: ast.AST) -> None:
    """Makes every function, loop and comprehension of a tree count its steps."""
    for node in list(ast.walk(tree)):
        if isinstance(node, (ast.For, ast.While, ast.FunctionDef)):
            # Behind the docstring, if there is one.
            first = isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None
            node.body.insert(int(first), _located(ast.Expr(_call_of_step()), node))
        elif isinstance(node, ast.comprehension):
            node.ifs.insert(0, _located(_call_of_step(), node.iter))


def counts(node: ast.AST) -> bool:
    """Whether something is no more than a count of steps."""
    node = node.value if isinstance(node, ast.Expr) else node
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == _COUNTED


def without_counts(text: str) -> str:
    """The source of a counted expression as it was written."""
    lines = [line for line in text.splitlines() if line.strip() != f"{_COUNTED}()"]
    return "\n".join(lines).replace(f" if {_COUNTED}()", "")


def _call_of_step() -> ast.Call:
    return ast.Call(ast.Name(_COUNTED, ast.Load()), [], [])


def _located(new: Any, place: ast.AST) -> Any:
    return ast.fix_missing_locations(ast.copy_location(new, place))


# ---- names ----


def _names(code: types.CodeType) -> set[str]:
    """All names that compiled code may look up, in the functions inside it too."""
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _copied(names: dict[str, Any], used: set[str]) -> dict[str, Any]:
    """The names of a module; those values that a mutant could change are its own."""
    own = dict(names)
    for name in used & own.keys():
        own[name] = _own(own[name])
    return own


def _own(value: Any) -> Any:
    if isinstance(value, types.ModuleType) and value.__name__ == "numpy":
        return _Bounded(value)
    if isinstance(value, (list, dict, set, bytearray)) or hasattr(value, "__array__"):
        return copy.deepcopy(value)
    return value


class _Bounded:
    """numpy, but for the functions that make arrays of a given size."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if name in _SIZED:
            return _refusing(value, _too_large)
        return _refusing(value, _too_deep) if name in _NESTED else value


def _refusing(function: Callable[..., Any], refuse: Callable[[Any], None]) -> Callable[..., Any]:
    def refusing(*arguments: Any, **options: Any) -> Any:
        for value in (*arguments, *options.values()):
            refuse(value)
        return function(*arguments, **options)

    return refusing


def _too_large(size: Any) -> None:
    if isinstance(size, (tuple, list)) and all(isinstance(n, (int, float)) for n in size):
        size = math.prod(size)
    if isinstance(size, (int, float)) and size > LARGEST:
        raise TooManySteps(f"an array of {size} entries")


def _too_deep(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise TooManySteps("lists within lists without end")
    if isinstance(value, (list, tuple)):
        for item in value:
            _too_deep(item, depth + 1)


def _range(*bounds: Any) -> range:
    """A range, if it is not too long."""
    made = builtins.range(*bounds)
    if made and abs(made[-1] - made[0]) > LARGEST * abs(made.step):
        raise TooManySteps("a range without end")
    return made
