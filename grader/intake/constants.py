"""What can be looked up and computed when a module is imported: names, and expressions that are constants."""

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
# And what sets something for all that follows, beside `set_…`.
SETTERS = frozenset(
    {
        "seed", "manual_seed", "seterr", "setrecursionlimit", "filterwarnings", "simplefilter", "update",
        "use_deterministic_algorithms",
    }
)  # fmt: skip
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


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
            elif isinstance(node, DEFINITIONS):
                self.defined.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)

    def copy(self) -> "Names":
        """The same names, to add to."""
        other = Names()
        other.imported, other.any = dict(self.imported), self.any
        other.defined, other.constants = set(self.defined), set(self.constants)
        return other


def may_be_changed(root: str, names: Names) -> bool:
    """Whether something may be changed: what is kept, and the settings of a library that is no acting one."""
    of_library = root in names.imported and not set(names.imported[root].split(".")) & _ACTING_LIBRARIES
    return of_library or root in names.constants or root in names.defined


def root_of(node: ast.expr) -> str:
    """The name that an attribute, an item or a call hangs on."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def closed(value: ast.expr, names: Names, failed: bool) -> bool:
    """Whether an expression is a constant: it needs nothing but what is kept, and runs nobody's code but libraries'."""
    if any(not names.knows(name) for name in loaded(value)):
        return False
    return not any(
        (isinstance(node, ast.Call) and (failed or not _gives_a_value(node, names)))
        or isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom))
        for node in now(value)
    )


def _gives_a_value(call: ast.Call, names: Names) -> bool:
    """Whether a call is one of a library's (or of a method of a constant) that makes a value and does nothing else."""
    path = dotted(call.func)
    root = root_of(call.func)
    if root in names.defined or root in _ACTING:
        return False
    if any(_is_function(node, names) for node in now(call.func)):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if path[-1:] and path[-1] not in _WRAPPERS and any(_is_function(value, names) for value in given):
        return False
    if any(word in _ACTING_WORDS or word.split("_")[0] in _ACTING_WORDS for word in path[-1:]):
        return False
    if path[:2] == ["os", "path"]:
        return True
    origin = names.imported.get(root, "").split(".")
    if path[-1:] == ["setrecursionlimit"]:
        return True
    return not (set(origin) & _ACTING_LIBRARIES or origin[-1].split("_")[0] in _ACTING_WORDS or "datasets" in path)


def _is_function(value: ast.AST, names: Names) -> bool:
    """Whether something is a function of the student's, which a call may call."""
    return isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in names.defined)


def _makes_functions(statement: ast.stmt, names: Names) -> bool:
    """Whether what an assignment binds may run the student's code when it is called."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    return value is not None and any(_is_function(node, names) for node in now(value))


def dotted(node: ast.expr) -> list[str]:
    path: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        if isinstance(node, ast.Attribute):
            path.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return [*([node.id] if isinstance(node, ast.Name) else []), *reversed(path)]


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


def loaded(value: ast.expr) -> Iterator[str]:
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
        if not isinstance(node, (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)
