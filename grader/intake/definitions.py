"""What of a program defines names: the statements that are kept of a notebook, and why the others are not.

docs/decisions/notebooks.md argues the rule.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator

# Builtins whose call does something instead of giving a value.
_ACTING = frozenset(
    {"print", "input", "open", "exec", "eval", "compile", "__import__", "exit", "quit", "breakpoint", "help"}
)
# Libraries whose calls show, fetch, write or wait.
_ACTING_LIBRARIES = frozenset(
    {
        "matplotlib", "pylab", "seaborn", "plotly", "bokeh", "altair", "IPython", "ipywidgets", "google", "requests",
        "urllib", "urllib3", "httpx", "gdown", "wget", "kaggle", "wandb", "subprocess", "os", "sys", "shutil",
        "zipfile", "tarfile", "glob", "socket", "time", "tqdm", "torchvision", "torchtext", "torchaudio", "datasets",
        "tensorflow_datasets", "pickle", "joblib", "threading", "multiprocessing",
    }
)  # fmt: skip
# And what a function of any other library is called that reads, fetches, shows or writes.
_ACTING_WORDS = frozenset(
    {
        "load", "loads", "loadtxt", "genfromtxt", "fromfile", "fromtxt", "memmap", "read", "fetch", "download", "open",
        "save", "savetxt", "savez", "dump", "write", "show", "plot", "display", "system", "sleep", "run", "fit",
        "train", "imread", "imshow", "urlopen", "urlretrieve", "step", "backward", "minimize",
    }
)  # fmt: skip
# What wraps a function without calling it.
_WRAPPERS = frozenset(
    {
        "partial", "vectorize", "frompyfunc", "jit", "njit", "vmap", "grad", "value_and_grad", "jacobian", "jacfwd",
        "jacrev", "hessian", "lru_cache", "cache", "wraps", "singledispatch", "staticmethod", "classmethod", "property",
        "compile", "script", "checkpoint", "field",
    }
)  # fmt: skip
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Names:
    """The names that have been kept so far, and what kind of thing they are."""

    def __init__(self) -> None:
        self.imported: dict[str, str] = {}  # name -> the module it comes from
        self.defined: set[str] = set()  # functions and classes, and what is made of them
        self.constants: set[str] = set()
        self.any = False  # after `from x import *` a name can be anything

    def knows(self, name: str) -> bool:
        """Whether a name can be looked up when the file is imported."""
        known = name in self.imported or name in self.defined or name in self.constants
        return self.any or known or hasattr(builtins, name)

    def keep(self, statement: ast.stmt) -> None:
        """Enters what a kept statement binds."""
        bound = self.defined if _makes_functions(statement, self) else self.constants
        for node in _own_nodes(statement):
            if isinstance(node, ast.Import):
                self.imported.update({(a.asname or a.name.partition(".")[0]): a.name for a in node.names})
            elif isinstance(node, ast.ImportFrom):
                self.any |= any(a.name == "*" for a in node.names)
                self.imported.update({(a.asname or a.name): f"{node.module or ''}.{a.name}" for a in node.names})
            elif isinstance(node, _DEFINITIONS):
                self.defined.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)

    def copy(self) -> "Names":
        """The same names, to add to."""
        other = Names()
        other.imported, other.any = dict(self.imported), self.any
        other.defined, other.constants = set(self.defined), set(self.constants)
        return other


def objection(statement: ast.stmt, names: Names, failed: bool = False) -> str:
    """Why a statement is left out, in a few words; '' where it is kept.

    `failed` says that the cell raised when the student ran it: then nothing in it is called again.
    """
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return ""
    if isinstance(statement, _DEFINITIONS):
        return _of_definition(statement, names)
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return _of_assignment(statement, names, failed)
    if isinstance(statement, (ast.If, ast.Try)):
        return _of_branches(statement, names, failed)
    if isinstance(statement, ast.Pass) or type(statement).__name__ == "TypeAlias":
        return ""
    if isinstance(statement, ast.Expr):
        if isinstance(statement.value, ast.Call):
            return "calls"
        return "values that are only shown"
    kinds = {ast.Assert: "assertions", ast.For: "loops", ast.While: "loops", ast.With: "`with` blocks"}
    return kinds.get(type(statement), "statements that define nothing")


def _of_definition(statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, names: Names) -> str:
    """A definition is kept unless Python could not even read it: its bases, decorators or defaults need other names."""
    now: list[ast.expr | None] = [*statement.decorator_list]
    if isinstance(statement, ast.ClassDef):
        now += [*statement.bases, *(keyword.value for keyword in statement.keywords)]
    else:
        arguments = statement.args
        now += [*arguments.defaults, *arguments.kw_defaults, statement.returns]
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        now += [argument.annotation for argument in every if argument is not None]
    missing = next((name for value in now if value is not None for name in _loaded(value) if not names.knows(name)), "")
    if missing:
        return f"definitions that need `{missing}`, which is not there or left out"
    return _of_body(statement, names) if isinstance(statement, ast.ClassDef) else ""


def _of_body(statement: ast.ClassDef, names: Names) -> str:
    """What a class's own assignments and methods need when it is defined."""
    inside = names.copy()
    inside.constants.update(("__name__", "__qualname__", "__module__"))
    for below in statement.body:
        reason = _of_definition(below, inside) if isinstance(below, _DEFINITIONS) else ""
        value = below.value if isinstance(below, (ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
        missing = next((name for name in _loaded(value) if not inside.knows(name)), "") if value is not None else ""
        if reason or missing:
            return reason or f"definitions that need `{missing}`, which is not there or left out"
        inside.keep(below)
    return ""


def needed(statement: ast.stmt) -> set[str]:
    """The names that a statement looks up when the module is imported, and not only when something is called."""
    found: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += [*node.decorator_list, node.args, *filter(None, [node.returns])]
        else:
            waiting += [node.args] if isinstance(node, ast.Lambda) else ast.iter_child_nodes(node)
    return found


def bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    names = Names()
    names.keep(statement)
    return {*names.imported, *names.defined, *names.constants}


def _of_assignment(statement: ast.Assign | ast.AnnAssign | ast.AugAssign, names: Names, failed: bool) -> str:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        for node in _bound(target):
            changes = isinstance(statement, ast.AugAssign) or not isinstance(node, ast.Name)
            if changes and _root(node) not in names.constants | names.defined:
                return "changes to what is not defined here"
            if inside := next((found for found in _indices(node) if not _closed(found, names, failed)), None):
                return _reason(inside, names)
    if statement.value is None or _closed(statement.value, names, failed):
        return ""
    return _reason(statement.value, names)


def _of_branches(statement: ast.If | ast.Try, names: Names, failed: bool) -> str:
    """`if` and `try` are kept whole, when all that they may do is kept."""
    if isinstance(statement, ast.If):
        if any(name == "__name__" for name in _loaded(statement.test)):
            return "the main program"
        if not _closed(statement.test, names, failed):
            return _reason(statement.test, names)
        blocks = [statement.body, statement.orelse]
    else:
        handlers = [handler.body for handler in statement.handlers]
        blocks = [statement.body, *handlers, statement.orelse, statement.finalbody]
    inside = names.copy()
    for block in blocks:
        for below in block:
            if reason := objection(below, inside, failed):
                return reason
            inside.keep(below)
    return ""


def _bound(target: ast.expr) -> Iterator[ast.expr]:
    """What an assignment binds: names, attributes and items, out of tuples and lists."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _bound(element)
    elif isinstance(target, ast.Starred):
        yield from _bound(target.value)
    else:
        yield target


def _indices(target: ast.expr) -> Iterator[ast.expr]:
    while isinstance(target, (ast.Attribute, ast.Subscript)):
        if isinstance(target, ast.Subscript):
            yield target.slice
        target = target.value


def _root(node: ast.expr) -> str:
    """The name that an attribute, an item or a call hangs on."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _closed(value: ast.expr, names: Names, failed: bool) -> bool:
    """Whether an expression is a constant: it needs nothing but what is kept, and runs nobody's code but libraries'."""
    if any(not names.knows(name) for name in _loaded(value)):
        return False
    return not any(
        (isinstance(node, ast.Call) and (failed or not _gives_a_value(node, names)))
        or isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom))
        for node in now(value)
    )


def _gives_a_value(call: ast.Call, names: Names) -> bool:
    """Whether a call is one of a library's (or of a method of a constant) that makes a value and does nothing else."""
    path = _dotted(call.func)
    root = _root(call.func)
    if root in names.defined or root in _ACTING:
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if path[-1:] and path[-1] not in _WRAPPERS and any(_is_function(value, names) for value in given):
        return False
    if any(word in _ACTING_WORDS or word.split("_")[0] in _ACTING_WORDS for word in path[-1:]):
        return False
    if path[:2] == ["os", "path"]:
        return True
    origin = names.imported.get(root, "").split(".")
    return not (set(origin) & _ACTING_LIBRARIES or origin[-1].split("_")[0] in _ACTING_WORDS or "datasets" in path)


def _is_function(value: ast.AST, names: Names) -> bool:
    """Whether something is a function of the student's, which a call may call."""
    return isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in names.defined)


def _makes_functions(statement: ast.stmt, names: Names) -> bool:
    """Whether what an assignment binds may run the student's code when it is called."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    return value is not None and any(_is_function(node, names) for node in now(value))


def _dotted(node: ast.expr) -> list[str]:
    path: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        if isinstance(node, ast.Attribute):
            path.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return [*([node.id] if isinstance(node, ast.Name) else []), *reversed(path)]


def _reason(value: ast.expr, names: Names) -> str:
    missing = next((name for name in _loaded(value) if not names.knows(name)), None)
    return (
        f"assignments that need `{missing}`, which is not there or left out" if missing else "assignments that run code"
    )


def now(value: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated with an expression: not those in the body of a lambda."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += (
            [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            if isinstance(node, ast.Lambda)
            else (ast.iter_child_nodes(node))
        )


def _loaded(value: ast.expr) -> Iterator[str]:
    """The names that an expression looks up, without those that it binds itself."""
    nodes = list(now(value))
    own = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    return (node.id for node in nodes if isinstance(node, ast.Name) and node.id not in own)


def _own_nodes(statement: ast.stmt) -> Iterable[ast.AST]:
    """A statement's nodes, without those inside functions, classes and comprehensions."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)
