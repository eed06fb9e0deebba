"""Whatever a student's file does, its own parts get a verdict with a reason, and nothing else is touched."""

import os
import textwrap
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from levels import FULL, PARTIAL, PROCESS_ONLY, at, descriptors, processes_in

from grader import wire
from grader.errors import SandboxError, StudentFault
from grader.model import Limits, PartReport, Report, Status
from grader.sandbox.student import Student
from grader.sandbox.worker import Worker
from grader.sandbox.zygote import Zygote

SECONDS = 0.8
# For those that are not about time: busy machines are slow.
PATIENCE = 5.0
C, W, R, T, X = Status.CORRECT, Status.WRONG, Status.RAISED, Status.TIMED_OUT, Status.CRASHED
U, M = Status.UNREADABLE, Status.MISSING


class Case(NamedTuple):
    """Code that is appended to a right file (so that it replaces a function), and what becomes of one part.

    The feedback contains every one of `words`. Parts of the file that are about other functions keep their points,
    unless the code `spoils` the whole file. Where an isolation level makes a difference, `unlike` says so.
    """

    id: str
    code: str
    status: Status
    words: tuple[str, ...] = ()
    part: str = "1a"
    spoils: bool = False
    limits: Mapping[str, float] = MappingProxyType({})
    unlike: Mapping[str, tuple[Status, tuple[str, ...]]] = MappingProxyType({})

    @property
    def file(self) -> str:
        return f"problem{self.part[0]}.py"


# Programs cannot be started where the kernel can be asked to refuse that.
NO_PROGRAM = MappingProxyType(dict.fromkeys((FULL, PARTIAL), (Status.RAISED, ("PermissionError",))))


def function(signature: str, body: str, before: str) -> str:
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f"\n{textwrap.dedent(before)}\n\ndef {signature}:\n{body}\n"


def centre(body: str, before: str = "") -> str:
    return function("centre(x)", body, before)


def total(body: str, before: str = "") -> str:
    return function("total(x)", body, before)


def scale(body: str) -> str:
    return function("scale(x, k)", body, "")


def apply(body: str, before: str = "") -> str:
    return function("apply(f, x)", body, before)


def line(body: str) -> str:
    return function("line(f, x)", body, "")


def sent(message: Any) -> str:
    """A statement that sends the judge a frame of the student's own making."""
    return f"os.write(3, {wire.encode(message, lambda _: -1)!r})"


# What a file says to send frames that no value makes: a header as it stands on the wire, and a body.
RAW = """
import itertools, msgspec, os, socket, struct, time
channel = socket.socket(fileno=3)
def send(header, body=b""):
    data = msgspec.msgpack.encode(header)
    channel.sendall(struct.pack(">IQ", len(data), len(body)) + data + body)
"""


def raw(value: str, body: str = "b''") -> str:
    """A function that answers all that is asked of it with a value, as it stands on the wire."""
    return centre(f"while True: send(['tuple', ['value', {value}]], {body})", RAW)


CLUMSY = [
    Case("no_such_function", "\ncenter = centre\ndel centre\n", M, ("no function centre", "Is it center? Rename")),
    Case("no_function_but_a_number", "\ncentre = 5\n", M, ("no function centre",)),
    Case("too_few_arguments", "\ndef centre():\n    return 1\n", R, ("takes ()", "does not fit the call")),
    Case("too_many_arguments", "\ndef centre(x, y):\n    return 1\n", R, ("takes (x, y)", "'y'")),
    Case("a_class_with_arguments", "\nclass centre:\n    def __init__(self, a, b): pass\n", R, ("takes (a, b)",)),
    Case("type_error_within", centre("return len(5)"), R,
         ("TypeError: object of type 'int' has no len() (problem1.py, line 18), when centre is called.",)),
    Case("type_error_without_a_frame", "\nimport functools\ncentre = functools.cache(lambda x: 1)\n", R,
         ("TypeError: unhashable",)),
    Case("syntax_error", "\ndef centre(x:\n    return x\n", R,
         ("SyntaxError: '(' was never closed (problem1.py, line 15), when problem1.py is imported.",), spoils=True),
    Case("bad_indent", "\ndef centre(x):\n  a = 1\n     b = 2\n", R, ("IndentationError", "line 17"), spoils=True),
    Case("null_byte", "\n'\0'\n", R, ("null bytes",), spoils=True),
    Case("raises_at_import", "\n{}['layer']\n", R, ("KeyError", "line 15", "imported"), spoils=True),
    Case("unknown_import", "\nimport nosuchmodule\n", R, ("'nosuchmodule'", "hand it in as well"), spoils=True),
    Case("sys_exit_at_import", "\nimport sys\nsys.exit(1)\n", R, ("SystemExit", "line 16"), spoils=True),
    Case("raises", centre("return 1 / 0"), R, ("ZeroDivisionError: division by zero (problem1.py, line 18)",)),
    Case("raises_in_numpy", centre("return np.linalg.inv(x)"), R, ("LinAlgError", "(problem1.py, line 18)")),
    Case("sys_exit", centre("sys.exit()", "import sys"), R, ("SystemExit", "Take the exit out")),
    Case("file_of_theirs", centre("return np.load('/home/me/x.npy')"), R, ("FileNotFoundError", "that you hand in")),
    Case("keyboard_interrupt", centre("raise KeyboardInterrupt"), R, ("KeyboardInterrupt",)),
    Case("input", centre("input('x? ')"), R, ("EOFError", "reading a line", "take it out")),
    Case("recursion", centre("return centre(x)"), R, ("RecursionError",)),
    Case("none", centre("x - x.mean()"), W, ("None", "return statement")),
    Case("number_for_array", centre("return x.mean()"), W, ("where an array of shape",)),
    Case("column_for_vector", centre("return (x - x.mean())[:, None]"), W, ("shape", "reshape")),
    Case("row_for_vector", centre("return (x - x.mean())[None]"), W, ("shape", "reshape")),
    Case("too_long", centre("return np.append(x, 1)"), W, ("shape",)),
    Case("list", centre("return [float(v) for v in x - x.mean()]"), C),
    Case("tuple", centre("return tuple(x - x.mean())"), C),
    Case("list_of_arrays", centre("return [np.array(v) for v in x - x.mean()]"), C),
    Case("in_place", centre("x -= x.mean()\nreturn x"), C),
    Case("single_precision", centre("x = x.astype('f')\nreturn x - x.mean()"), C),
    Case("big_endian", centre("return (x - x.mean()).astype('>f8')"), C),
    Case("view_of_a_view", centre("return np.stack([x - x.mean()] * 2, axis=1)[::-1, 1][::-1]"), C),
    Case("long_double", centre("return (x - x.mean()).astype(np.longdouble)"), C),
    Case("zero_d", total("return np.array(x.sum())"), C, part="1b"),
    Case("one_element", total("return [x.sum()]"), C, part="1b"),
    Case("numpy_scalar", total("return np.float32(x.sum())"), C, part="1b"),
    Case("lambda", "\ncentre = lambda x: x - x.mean()\n", C),
    Case("partial", "\nimport functools\ncentre = functools.partial(lambda a, x: x - x.mean(), 1)\n", C),
    Case("nan", total("return np.nan"), W, ("nan",), part="1b"),
    Case("infinite", total("return np.inf"), W, ("infinite",), part="1b"),
    Case("nan_when_called_by_a_property", centre("n.append(1)\nreturn (x - x.mean()) * (1 if len(n) < 15 else np.nan)",
         "n = []"), W, ("Centre your result again",)),
    Case("complex", centre("return x + 1j"), W, ("complex",)),
    Case("complex_without_imaginary_part", centre("return x - x.mean() + 0j"), C),
    Case("numbers_as_objects", centre("return (x - x.mean()).astype(object)"), C),
    Case("objects", centre("return np.array([None] * len(x))"), U, ("dtype object",)),
    Case("texts", centre("return np.array(['a'])"), U, ("dtype",)),
    Case("dates", centre("return np.array(['2000-01-01'], 'M8[D]')"), U, ("dtype",)),
    Case("records", centre("return np.zeros(len(x), [('a', 'f8')])"), U, ("dtype",)),
    Case("truth_values", centre("return x > 0"), W, ("truth values",)),
    Case("text", centre("return '1.0'"), W, ("text",)),
    Case("dict", centre("return {'x': x}"), W, ("dict",)),
    Case("bool", total("return True"), W, ("True or False",), part="1b"),
    Case("a_class", centre("return int"), W, ("function",)),
    Case("itself", centre("return centre"), W, ("function",)),
    Case("generator", centre("return (v for v in x)"), U, ("generator",)),
    Case("set", centre("return set(x)"), U, ("'set'",)),
    Case("iterator", centre("return map(abs, x)"), U, ("'map'",)),
    Case("open_file", centre("return open('problem1.py')"), U, ("type",)),
    Case("module", centre("return np"), U, ("'module'",)),
    Case("ragged", centre("return [[1.0], [1.0, 2.0]]"), W, ("rows differ in length",)),
    Case("huge_integer", centre("return 10 ** 100_000"), U, ("digits",)),
    Case("large_integers", centre("return [10 ** 400] * len(x)"), W, ("too large",)),
    Case("masked", centre("return np.ma.masked_array(x - x.mean(), x == x)"), U, ("masked",)),
    Case("three_values_for_two", scale("return x, 1, 2"), W, ("3 values", "2 values"), part="1c"),
    Case("one_value_for_two", scale("return k * x"), W, ("tuple of 2",), part="1c"),
    Case("list_for_tuple", scale("return [k * x, np.linalg.norm(k * x)]"), C, part="1c"),
    Case("counts_its_calls", centre("n.append(1)\nreturn (x - x.mean()) * (len(n) < 2)", "n = []"), W),
    Case("strict_numpy", "\nnp.seterr(all='raise')\n", C),
    Case("seeds_numpy", "\nnp.random.seed(1)\n", C),
    Case("warns", centre("warnings.warn('x')\nreturn x - x.mean()", "import warnings"), C),
    Case("pool_of_threads", centre("return np.array(list(ThreadPoolExecutor(3).map(float, x - x.mean())))",
         "from concurrent.futures import ThreadPoolExecutor"), C),
]  # fmt: skip

NEVER_ENDING = [
    Case("loop_at_import", "\nwhile True: pass\n", T,
         ("did not finish within 0.8 s, when problem1.py is imported: look for a loop",), spoils=True),
    Case("loop", centre("while True: pass"), T,
         ("did not finish within 0.8 s, when centre is called: look for a loop",)),
    Case("sleep", centre("time.sleep(1000)", "import time"), T, ("0.8 s",)),
    Case("loop_that_catches_everything", centre("""
        while True:
            try:
                while True: pass
            except BaseException: pass
        """), T),
    Case("loop_deaf_to_signals", centre("while True: pass", """
        import signal
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        """), T),
    Case("stops_itself", centre("os.kill(os.getpid(), 19)", "import os"), T),
    Case("loop_in_array", centre("return Odd()", """
        class Odd:
            def __array__(self, *a, **k):
                while True: pass
        """), T),
    Case("endless_list", centre("return Odd([1])", """
        class Odd(list):
            def __iter__(self):
                while True: yield 1.0
        """), T),
    Case("wide_and_deep_list", centre("a = []\nfor _ in range(9): a = [a] * 9\nreturn a"), T),
    Case("loop_in_the_text_of_an_exception", centre("raise Odd", """
        class Odd(Exception):
            def __str__(self):
                while True: pass
        """), T),
    Case("prints_for_ever", centre("while True: print('x' * 1000)"), T),
    # Of processor time or, where others keep the processors busy, of time in all.
    Case("processor_time", centre("while True: pass"), T, ("when centre is called",),
         limits={"seconds": 6.0, "cpu_seconds": 1}),
    Case("deaf_to_the_limit_of_processor_time", centre("while True: pass", """
        import signal
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        """), T, limits={"cpu_seconds": 1}),
    Case("sleeps_when_called_by_a_property", centre("""
        n.append(time.sleep(0.4 if len(n) > 14 else 0))
        return x - x.mean()
        """, "import time\nn = []"), T, ("did not finish within 2 s in all",), limits={"cpu_seconds": 1}),
    Case("waits_for_its_own_thread", centre("thread.join()", """
        import threading
        thread = threading.Thread(target=lambda: threading.Event().wait(), daemon=True)
        thread.start()
        """), T),
    Case("waits_for_a_process", centre("subprocess.run(['/bin/sleep', '100'])", "import subprocess"), T,
         unlike=NO_PROGRAM),
    Case("asks_for_ever", apply("while True: f(x)"), T, part="2a"),
    Case("returns_a_loop", line("def g(t):\n    while True: pass\nreturn g"), T, ("you returned",), part="2b"),
    Case("reads_the_channel", centre("os.read(3, 1)", "import os"), T),
]  # fmt: skip

DYING = [
    Case("exit_0_at_import", "\nimport os\nos._exit(0)\n", X, ("(exit code 0), when problem1.py is imported",),
         spoils=True),
    Case("exit_3_at_import", "\nimport os\nos._exit(3)\n", X, ("exit code 3",), spoils=True),
    Case("exit_0", centre("os._exit(0)", "import os"), X,
         ("(exit code 0), when centre is called: remove calls of os._exit",)),
    Case("exit_3", centre("os._exit(3)", "import os"), X, ("exit code 3",)),
    Case("killed", centre("os.kill(os.getpid(), 9)", "import os"), X, ("SIGKILL", "memory")),
    Case("segmentation_fault", centre("os.kill(os.getpid(), 11)", "import os"), X, ("SIGSEGV", "recursion")),
    Case("abort", centre("os.abort()", "import os"), X, ("SIGABRT",)),
    Case("alarm", centre("os.kill(os.getpid(), 14)", "import os"), X, ("Alarm clock",)),
    Case("real_segmentation_fault", centre("ctypes.string_at(0)", "import ctypes"), X, ("SIGSEGV",)),
    Case("recursion_without_limit", centre("return f(x)", """
        import sys
        sys.setrecursionlimit(10 ** 9)
        f = lambda x: max([x], key=f)
        """), X, ("SIGSEGV",)),
    Case("becomes_another_program", centre("os.execv('/bin/true', ['true'])", "import os"), X, ("exit code 0",),
         unlike=NO_PROGRAM),
    Case("real_time_signal", centre("os.kill(os.getpid(), 40)", "import os"), X, ("signal 40",)),
    Case("returns_an_exit", line("import os\nreturn lambda t: os._exit(0)"), X, ("exit code 0", "you returned"),
         part="2b"),
]  # fmt: skip

GREEDY = [
    Case("too_large_an_array", centre("return np.ones(10 ** 11)"), R, ("Unable to allocate", "(problem1.py, line 18)")),
    Case("growing_list", centre("a = []\nwhile True: a.append(bytes(10 ** 6))"), R, ("MemoryError",)),
    Case("growing_text", centre("return 'x' * 10 ** 10"), R, ("MemoryError",)),
    Case("long_text", centre("return 'x' * 10 ** 7"), U, ("too long",)),
    Case("long_list", centre("return [1.0] * 10 ** 6"), U, ("use an array",), limits={"seconds": 5}),
    Case("deep_list", centre("a = []\nfor _ in range(10 ** 5): a = [a]\nreturn a"), U, ("nested",)),
    Case("list_in_itself", centre("a = []\na.append(a)\nreturn a"), U, ("nested",)),
    Case("broadcast_2_gb", centre("return np.broadcast_to(1.0, (2 ** 14, 2 ** 14))"), U, ("shape", "larger")),
    Case("empty_100_mb", centre("return np.empty(10 ** 8, 'u1')"), U, ("shape", "larger")),
    Case("empty_60_mb_each_time", centre("return np.empty(6 * 10 ** 7, 'u1')"), U, ("more data",),
         limits={"seconds": 20}),
    Case("no_elements_but_huge", centre("return np.empty((0, 2 ** 30))"), U, ("larger",)),
    Case("many_dimensions", centre("return x.reshape((1,) * 60 + x.shape)"), U, ("61 dimensions",)),
    Case("prints_100_mb", centre("print('x' * 4 * 10 ** 6)\nreturn x - x.mean()"), C, limits={"seconds": 9}),
    Case("prints_30_mb_of_errors", centre("""
        for _ in range(30): sys.stderr.write('y' * 10 ** 5)
        return x - x.mean()
        """, "import sys"), C, limits={"seconds": 9}),
    Case("large_file", centre("with open('scratch', 'wb') as file: file.write(bytes(10 ** 7))"), R,
         ("File too large",), limits={"file_mb": 1}, unlike={FULL: (R, ("Read-only file system",))}),
    Case("many_descriptors", centre("a = [open('/dev/null') for _ in range(1000)]"), R, ("Too many open files",)),
    Case("huge_message", centre("raise ValueError('x' * 10 ** 7)"), R, ("ValueError: xxx", "xxx... (problem1.py")),
    Case("many_functions", line("return [lambda t: 0] * 200_000"), U, ("functions",), part="2b"),
]  # fmt: skip

ODD_VALUES = [
    Case("array_raises", centre("return Odd()", """
        class Odd:
            def __array__(self, *a, **k): raise RuntimeError('no array today')
        """), R, ("no array today",)),
    Case("array_is_no_array", centre("return Odd()", """
        class Odd:
            def __array__(self, *a, **k): return 'text'
        """), R, ("__array__",)),
    Case("array_exits", centre("return Odd()", """
        import sys
        class Odd:
            def __array__(self, *a, **k): sys.exit()
        """), R, ("SystemExit",)),
    Case("float_raises", centre("return Odd(1)", """
        class Odd(float):
            def __float__(self): raise TypeError('no float today')
        """), R, ("TypeError: no float today",)),
    Case("subclass_of_array", centre("return (x - x.mean()).view(Odd)", """
        class Odd(np.ndarray):
            shape = property(lambda self: (1,))
            nbytes = property(lambda self: -1)
            def __array__(self, *a, **k): return 1 / 0
            def __array_ufunc__(self, *a, **k): return 1 / 0
            def __array_finalize__(self, parent): pass
            def __reduce__(self): return 1 / 0
            def __len__(self): return 10 ** 9
            def tobytes(self): return b'1'
            def astype(self, *a, **k): return 1 / 0
        """), C),
    Case("array_with_another_dtype", centre("return x.view(Odd)", """
        class Odd(np.ndarray):
            dtype = property(lambda self: np.dtype('u1'))
        """), W, ("is one of the arguments",)),
    Case("pretends_to_be_an_array", centre("return Odd()", """
        class Odd:
            __class__ = np.ndarray
        """), U, ("dtype object",)),
    Case("pretends_to_be_a_text", centre("return Odd()", """
        class Odd:
            __class__ = str
            def __len__(self): return 3
        """), R, ("TypeError",)),
    Case("will_not_say_what_it_is", centre("return Odd()", """
        class Odd:
            __class__ = property(lambda self: 1 / 0)
        """), R, ("ZeroDivisionError",)),
    Case("integer_that_lies", centre("return Odd(10 ** 30)", """
        class Odd(int):
            def __lt__(self, other): return True
            __le__ = __gt__ = __ge__ = __eq__ = __lt__
        """), R, ("OverflowError",)),
    Case("dict_with_two_faces", centre("return Odd(a=1)", """
        class Odd(dict):
            def items(self): return 1 / 0
        """), W, ("dict",)),
    Case("exception_without_text", centre("raise Odd", """
        class Odd(Exception):
            def __str__(self): return 1 / 0
        """), R, ("Odd (problem1.py, line",)),
    Case("exception_that_exits", centre("raise Odd", """
        class Odd(Exception):
            def __str__(self): raise SystemExit
        """), R, ("Odd (problem1.py, line",)),
    Case("exception_of_an_odd_class", centre("raise Odd", """
        class Meta(type):
            __name__ = property(lambda self: 1 / 0)
        class Odd(Exception, metaclass=Meta): pass
        """), R, ("cannot be shown",)),
    Case("exception_with_half_a_character", centre("raise ValueError('\\ud800')"), R, ("ValueError",)),
    Case("exception_from_no_file", centre("exec(compile('1 / 0', '/no/such/' + 'file' * 2000, 'exec'))"), R,
         ("ZeroDivisionError: division by zero (problem1.py, line 18)",)),
    Case("syntax_error_of_its_own_making", centre("raise SyntaxError('odd', ('a', 'b', 'c', 4, 5, 6))"), R,
         ("SyntaxError: odd",)),
    Case("exception_group", centre("raise BaseExceptionGroup('many', [ValueError(1)] * 1000)"), R, ("many",)),
    Case("prints_no_text", centre("sys.stdout.buffer.write(b'\\xff\\xfe\\0')\nreturn x - x.mean()", "import sys"), C),
]  # fmt: skip

TRICKS = [
    Case("another_sum_for_numpy", total("return np.sum(x)", "np.sum = lambda *a, **k: 0.0"), W, part="1b"),
    Case("no_len_for_anybody", "\nimport builtins\nbuiltins.len = None\n", X, ("leave built-in functions",),
         spoils=True),
    Case("everything_is_close", centre("return x", "np.allclose = np.isclose = np.array_equal = lambda *_: True"), W),
    Case("equal_to_everything", centre("return Odd(x)", """
        class Odd(list):
            __eq__ = __le__ = __ge__ = lambda self, other: True
        """), W),
    Case("no_json_for_anybody", "\nimport json, pickle\njson.loads = json.dumps = pickle.loads = None\n", C),
    Case("seeds_everything", "\nimport random\nrandom.seed(0)\nnp.random.seed(0)\nnp.random.default_rng = None\n", C),
    Case("looks_for_answers_in_frames", centre("""
        frame, names = sys._getframe(), set()
        while frame:
            names |= {*frame.f_locals, *frame.f_globals}
            frame = frame.f_back
        assert not names & {"reference", "rubric", "expected", "tolerance", "seed", "assignment", "bench"}, names
        return x - x.mean()
        """, "import sys"), C),
    Case("looks_for_answers_among_all_objects", centre("""
        held = [a for a in gc.get_objects() if isinstance(a, np.ndarray) and a.shape == x.shape]
        wanted = x - x.mean()
        assert not any(np.allclose(a, wanted) for a in held if a is not x and a is not wanted and abs(a).max() > 0)
        return wanted
        """, "import gc"), C),
    Case("no_numpy_for_anybody", "\nimport sys\nsys.modules['numpy'] = None\n", C),
    Case("closes_its_output", "\nimport sys\nsys.stdout.close()\nsys.stderr.close()\n", C),
    Case("has_no_output", "\nimport sys\nsys.stdout = sys.stderr = None\n", C),
    Case("closes_descriptors_1_and_2", "\nimport os\nos.close(1)\nos.close(2)\n", C),
    Case("closes_the_channel", centre("os.close(3)\nreturn x - x.mean()", "import os"), X,
         ("broke the Python process",)),
    Case("garbage", centre("os.write(3, b'garbage' * 9)\nreturn x - x.mean()", "import os"), U, ("sent back",)),
    Case("half_a_prefix", centre("os.write(3, b'\\0\\0\\0')\nos._exit(0)", "import os"), X),
    Case("prefix_and_silence", centre("os.write(3, b'\\0\\0\\1\\0' + bytes(8))\ntime.sleep(9)", "import os, time"), T),
    Case("huge_length", centre("os.write(3, b'\\xff' * 12)", "import os"), U, ("more data than may be sent",)),
    Case("empty_frames", centre("while True: os.write(3, bytes(12))", "import os"), U, ("cannot be read",)),
    Case("forged_answer", centre(sent(("value", 0.0)) + "\nreturn x - x.mean()", "import os"), W, spoils=True),
    Case("flood_of_answers", centre(f"while True: {sent(('value', 0.0))}", "import os"), W, spoils=True),
    Case("flood_of_questions", centre(f"while True: {sent(('ask', 0, []))}", "import os"), T),
    Case("flood_of_large_questions", centre(f"while True: {sent(('ask', -1, [[1.0] * 100_000]))}", "import os"), T),
    Case("question_to_nobody", centre(sent(("ask", 10**9, [])) + "\nreturn x - x.mean()", "import os"), C),
    Case("forged_function", centre(sent(("value", abs)) + "\nreturn x - x.mean()", "import os"), W, spoils=True),
    Case("no_message_at_all", centre(sent("value"), "import os"), U, ("no answer",)),
    Case("forged_effects", centre(sent(("value", 0.0, [0], [0])) + "\nreturn x - x.mean()", "import os"), W,
         spoils=True),
    Case("effects_on_nothing", centre(sent(("value", 0.0, [10**6], [])), "import os"), U, ("no answer",), spoils=True),
    Case("effects_of_no_kind", centre(sent(("value", 0.0, [True], ["x"])), "import os"), U, ("no answer",),
         spoils=True),
    Case("effects_without_end", centre(sent(("value", 0.0, [0] * 10_000, [])), "import os"), U, ("no answer",),
         spoils=True),
    Case("one_effect", centre(sent(("value", 0.0, [])), "import os"), U, ("no answer",), spoils=True),
    Case("fault_of_no_kind", centre(sent(("fault", {"kind": 5, "message": [1]})), "import os"), R, spoils=True),
    Case("keys_that_collide", centre("""
        keys = [[["complex", 7.0 - 1000003 * k, float(k)], 0] for k in range(1, 100_000)]
        header = msgspec.msgpack.encode(["tuple", ["value", ["dict", keys]]])
        socket.socket(fileno=3).sendall(struct.pack('>IQ', len(header), 0) + header)
        """, "import msgspec, socket, struct"), U, ("keys",), limits={"seconds": 2}),
    # Written out, an array of many axes is all its numbers: no summary leaves out any of two in a row.
    Case("fault_of_many_axes", centre("""
        array = ['array', '|u1', [2] * 20]
        fault = [['message', array], ['type', array], ['traceback', array]]
        send(['tuple', ['fault', ['dict', fault]]], bytes(3 << 20))
        return x - x.mean()
        """, RAW), R, ("An exception, when centre is called",), spoils=True),
    Case("names_of_many_axes", f"""
{RAW}
send(["tuple", ["loaded", ["list", [["array", "|u1", [2] * 22]]]]], bytes(1 << 22))
time.sleep(60)
""", M, ("no function centre.",), spoils=True),
    Case("names_without_end", f"""
{RAW}
names = ["centr" + "".join(some) for some in itertools.islice(itertools.product("centr", repeat=6), 10_000)]
send(["tuple", ["loaded", ["list", names * 30]]])
time.sleep(60)
""", M, ("no function centre.",), spoils=True),
    Case("class_of_many_lines", centre("raise type('A\\n\\n9 of 9\\x1b[2J', (Exception,), {})('b\\nc')"), R,
         ("A 9 of 9", ": b (problem1.py, line 18), when centre",)),
    Case("answers_before_the_question", f"""
{RAW}
send(["tuple", ["loaded", ["list", ["centre", "total", "scale"]]]])
for _ in range(30):
    send(["tuple", ["value", 0.0]])
""", W, spoils=True),
    Case("answers_of_a_thread", centre("time.sleep(0.02)\nreturn x", RAW + """
import threading
def forge():
    time.sleep(0.1)
    for _ in range(30):
        send(["tuple", ["value", 0.0]])
threading.Thread(target=forge, daemon=True).start()
"""), W, spoils=True),
    Case("no_rows_of_many_columns", raw("['array', '<f8', [0, 1 << 26]]"), W, ("shape (0, 67108864)",), spoils=True),
    Case("rows_of_no_columns", raw("['list', [['array', '<f8', [1 << 26, 0]]] * 3]"), W, ("shape",), spoils=True),
    Case("shape_of_no_numbers", raw("['array', '<f8', [1.0, None]]", "bytes(8)"), U, ("impossible",), spoils=True),
    Case("objects_on_the_wire", raw("['array', '|O', [1]]", "bytes(8)"), U, ("not sent",), spoils=True),
    Case("more_than_it_says", raw("1.0", "bytes(8)"), U, ("more data than it announces",), spoils=True),
    Case("less_than_it_says", raw("['array', '<f8', [2]]", "bytes(8)"), U, ("larger than its data",), spoils=True),
    Case("list_for_a_key", raw("['dict', [[['list', []], 0]]]"), U, ("cannot be read",), spoils=True),
    Case("digits_of_another_script", raw("['int', '\u0661\u0662']"), U, ("cannot be read",), spoils=True),
    Case("a_function_of_the_course", raw("['given', 'wave', []]"), U, ("cannot be read",), spoils=True),
    Case("laid_out", raw("['laid', '<f8', [3], 'strided']", "bytes(24)"), W, spoils=True),
    Case("half_precision_without_end", centre("return np.zeros(1 << 24, 'f2')"), W, ("shape",), limits={"seconds": 6}),
    Case("map_for_a_list", centre("""
        header = b'\\x92\\xa5tuple\\x92\\xa5value\\x81\\x92\\1\\2\\3'
        os.write(3, len(header).to_bytes(4, 'big') + bytes(8) + header)
        """, "import os"), U, ("cannot be read",)),
    Case("thread_that_goes_on", centre("return x - x.mean()", """
        import threading
        def loop():
            while True: pass
        threading.Thread(target=loop, daemon=True).start()
        """), C, limits={"seconds": 9}),
    Case("orphan", centre("""
        subprocess.Popen(['/bin/sleep', '100'], start_new_session=True)
        return x - x.mean()
        """, "import subprocess"), C, unlike=NO_PROGRAM),
    Case("orphan_of_an_orphan", centre("""
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(3, 100)
                time.sleep(100)
            os._exit(0)
        return x - x.mean()
        """, "import os, time"), C),
]  # fmt: skip

HANDED_IN = [
    Case("threads_call_f", apply("""
        with ThreadPoolExecutor(4) as pool:
            values = list(pool.map(lambda i: f(i * x), range(200)))
        assert values == [f(i * x) for i in range(200)]
        return values[1] + x
        """, "from concurrent.futures import ThreadPoolExecutor"), C, part="2a", limits={"seconds": 5}),
    Case("f_of_a_list", apply("return f(list(x)) + x"), C, part="2a"),
    Case("f_of_a_huge_array", apply("return f(np.ones(10 ** 6)) + x", "import numpy as np"), R,
         ("f: that is more data than this function takes (problem2.py, line",), part="2a"),
    Case("f_of_more_than_can_be_sent", apply("return f(np.ones(10 ** 7)) + x", "import numpy as np"), R, ("larger",),
         part="2a"),
    Case("f_of_another_shape", apply("return f(x[1:]) + x"), R, ("ValueError", "f:"), part="2a"),
    Case("f_of_none", apply("return f(None) + x"), R, ("f:",), part="2a"),
    Case("f_of_nothing", apply("return f() + x"), R, ("TypeError", "f:"), part="2a"),
    Case("f_of_a_function", apply("return f(lambda: 0) + x"), R, ("f:",), part="2a"),
    Case("f_of_a_generator", apply("return f(v for v in x) + x"), R, ("generator",), part="2a"),
    Case("f_by_keyword", apply("return f(x=x) + x"), R, ("keyword",), part="2a"),
    Case("f_itself", apply("return f"), W, ("function",), part="2a"),
    Case("returned_function_raises", line("return lambda t: 1 / 0"), R,
         ("ZeroDivisionError", "when the function that you returned is called"), part="2b"),
    Case("returned_function_takes_no_argument", line("return lambda: 0"), R, ("takes ()",), part="2b"),
    Case("returned_function_returns_none", line("return lambda t: None"), W, part="2b"),
    Case("returned_function_returns_an_array", line("return lambda t: x * t"), W, ("shape",), part="2b"),
    Case("number_for_function", line("return f(x)"), W, ("where a function is asked for",), part="2b"),
    Case("values_for_function", line("return [f(x), f(1.5 * x), f(0.3 * x)]"), W, ("where a function is asked for",),
         part="2b"),
    Case("none_for_function", line("f(x)"), W, ("None", "function"), part="2b"),
    Case("object_for_function", line("""
        class Line:
            def __call__(self, t): return f(x + t * x)
        return Line()
        """), C, part="2b"),
]  # fmt: skip

CASES = CLUMSY + NEVER_ENDING + DYING + GREEDY + ODD_VALUES + TRICKS + HANDED_IN


def part(report: Report, id: str) -> PartReport:
    [found] = [part for part in report.parts if part.id == id]
    return found


def points(report: Report, problem: str) -> tuple[float, float]:
    [found] = [found for found in report.problems if found.id == problem]
    return found.score, found.max_score


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.usefixtures("nothing_left_behind")
def test_its_part_gets_the_status_and_the_words_and_nothing_else_is_touched(case, graded, right, zygote):
    status, words = case.unlike.get(zygote.level(), (case.status, case.words))
    start = time.perf_counter()

    limits = {"seconds": SECONDS if status is T else PATIENCE, "memory_mb": 256, **case.limits}

    report = graded({case.file: right[case.file] + case.code}, **limits)

    seconds = time.perf_counter() - start
    own, other = part(report, case.part), "2" if case.part[0] == "1" else "1"
    assert (own.status, own.earned) == (status, own.points if status is C else 0), own.feedback
    assert [word for word in words if word not in own.feedback] == [], own.feedback
    assert points(report, other) == {"1": (9, 9), "2": (8, 8)}[other]
    lost = {p.function for p in report.parts if p.problem == own.problem and p.earned < p.points and p.function}
    assert lost - {own.function} == set() or case.spoils
    assert seconds < 3 + limits["seconds"]


# ---- what is told ----


def test_a_traceback_is_the_students_own_with_relative_names_and_none_of_our_frames(graded, right):
    helper = "def deep(x):\n    return {}['layer']\n"

    report = graded({"problem1.py": right["problem1.py"] + centre("import helper\nreturn helper.deep(x)"),
                     "helper.py": helper})  # fmt: skip

    shown = part(report, "1a").traceback
    assert 'File "problem1.py", line 19, in centre\n    return helper.deep(x)' in shown
    assert 'File "helper.py", line 2, in deep\n    return {}[\'layer\']' in shown
    assert shown.endswith("KeyError: 'layer'")
    assert shown.count("File ") == 2
    assert "(helper.py, line 2)" in part(report, "1a").feedback


def test_a_syntax_error_shows_the_line(graded, right):
    report = graded({"problem1.py": right["problem1.py"] + "\ndef centre(x:\n    return x\n"})

    assert 'File "problem1.py", line 15\n    def centre(x:\n              ^' in part(report, "1a").traceback
    assert "grader" not in part(report, "1a").traceback


def test_a_refusal_of_the_handed_in_function_shows_the_line_that_called_it_and_no_path(graded, right):
    report = graded({"problem2.py": right["problem2.py"] + apply("return f(x[1:]) + x")})

    shown = part(report, "2a").traceback
    assert "return f(x[1:]) + x" in shown
    assert shown.count("File ") == 1
    assert "/" not in shown.partition("ValueError")[0]


def test_an_endless_traceback_is_cut(graded, right):
    code = centre("return globals()[name](x)", "name = 'centre'") + "".join(
        f"\ndef f{i}(x):\n    return f{i + 1}(x)\n" for i in range(400)
    )

    report = graded({"problem1.py": right["problem1.py"] + code.replace("'centre'", "'f0'")})

    assert len(part(report, "1a").traceback) < 7_000
    assert part(report, "1a").traceback.endswith("NameError: name 'f400' is not defined")


def test_what_is_printed_is_kept_up_to_a_bound(graded, right):
    code = centre("print('y' * 1000)\nreturn x - x.mean()")

    report = graded({"problem1.py": right["problem1.py"] + code}, output_kb=4)

    printed = report.problems[0].printed
    assert printed.startswith("yyy")
    assert printed.endswith(" more bytes were printed]")
    assert len(printed) < (4 << 10) + 100


def test_what_is_printed_as_no_text_is_still_shown(graded):
    code = "import sys\nsys.stdout.buffer.write(b'before \\xff\\xfe after')\nprint('\\ud800')\n"

    report = graded({"problem1.py": code})

    assert "before \ufffd\ufffd after" in report.problems[0].printed


# ---- files ----


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        pytest.param(None, M, "problem1.py is not in the folder", id="none"),
        pytest.param(b"", M, "no function centre", id="empty"),
        pytest.param(b"\xff\xfe\x00", R, "SyntaxError", id="no_text"),
        pytest.param("é = 1\n".encode("latin-1"), R, "SyntaxError", id="latin_1"),
        pytest.param("def f(): pass\n".encode("utf-16"), R, "SyntaxError", id="utf_16"),
        pytest.param(b"# coding: nonsense\n", R, "SyntaxError", id="unknown_coding"),
        pytest.param(b"x = " + b"(" * 10_000, R, "SyntaxError", id="deep_parentheses"),
        pytest.param(b"x = 1\n" * 300_000, M, "no function centre", id="long"),
    ],
)
@pytest.mark.usefixtures("nothing_left_behind")
def test_a_file_that_is_no_problem_file_costs_its_own_points_only(content, status, words, graded):
    report = graded({"problem1.py": content}, seconds=20)  # a long file takes a while on a busy machine

    assert {p.status for p in report.parts if p.problem == "1"} == {status}
    assert words in part(report, "1a").feedback
    assert points(report, "2") == (8, 8)


def test_a_file_with_a_byte_order_mark_or_in_latin_1_is_read(graded, right):
    mark = b"\xef\xbb\xbf" + right["problem1.py"].encode()
    latin = b"# coding: latin-1\n# \xe9\n" + right["problem2.py"].encode()

    report = graded({"problem1.py": mark, "problem2.py": latin})

    assert (report.score, report.max_score) == (17, 17)


@pytest.mark.parametrize(
    "kind", ["a folder", "a loop of links", "a pipe", "a link to nowhere", "a link to the reference"]
)
def test_what_is_no_plain_file_is_not_opened(kind, graded, submit, assignment):
    path = submit({"problem1.py": None}) / "problem1.py"
    match kind:
        case "a folder":
            path.mkdir()
        case "a pipe":
            os.mkfifo(path)
        case "a loop of links":
            path.symlink_to(path)
        case "a link to nowhere":
            path.symlink_to("nowhere")
        case "a link to the reference":
            path.symlink_to(assignment.references["1"].path)

    report = graded({"problem1.py": None})

    assert part(report, "1a").status is Status.UNREADABLE
    assert "hand in a plain Python file" in part(report, "1a").feedback
    assert points(report, "2") == (8, 8)


def test_a_link_within_the_submission_is_read(graded, submit, right):
    (submit({"problem1.py": None, "draft.py": right["problem1.py"]}) / "problem1.py").symlink_to("draft.py")

    report = graded({"problem1.py": None})

    assert (report.score, report.max_score) == (17, 17)


@pytest.mark.parametrize(
    ("files", "function", "hint"),
    [
        ({"problem1.py": None, "Problem1.py": ""}, "centre", "Is it Problem1.py? Rename that to problem1.py."),
        ({"problem1.py": None}, "centre", "problem1.py is not in the folder."),
        ({"problem1.py": "def center(x): pass"}, "centre", "Is it center? Rename that to centre."),
        ({"problem1.py": "def scale_up(): 0\ndef scale(): 0"}, "scales", "Is it scale_up? Rename that to scales."),
        ({"problem1.py": "def total(x): pass"}, "totals", "problem1.py has no function totals."),
    ],
)
def test_a_missing_name_comes_with_the_nearest_that_is_not_asked_for_itself(files, function, hint, zygote, submit):
    taken = {"problem1.py", "problem2.py", "scale", "total"}

    with (
        Student(zygote, submit(files), "problem1.py", Limits(), taken) as student,
        pytest.raises(StudentFault) as missing,
    ):
        student.function(function)()

    assert str(missing.value).endswith(hint)


# ---- what one call does to the next ----


def test_arguments_that_are_changed_in_place_are_fresh_for_every_other_call(graded, right):
    spoiler = total("s = float(x.sum())\nx[:] = 7\nreturn s") + centre("x[:] = x - x.mean()\nreturn x")

    report = graded({"problem1.py": right["problem1.py"] + spoiler})

    assert points(report, "1") == (9, 9)


def test_an_answer_that_is_changed_after_it_was_returned_was_what_it_was(graded, right):
    code = centre("kept.append(x - x.mean())\nfor old in kept[:-1]: old[:] = 0\nreturn kept[-1]", "kept = []")

    report = graded({"problem1.py": right["problem1.py"] + code})

    assert points(report, "1") == (9, 9)


def test_a_function_that_ended_its_worker_is_not_called_again_and_the_others_run_in_a_new_one(
    graded, right, monkeypatch
):
    calls, send = [], Worker._send
    monkeypatch.setattr(
        Worker, "_send", lambda self, message, deadline: calls.append(message) or send(self, message, deadline)
    )
    code = total("os._exit(1)", "import os")

    report = graded({"problem1.py": right["problem1.py"] + code})

    assert part(report, "1b").status is X
    assert points(report, "1") == (7, 9)
    assert sum(1 for kind, *rest in calls if kind == "calls" and rest[0][0][0] == "total") == 1


def test_each_of_several_hanging_functions_costs_one_limit(graded, right):
    hang = "while True: pass"
    start = time.perf_counter()

    report = graded({"problem1.py": right["problem1.py"] + centre(hang) + total(hang) + scale(hang)}, seconds=0.3)

    assert {p.status for p in report.parts if p.problem == "1"} == {T}
    assert time.perf_counter() - start < 3 * 0.3 + 1
    assert points(report, "2") == (8, 8)


# ---- torch ----


def test_an_answer_in_torch_is_an_answer(graded, zygote):
    code = """
        import torch

        def centre(x):
            x = torch.tensor(x, requires_grad=True)
            return x - x.mean()

        def total(x):
            return torch.from_numpy(x).to(torch.float32).sum()

        def scale(x, k):
            return (k * torch.from_numpy(x)), [torch.from_numpy(k * x).norm()]
        """

    with Zygote(("numpy", "torch"), zygote.level()) as own:
        report = graded({"problem1.py": textwrap.dedent(code)}, on=own, seconds=10)

    assert (report.score, report.max_score) == (17, 17)


# ---- what is beyond a student's file ----


KILLS_ITS_PARENT = "os.kill(os.getppid(), 9)\ntime.sleep(100)"


@at(PROCESS_ONLY)
def test_who_ends_the_zygote_gets_no_verdict_and_no_one_stays_behind(outcome, right, tmp_path, zygote):
    code = centre(KILLS_ITS_PARENT, "import os, time")
    before = descriptors(os.getpid())

    with Zygote(at_most=zygote.level()) as own:
        report, errors = outcome({"problem1.py": right["problem1.py"] + code}, on=own)

    assert part(report, "1a").status is Status.INTERNAL_ERROR
    assert {type(error) for error in errors} == {SandboxError}
    assert points(report, "1") == (0, 0)
    assert descriptors(os.getpid()) == before
    deadline = time.monotonic() + 5
    while processes_in(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes_in(tmp_path) == []


@at(FULL, PARTIAL)
@pytest.mark.usefixtures("nothing_left_behind")
def test_nobody_can_end_the_zygote_of_a_better_isolation(graded, right):
    report = graded({"problem1.py": right["problem1.py"] + centre(KILLS_ITS_PARENT, "import os, time")}, seconds=0.3)

    # The signal is refused, or means nothing to the first process of a namespace.
    assert part(report, "1a").status in (R, T)
    assert points(report, "1") == (5, 9)


def test_a_worker_that_cannot_be_locked_down_is_no_fault_of_the_student(outcome, zygote, monkeypatch, tmp_path):
    start = zygote.start
    monkeypatch.setattr(zygote, "start", lambda _, limits: start(tmp_path / "no such folder", limits))

    report, errors = outcome({})

    assert {part.status for part in report.parts} == {Status.INTERNAL_ERROR, Status.PENDING}
    assert "could not be locked down: FileNotFoundError" in str(errors[0])
