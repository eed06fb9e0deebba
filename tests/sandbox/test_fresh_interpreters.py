"""Where nothing can be forked each worker is an interpreter of its own, and a student is told the same."""

import ctypes
import errno
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from grader import wire
from grader.errors import SandboxError, StudentFault
from grader.model import Limits, Report, Status
from grader.sandbox import bootstrap, interpreters, job
from grader.sandbox.process import ending
from grader.sandbox.student import Student
from grader.sandbox.worker import Worker
from grader.sandbox.zygote import Zygote
from grader.worker.levels import LEVELS, PROCESS_ONLY

ENDLESS = "while True: pass"


@pytest.fixture(scope="module")
def fresh() -> Iterator[Zygote]:
    """Workers as interpreters of their own."""
    with Zygote(forks=False) as ready:
        yield ready


@pytest.fixture(scope="module")
def forked() -> Iterator[Zygote]:
    """Workers that are forked, at the same level."""
    with Zygote(at_most=PROCESS_ONLY) as ready:
        yield ready


def replacing(**bodies: str) -> str:
    """Functions of the tiny course's first problem with these bodies, to stand below the right ones."""
    arguments = {"centre": "x", "total": "x", "scale": "x, k"}
    head = "import ctypes, os, subprocess, sys, time\nimport numpy as np\n"
    return head + "".join(f"def {name}({arguments[name]}):\n    {body}\n" for name, body in bodies.items())


CASES = {
    "right": "",
    "no python": "def (",
    "no such module": "import nosuchmodule",
    "leaves when imported": "import sys; sys.exit(1)",
    "raises": replacing(
        centre="return 1 / 0", total="return {}['layer']", scale="from helper import deep; return deep(x)"
    ),
    "does not fit": replacing(total="return len(5)") + "def centre(): 1\nscale = 5\n",
    "odd values": replacing(centre="return {1, 2}", total="return (v for v in x)", scale="return [k], 'text'"),
    "side effects": replacing(centre="x -= x.mean(); return x", total="s = x.sum(); x[:] = 7; return s"),
    "ends": replacing(centre="os._exit(3)", total="os.abort()", scale="ctypes.string_at(0)"),
    "breaks its process": replacing(centre="os.closerange(3, 200)"),
    "never ends": replacing(centre=ENDLESS, total="time.sleep(100)"),
    "takes all memory": replacing(total="return np.ones(1 << 28).sum()"),
    "asks": replacing(centre="return input('x? ')"),
    "prints": replacing(centre="print('é', '\\ud800', x.shape); os.system('echo said'); return x - x.mean()"),
    "prints without end": replacing(centre="while True: os.write(1, b'y' * 100_000)"),
    "prints to the end": replacing(total="os.write(2, b'y' * 10_000 + b'the last'); os._exit(4)"),
    "looks around": replacing(centre="return [n for n in sys.modules if 'grader.' in n]", total="import grader"),
    "knows its folder": replacing(total="return open('data.txt').read() == os.path.basename(os.getcwd())"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_student_is_told_the_same(name, fresh, forked, graded, right):
    files = {
        "problem1.py": right["problem1.py"] + CASES[name],
        "helper.py": "def deep(x):\n    return {}['layer']\n",
        "data.txt": "handed_in",
    }

    seconds = 0.3 if "never" in name or "without end" in name else 10.0
    limits = {"seconds": seconds, "memory_mb": 512, "output_kb": 4}
    one, other = (graded(files, on=on, **limits) for on in (forked, fresh))

    assert _told(one) == _told(other)
    assert (one.isolation, one.versions) == (other.isolation, other.versions)
    assert other.isolation == PROCESS_ONLY
    assert (one.score == 17) == (name in ("right", "side effects", "prints"))


def _told(report: Report) -> list[object]:
    """All that a student sees, but for how long it took and how much was not kept of what was printed."""
    parts = [msgspec.structs.replace(part, seconds=0.0) for part in report.parts]
    return [*parts, *(problem.printed.partition("\n[")[0] for problem in report.problems)]


def test_processor_time_is_limited_where_the_system_can(fresh, submit):
    folder = submit({"problem1.py": f"def f():\n    {ENDLESS}\n"})

    with (
        Student(fresh, folder, "problem1.py", Limits(cpu_seconds=1), ()) as own,
        pytest.raises(StudentFault, match="used more than 1 s of processor time") as ended,
    ):
        own.function("f")()

    assert ended.value.fault.status is Status.TIMED_OUT


def test_functions_go_both_ways(fresh, submit):
    with Student(fresh, submit(), "problem2.py", Limits(), ()) as own:
        assert own.function("apply")(lambda x: 3 * x, 2.0) == 8.0
        assert own.function("line")(lambda x: x, 2.0)(0.5) == 3.0
        (noted,) = own.ask("apply", [[lambda x: x, np.ones(2)]])

    assert noted.tolist() == [2.0, 2.0]


def test_large_arrays_go_both_ways(fresh, submit):
    much = np.arange(2e6)

    with Student(fresh, submit({"problem1.py": "def f(x): return x + 1"}), "problem1.py", Limits(), ()) as own:
        assert np.array_equal(own.function("f")(much), much + 1)


def test_what_it_started_ends_with_it(fresh, submit):
    source = "import subprocess\ndef f(): return subprocess.Popen(['sleep', '100']).pid\n"

    with Student(fresh, submit({"problem1.py": source}), "problem1.py", Limits(), ()) as own:
        child = own.function("f")()
        assert _runs(child)

    deadline = time.monotonic() + 5
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_next_worker_stands_by(fresh, submit):
    """What makes --watch quick: whoever saves does not wait until numpy is imported."""
    fresh.level()
    spare = fresh.source.spare

    worker = Worker(fresh, submit(), Limits())
    worker.load("problem1.py")
    worker.close()

    assert worker.process is spare
    assert fresh.source.spare is not spare
    assert fresh.source.spare.process.poll() is None


def test_one_that_ended_while_it_stood_by_costs_one_check_and_no_more(fresh, submit):
    fresh.level()
    fresh.source.process.kill()

    with pytest.raises(SandboxError, match="could not be used"):
        Worker(fresh, submit(), Limits())
    worker = Worker(fresh, submit(), Limits())
    names = worker.load("problem1.py")
    worker.close()

    assert "centre" in names


def test_where_the_next_one_cannot_be_started_ahead_it_is_started_when_it_is_needed(submit, monkeypatch):
    """A system that is out of processes for a moment costs that moment."""
    with Zygote(forks=False) as own:
        own.level()
        with monkeypatch.context() as patch:
            patch.setattr(interpreters, "started", _refused)
            first = Worker(own, submit(), Limits())
        second = Worker(own, submit(), Limits())
        names = [worker.load("problem1.py") for worker in (first, second)]

    assert names[0] == names[1]
    assert first.process is not second.process


def _refused(*_: object, **__: object) -> None:
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


def test_none_is_left_when_it_is_closed(submit):
    with Zygote(forks=False) as own:
        worker = Worker(own, submit(), Limits())
        processes = [worker.process.process, own.source.process]

    assert all(process.returncode is not None for process in processes)
    assert worker.process.channel.fileno() == -1


def test_its_environment_is_ours(fresh, submit, monkeypatch):
    monkeypatch.setenv("SECRET", "of the user")
    with Zygote(forks=False) as own:
        source = "import os\ndef f(): return dict(os.environ)\n"
        with Student(own, submit({"problem1.py": source}), "problem1.py", Limits(), ()) as student:
            seen = student.function("f")()

    assert seen.items() >= {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}.items()
    assert "SECRET" not in seen


def test_its_level_says_that_nothing_locks_it_in(fresh):
    assert fresh.level() == PROCESS_ONLY
    assert fresh.missing
    with pytest.raises(SandboxError, match="nothing locks in"):
        fresh.require(LEVELS[0])


def test_a_library_that_cannot_be_imported_is_told_with_what_it_said():
    with Zygote(("numpy", "nosuchlibrary"), forks=False) as own, pytest.raises(SandboxError) as error:
        own.level()

    assert "No module named 'nosuchlibrary'" in str(error.value)


def test_a_folder_that_is_gone_is_no_fault_of_the_student(fresh, tmp_path):
    worker = Worker(fresh, tmp_path / "no such folder", Limits())

    with pytest.raises(SandboxError, match="FileNotFoundError"):
        worker.load("problem1.py")


# ---- what is Windows' own: each piece by itself, for none of it can run elsewhere ----


def test_an_end_is_shared_with_the_process_that_is_meant_through_its_standard_input(monkeypatch):
    ours, theirs = socket.socketpair()
    shared = SimpleNamespace(share=lambda pid: f"for {pid}".encode())
    started = []

    class Popen(subprocess.Popen):
        def __init__(self, command, **options):
            started.append((command, options))
            reads = [sys.executable, "-c", "import sys; print(sys.stdin.read())"]
            super().__init__(reads, **{**options, "creationflags": 0})

    monkeypatch.setattr(subprocess, "Popen", Popen)
    monkeypatch.setattr(sys, "_base_executable", "C:\\Python\\python.exe", raising=False)

    with ours, theirs, bootstrap._handed(shared, ["words"], {"stdout": subprocess.PIPE}) as process:
        said = process.stdout.read()

    [(command, options)] = started
    assert said.strip() == f"for {process.pid}".encode()
    assert command[0] == "C:\\Python\\python.exe"
    assert command[-2:] == ["", "words"]
    assert "pass_fds" not in options


def test_an_interpreter_takes_what_is_shared():
    """The other half of it, with a stand-in for `socket.fromshare` that is handed a descriptor's number."""
    ours, theirs = socket.socketpair()
    fake = "import socket; socket.fromshare = lambda data: socket.socket(fileno=int(data))\n"
    words = [str(Path(bootstrap.__file__).parents[1]), "fresh", "numpy", PROCESS_ONLY]
    site_packages = [path for path in sys.path if path.endswith("site-packages")]
    code = fake + bootstrap._BOOTSTRAP

    with (
        ours,
        subprocess.Popen(
            [sys.executable, "-P", "-s", "-S", "-c", code, "", *words, *site_packages],
            stdin=subprocess.PIPE, pass_fds=[theirs.fileno()], cwd="/",
        ) as process,
    ):  # fmt: skip
        process.stdin.write(str(theirs.fileno()).encode())
        process.stdin.close()
        theirs.close()
        ours.settimeout(30)
        kind, versions = wire.received(ours)
        ours.close()
        code = process.wait(30)

    assert (kind, versions["numpy"]) == ("ready", np.__version__)
    assert code == 0  # the judge hung up, which is no failure


def test_the_environment_on_windows_has_the_system_and_nothing_of_the_user():
    own = {"SYSTEMROOT": r"D:\Win", "PATHEXT": ".EXE", "APPDATA": r"C:\Users\chen", "PATH": r"C:\secret"}

    made = bootstrap.of_windows(own, [r"C:\venv", r"C:\conda", r"C:\conda"], r"C:\Temp")

    assert made["SYSTEMROOT"] == r"D:\Win"
    folders = made["PATH"].split(";")
    assert folders == list(dict.fromkeys(folders))
    assert {r"C:\conda", r"C:\conda\Library\bin", r"C:\conda\DLLs", r"D:\Win\System32"} <= set(folders)
    assert {made["TEMP"], made["TMP"], made["USERPROFILE"]} == {r"C:\Temp"}
    assert not any("secret" in value or "chen" in value for value in made.values())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0xC0000005, "exception 0xC0000005 (access violation"),
        (0xC00000FD, "exception 0xC00000FD (stack overflow: often a recursion"),
        (0xC0000409, "exception 0xC0000409 (abort"),
        (0xC0012345, "exception 0xC0012345"),
        (-11, "signal 11 (SIGSEGV"),
    ],
)
def test_an_exit_code_of_an_exception_or_a_signal_gets_words(code, words):
    died = ending(code)

    assert died.died_of.startswith(words)
    assert died.code == 0


@pytest.mark.parametrize("code", [0, 1, 70, 255])
def test_a_plain_exit_code_is_that(code):
    assert ending(code) == (code, "", False)


class Kernel:
    """What a job is made with, and a note of what was asked of it."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        for name in ("CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject", "CloseHandle"):
            setattr(self, name, self._call(name, 0 if name == refuses else 7))

    def _call(self, name: str, result: int):
        def call(*_: object) -> int:
            self.asked.append(name)
            return result

        return call


def test_a_job_holds_a_process_until_its_handle_is_closed():
    kernel = Kernel()

    end = job._job(kernel, 5)
    before = list(kernel.asked)
    end()

    assert before == ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"]
    assert kernel.asked[len(before) :] == ["CloseHandle"]
    assert ctypes.sizeof(job.JobLimits) == 144  # as Windows has it on 64 bits
    assert job.JobLimits.flags.offset == 16


@pytest.mark.parametrize("refuses", ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_job_that_is_refused_is_done_without(refuses, monkeypatch):
    kernel = Kernel(refuses)
    monkeypatch.setattr(ctypes, "WinDLL", lambda _: kernel, raising=False)

    job.job(SimpleNamespace(_handle=5))()

    assert kernel.asked.count("CloseHandle") == (refuses != "CreateJobObjectW")


def test_where_there_are_no_jobs_nothing_is_done():
    job.job(SimpleNamespace(_handle=5))()
    job.job(SimpleNamespace())()
