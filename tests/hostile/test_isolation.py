"""Where a better isolation than a process of its own is given, a worker reads, writes and reaches nothing outside."""

import contextlib
import errno
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from levels import CANARY, FULL, PARTIAL, PROCESS_ONLY, at

import grader
from grader import wire
from grader.errors import StudentFault
from grader.grading import grade
from grader.model import Limits, Status
from grader.sandbox.student import Student
from grader.sandbox.worker import Worker
from grader.sandbox.zygote import Zygote
from grader.submission import Submission
from grader.worker.root import MAX_SCRATCH_FILES

NEEDLE = "canary-in-a-file"

# What becomes of each try, by name: the name of the error, or what came of it.
TRIES = """
def tried(actions):
    found = {}
    for name, action in actions.items():
        try:
            found[name] = repr(action())[:200]
        except BaseException as error:
            found[name] = type(error).__name__
    return found
"""


def tries(imports: str, **actions: str) -> str:
    """The body of a function that tries each action and says what became of it."""
    table = ", ".join(f"{name!r}: lambda: {action}" for name, action in actions.items())
    return f"import {imports}\n{TRIES}\nreturn tried({{{table}}})"


@pytest.fixture
def outside(tmp_path, assignment, course) -> dict[str, Path]:
    """Files that are none of a student's business, each with a canary in it."""
    neighbour = tmp_path / "another_student" / "problem1.py"
    neighbour.parent.mkdir()
    files = {"rubric": course / "rubrics/tiny.yaml", "reference": course / "reference/tiny/problem1.py",
             "neighbour": neighbour}  # fmt: skip
    for path in files.values():
        path.write_text(f"# {NEEDLE}\n")
    return files


def read_link(link: Path | str) -> str:
    """Where a link of /proc leads; '' when its process has ended."""
    try:
        return str(Path(link).readlink())
    except OSError:
        return ""


# ---- files ----


@at(FULL, PARTIAL)
def test_no_file_outside_can_be_read_and_no_folder_listed(inside, outside, course, tmp_path):
    files = {**outside, "passwd": Path("/etc/passwd"), "the_grader": Path(sys.modules["grader"].__file__),
             "environment": Path(f"/proc/{os.getpid()}/environ")}  # fmt: skip
    folders = {"course": course, "submissions": tmp_path, "these_tests": Path(__file__).parent,
               "processes": Path("/proc/1")}

    found = inside(
        tries(
            "os",
            **{name: f"open({str(path)!r}).read()" for name, path in files.items()},
            **{name: f"os.listdir({str(path)!r})" for name, path in folders.items()},
        )
    )

    assert len(found) == 10
    assert set(found.values()) <= {"FileNotFoundError", "PermissionError"}, found
    assert CANARY not in repr(found) and NEEDLE not in repr(found)


@at(PROCESS_ONLY)
def test_a_process_alone_hides_no_file_which_is_why_its_level_is_told(inside, outside):
    found = inside(tries("os", **{name: f"open({str(path)!r}).read()" for name, path in outside.items()}))

    assert [NEEDLE in text for text in found.values()] == [True] * 3


@at(FULL, PARTIAL)
def test_a_symlink_out_of_the_submission_leads_nowhere(inside, outside, tmp_path):
    (tmp_path / "spy").mkdir()
    for name, path in outside.items():
        (tmp_path / "spy" / name).symlink_to(path)
    (tmp_path / "spy" / "up").symlink_to("../another_student")

    found = inside(tries("os", **{name: f"open({name!r}).read()" for name in outside},
                         up="open('up/problem1.py').read()"))  # fmt: skip

    assert set(found.values()) <= {"FileNotFoundError", "PermissionError"}, found


@at(FULL, PARTIAL)
def test_a_hard_link_is_the_file_itself(inside, outside, tmp_path):
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "mine").hardlink_to(outside["neighbour"])

    found = inside(tries("os", mine="open('mine').read()"))

    assert NEEDLE in found["mine"]


def snapshot(*folders: Path) -> dict[str, tuple[object, ...]]:
    """Everything that the disk says about what lies beneath these folders, but when it was read."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [path for folder in folders for path in (folder, *sorted(folder.rglob("*")))]:
        said = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (said.st_mode, said.st_uid, said.st_gid, said.st_mtime_ns, said.st_nlink, content)
    return found


@at(FULL, PARTIAL)
def test_nothing_on_the_disk_can_be_changed(inside, spy, outside, course, tmp_path):
    packages = next(path for path in sys.path if path.endswith("-packages"))
    targets = {**outside, "own": tmp_path / "spy" / "problem1.py", "own_as_seen": Path("problem1.py"),
               "numpy": Path(packages, "numpy/__init__.py"), "python": Path(os.__file__)}  # fmt: skip
    ways = {
        "write": "open({0!r}, 'w').write('x')",
        "append": "open({0!r}, 'a').write('x')",
        "update": "open({0!r}, 'r+').write('x')",
        "cut": "os.truncate({0!r}, 0)",
        "cut_when_opened": "os.open({0!r}, os.O_RDONLY | os.O_TRUNC)",
        "unlink": "os.unlink({0!r})",
        "rename": "os.rename({0!r}, {0!r} + '.old')",
        "link": "os.link({0!r}, {0!r} + '.link')",
        "symlink": "os.symlink('/', {0!r} + '.symlink')",
        "beside": "open({0!r} + '.new', 'w')",
        "folder": "os.mkdir({0!r} + '.folder')",
        "pipe": "os.mkfifo({0!r} + '.pipe')",
        "mode": "os.chmod({0!r}, 0o777)",
        "owner": "os.chown({0!r}, 0, 0)",
        "times": "os.utime({0!r}, (0, 0))",
        "attribute": "os.setxattr({0!r}, 'user.x', b'x')",
    }
    actions = {f"{way}_{name}": code.format(str(path)) for way, code in ways.items() for name, path in targets.items()}
    body = tries("os", **actions)
    ours = (course, spy(body), tmp_path / "another_student")
    libraries = [targets[name] for name in ("numpy", "python")]
    before, before_there = snapshot(*ours), snapshot(*libraries)

    found = inside(body)

    assert len(found) == len(ways) * len(targets)
    assert {name: result for name, result in found.items() if not result.endswith("Error")} == {}
    assert snapshot(*ours) == before
    assert snapshot(*libraries) == before_there


@at(FULL)
def test_the_scratch_folder_is_bounded_and_gone_with_the_worker(inside):
    name = f"scratch-of-{os.getpid()}"
    fill = f"""
        import errno, tempfile
        written = 0
        with open(tempfile.gettempdir() + "/{name}", "wb", 0) as file:
            try:
                for _ in range(100):
                    written += file.write(bytes(1 << 18))
            except OSError as error:
                return written, error.errno
        """

    listing = "import os\nreturn os.listdir('/tmp')"
    fresh = inside(listing)  # nothing, unless packages are installed beneath /tmp

    written, number = inside(fill, scratch_mb=2, file_mb=16)

    assert number == errno.ENOSPC
    assert 1 << 20 < written <= 2 << 20
    assert name not in fresh
    assert inside(listing) == fresh
    assert not Path("/tmp", name).exists()


@at(FULL)
def test_the_scratch_folder_holds_so_many_files_as_empty_ones_take_memory_too(inside):
    made, number = inside(f"""
        made = 0
        try:
            while made < 2 * {MAX_SCRATCH_FILES}:
                open(f"/tmp/{{made}}", "w").close()
                made += 1
        except OSError as error:
            return made, error.errno
        return made, 0
        """, seconds=20)

    assert number == errno.ENOSPC
    assert made < MAX_SCRATCH_FILES


@at(FULL)
def test_no_file_in_the_scratch_folder_is_larger_than_the_limit(inside):
    found = inside(tries("os", large="open('/tmp/large', 'wb').write(bytes(2 << 20))", small="open('/tmp/small', 'w')"),
                   file_mb=1)  # fmt: skip

    assert found["large"] == "OSError"
    assert "TextIOWrapper" in found["small"]


@at(FULL)
def test_what_it_sees_of_the_disk_is_libraries_its_submission_and_five_devices(inside, spy):
    found = inside(tries("os", devices="sorted(os.listdir('/dev'))", etc="os.listdir('/etc')",
                         proc="os.listdir('/proc')", own="os.listdir('/submission')",
                         device="os.open('/dev/null', os.O_RDWR)"))  # fmt: skip

    assert found["devices"] == "['full', 'null', 'random', 'urandom', 'zero']"
    assert (found["etc"], found["proc"], found["own"]) == ("['ld.so.cache']", "[]", "['problem1.py']")
    assert found["device"].isdigit()


# ---- the network, programs, other processes ----


@at(FULL, PARTIAL)
def test_it_has_no_sockets(inside):
    families = ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET")

    found = inside(tries("socket, asyncio", **{name: f"socket.socket(socket.{name})" for name in families},
                         pair="socket.socketpair()", name="socket.getaddrinfo('localhost', 80)",
                         raw="socket.socket(socket.AF_INET, socket.SOCK_RAW)"))  # fmt: skip

    assert set(found.values()) <= {"PermissionError", "gaierror"}, found


@at(FULL, PARTIAL)
def test_it_starts_no_program(inside):
    ways = {
        "exec": "os.execv('/bin/true', ['true'])",
        "python": f"os.execv({sys.executable!r}, ['python', '-c', ''])",
        "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
        "run": "subprocess.run(['true'])",
        "library": "os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/true'])",
        "memory": "os.execve(os.memfd_create('x'), ['x'], {})",
    }

    found = inside(tries("os, subprocess", shell="1 / (os.system('true') == 0)", **ways))

    assert found.pop("shell") == "ZeroDivisionError"
    assert set(found.values()) <= {"PermissionError", "FileNotFoundError"}, found


@at(FULL, PARTIAL)
def test_it_reaches_no_other_process(inside, zygote, submit):
    with_another = Worker(zygote, submit(), Limits())
    try:
        with_another.load("problem1.py")
        others = {"judge": os.getpid(), "zygote": zygote.source.process.pid, "worker": with_another.process.pid}

        found = inside(
            tries(
                "os, resource",
                **{f"kill_{name}": f"os.kill({pid}, 9)" for name, pid in others.items()},
                **{f"group_{name}": f"os.killpg({pid}, 9)" for name, pid in others.items()},
                **{f"limit_{name}": f"resource.prlimit({pid}, resource.RLIMIT_CPU, (1, 1))"
                   for name, pid in others.items()},
                everybody="os.kill(-1, 9)",
                parent="os.kill(os.getppid(), 19)",
            )
        )  # fmt: skip

        # A pid of ours may be that of a process of its own: then there is nobody there.
        assert found.pop("parent") in ("PermissionError", "None")
        assert set(found.values()) <= {"PermissionError", "ProcessLookupError"}, found
        assert list(with_another.calls([("total", [np.ones(3)])])) == [3.0]
    finally:
        with_another.close()


@at(FULL)
def test_it_has_namespaces_of_its_own_and_no_network_but_itself(zygote, submit):
    kinds = ("mnt", "pid", "net", "ipc")
    worker = Worker(zygote, submit(), Limits())
    try:
        worker.load("problem1.py")
        own = {kind: read_link(f"/proc/self/ns/{kind}") for kind in kinds}
        [second] = Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children").read_text().split()
        theirs = {kind: read_link(f"/proc/{worker.process.pid}/ns/{'pid_for_children' if kind == 'pid' else kind}")
                  for kind in kinds}  # fmt: skip
        interfaces = [line.partition(":")[0].strip() for line in
                      Path(f"/proc/{second}/net/dev").read_text().splitlines()[2:]]  # fmt: skip
    finally:
        worker.close()

    assert [kind for kind in kinds if own[kind] == theirs[kind]] == []
    assert interfaces == ["lo"]
    assert [path for path in Path("/proc").glob("[0-9]*/ns/pid") if read_link(path) == theirs["pid"]] == []


@at(FULL, PARTIAL)
def test_the_kernel_itself_says_what_it_has_given_up(zygote, submit):
    worker = Worker(zygote, submit(), Limits())
    try:
        worker.load("problem1.py")
        children = Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children").read_text().split()
        status = Path(f"/proc/{children[0] if children else worker.process.pid}/status").read_text()
    finally:
        worker.close()

    said = dict(line.split(":\t", 1) for line in status.splitlines())
    assert (said["NoNewPrivs"], said["Seccomp"]) == ("1", "2")
    assert {int(said[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
    if zygote.level() == FULL or os.geteuid() == 0:  # elsewhere it takes a capability to give up what nobody has
        assert int(said["CapBnd"], 16) == 0
    if zygote.level() == FULL:
        assert "0" not in said["Uid"].split()


# Numbers on x86_64 and aarch64, written down a second time: the filter's own table is what is tested.
CALLS = {
    "execve": (59, 221), "ptrace": (101, 117), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "fsopen": (430, 430), "bpf": (321, 280),
    "perf_event_open": (298, 241), "io_uring_setup": (425, 425), "keyctl": (250, 219), "add_key": (248, 217),
    "userfaultfd": (323, 282), "setuid": (105, 146), "setresuid": (117, 147), "setgroups": (116, 159),
    "process_vm_readv": (310, 270), "pidfd_open": (434, 434), "open_by_handle_at": (304, 265), "mknodat": (259, 33),
    "socket": (41, 198), "connect": (42, 203), "init_module": (175, 105), "personality": (135, 92),
    "memfd_create": (319, 279), "quotactl_fd": (443, 443), "open_tree_attr": (467, 467),
}  # fmt: skip
COLUMN = ("x86_64", "aarch64").index(os.uname().machine) if os.uname().machine in ("x86_64", "aarch64") else 0


@at(FULL, PARTIAL)
def test_system_calls_that_open_doors_are_refused_by_number(inside):
    numbers = {name: pair[COLUMN] for name, pair in CALLS.items()}

    # 0xffff: a flag, a pointer and a descriptor that nobody has; ours would say EINVAL, EFAULT or EBADF of it.
    found = inside(f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        found = {{}}
        for name, number in {numbers!r}.items():
            ctypes.set_errno(0)
            result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0xffff)] * 5)
            found[name] = ctypes.get_errno() if result == -1 else 0
        return found
        """)

    assert {name: error for name, error in found.items() if error != errno.EPERM} == {}


@at(PARTIAL)
def test_the_kernel_signals_nobody_on_its_behalf(inside):
    found = inside(f"""
        import fcntl, os, struct
        found = {{}}
        read, write = os.pipe()
        for name, number, value in (("owner", 8, {os.getpid()}), ("signal", 10, 9), ("owner_ex", 15, bytes(8))):
            try:
                fcntl.fcntl(read, number, value)
                found[name] = "done"
            except OSError as error:
                found[name] = type(error).__name__
        for name, number in (("of_a_pipe", 0x8901), ("of_a_socket", 0x8902)):
            try:
                fcntl.ioctl(read, number, struct.pack("i", {os.getpid()}))
                found[name] = "done"
            except OSError as error:
                found[name] = type(error).__name__
        found["flags"] = fcntl.fcntl(read, fcntl.F_GETFL)
        return found
        """)

    assert found.pop("flags") >= 0
    assert set(found.values()) == {"PermissionError"}, found


@at(FULL, PARTIAL)
def test_no_new_namespace_comes_from_clone_or_clone3(inside):
    clone = {"x86_64": 56, "aarch64": 220}[("x86_64", "aarch64")[COLUMN]]
    flags = {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000, "time": 0x80}

    found = inside(f"""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        found = {{}}
        for name, flag in {flags!r}.items():
            result = libc.syscall(ctypes.c_long({clone}), ctypes.c_ulong(flag | 17), *[ctypes.c_ulong(0)] * 4)
            if result == 0:
                os._exit(0)
            found[name] = ctypes.get_errno() if result == -1 else 0
        arguments = (ctypes.c_uint64 * 11)(0x10000000)
        result = libc.syscall(ctypes.c_long(435), ctypes.byref(arguments), ctypes.c_size_t(88))
        if result == 0:
            os._exit(0)
        found["clone3"] = ctypes.get_errno() if result == -1 else 0
        return found
        """)

    assert found.pop("clone3") == errno.ENOSYS
    assert found == dict.fromkeys(flags, errno.EPERM)


# ---- processes ----

FORKS = """
    import os, time
    made = 0
    try:
        while made < 100:
            if os.fork() == 0:
                os.closerange(0, 10)
                time.sleep(100)
                os._exit(0)
            made += 1
    except BlockingIOError:
        pass
    return made
    """


@at(FULL)
@pytest.mark.usefixtures("nothing_left_behind")
def test_it_has_no_more_processes_than_the_limit_and_none_survives_it(inside):
    # One of the sixteen is the worker itself.
    assert inside(FORKS, processes=16) == 15


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_where_memory_runs_out_it_goes_before_all_others(zygote, submit):
    worker = Worker(zygote, submit(), Limits())
    try:
        worker.load("problem1.py")
        own = Path("/proc", str(worker.process.pid))
        started = (own / "task" / str(worker.process.pid) / "children").read_text().split()
        scores = [Path("/proc", pid, "oom_score_adj").read_text().strip() for pid in (own.name, *started)]
    finally:
        worker.close()

    assert scores == ["1000"] * (2 if zygote.level() == FULL else 1)
    assert Path("/proc", str(zygote.source.process.pid), "oom_score_adj").read_text() != "1000\n"


@at(FULL)
@pytest.mark.usefixtures("nothing_left_behind")
def test_threads_count_as_processes(inside):
    made = inside("""
        import threading
        threads = []
        try:
            for _ in range(100):
                threads.append(threading.Thread(target=threading.Event().wait, daemon=True))
                threads[-1].start()
        except RuntimeError:
            threads.pop()
        return len(threads)
        """, processes=16)  # fmt: skip

    assert made == 15


@at(FULL)
def test_the_processes_of_one_worker_are_none_of_anothers(zygote, submit, inside):
    body = textwrap.indent(textwrap.dedent(FORKS), "    ")
    greedy = Student(zygote, submit({"problem1.py": f"def spend():\n{body}"}), "problem1.py", Limits(processes=16), ())

    with greedy as student:
        assert student.function("spend")() == 15
        others = inside(FORKS, processes=16)

    assert others == 15


@at(FULL)
@pytest.mark.usefixtures("nothing_left_behind")
def test_a_bomb_of_processes_ends_at_the_deadline(inside):
    bomb = """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """
    start = time.monotonic()

    with pytest.raises(StudentFault) as ended:
        inside(bomb, processes=16, seconds=0.3)

    assert ended.value.fault.status is Status.TIMED_OUT
    assert time.monotonic() - start < 3


@pytest.mark.usefixtures("nothing_left_behind")
def test_a_daemon_does_not_outlive_its_problem(inside):
    daemon = """
        import os, signal, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                    signal.signal(number, signal.SIG_IGN)
                os.closerange(0, 100)
                time.sleep(100)
            os._exit(0)
        time.sleep(0.05)
        return 1
        """

    assert inside(daemon) == 1


# ---- what has to work ----

COMPUTES = {
    "numpy": """
        import numpy as np
        a = np.random.default_rng(1).normal(size=(40, 40))
        assert np.allclose(np.linalg.inv(a) @ a, np.eye(40))
        assert np.allclose(np.fft.ifft(np.fft.fft(a)).real, a)
        return float(np.linalg.svd(a)[1][0]) > 0
        """,
    "scipy": """
        import numpy as np
        from scipy import linalg, optimize, special, stats
        assert abs(optimize.minimize(lambda x: ((x - 3) ** 2).sum(), np.zeros(2)).x - 3).max() < 1e-3
        assert np.allclose(linalg.expm(np.zeros((2, 2))), np.eye(2))
        return bool(special.logsumexp([0.0, 0.0]) > stats.norm.cdf(0))
        """,
    "torch": """
        import torch
        from torch import nn
        x = torch.ones(8, 1, 12, 12, requires_grad=True)
        net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(400, 3))
        optimizer = torch.optim.Adam(net.parameters())
        for _ in range(3):
            optimizer.zero_grad()
            net(x).square().sum().backward()
            optimizer.step()
        a = torch.randn(300, 300, dtype=torch.float64)
        assert torch.allclose(torch.linalg.solve(a, a @ a), a, atol=1e-6)
        return x.grad.shape == x.shape and torch.get_num_threads() == 1
        """,
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(int, range(10))) == 45
        """,
}
FILES = """
    import tempfile
    import numpy as np
    with tempfile.TemporaryDirectory() as folder:
        np.save(folder + "/a.npy", np.arange(3))
        return int(np.load(folder + "/a.npy").sum()) == 3
    """


@pytest.fixture(scope="session")
def with_torch() -> Iterator[dict[str, Zygote]]:
    """A zygote with torch for each of the better levels."""
    with contextlib.ExitStack() as stack:
        yield {level: stack.enter_context(Zygote(("numpy", "torch"), level)) for level in (FULL, PARTIAL)}


@at(FULL, PARTIAL)
@pytest.mark.parametrize("library", COMPUTES)
def test_libraries_work_inside(inside, library, zygote, with_torch):
    on = with_torch[zygote.level()] if library == "torch" else zygote

    # What torch.optim imports takes seconds from a cold disk; a loop that hangs is ended all the same.
    assert inside(COMPUTES[library], on=on, seconds=60) is True


@at(FULL)
def test_files_can_be_used_in_the_scratch_folder(inside):
    assert inside(FILES) is True


@at(PARTIAL)
def test_without_namespaces_there_is_no_scratch_folder(inside):
    with pytest.raises(StudentFault, match="No usable temporary directory"):
        inside(FILES)


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_what_is_not_installed_is_a_plain_fault(graded, right):
    report = graded({"problem1.py": "import a_library_that_nobody_has\n" + right["problem1.py"]})

    first = report.parts[0]
    assert first.status is Status.RAISED
    assert first.feedback.startswith("ModuleNotFoundError: No module named 'a_library_that_nobody_has'")


# ---- submissions that are not ours to read, graders that are not root ----


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_a_submission_that_only_its_owner_may_read_is_graded(graded, submit):
    folder = submit({"data/table.txt": "3 4"})
    os.mkfifo(folder / "pipe")
    for path in (folder / "problem1.py", folder / "data/table.txt"):
        path.chmod(0o600)
    for path in (folder / "data", folder):
        path.chmod(0o700)

    report = graded({})

    assert (report.score, report.max_score) == (17, 17)


@at(FULL)
def test_a_closed_submission_that_is_too_large_to_be_copied_is_a_fault_of_it(outcome, submit, zygote):
    folder = submit()
    with (folder / "weights.bin").open("wb") as weights:
        weights.truncate(wire.MAX_COPIED)
    (folder / "weights.bin").chmod(0o600)

    report, errors = outcome({})
    (folder / "weights.bin").chmod(0o644)
    opened, _ = outcome({})

    assert errors == []
    if os.geteuid() == 0:
        judged = [part for part in report.parts if part.status is not Status.PENDING]
        assert {part.status for part in judged} == {Status.UNREADABLE}
        assert "more than 64 MiB" in judged[0].feedback
        assert "chmod" in judged[0].feedback
    else:  # it is the grader's own, who reads it where it is
        assert report.score == 17
    assert opened.score == 17


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_a_submission_is_found_through_links_above_it(assignment, zygote, submit, tmp_path):
    submit(name="real/handed_in")
    (tmp_path / "linked").symlink_to("real")

    report, errors = grade(assignment, Submission(tmp_path / "linked" / "handed_in"), zygote)

    assert (report.score, errors) == (17, [])


# Grades as somebody without any privilege. Folders that this user cannot enter are covered, in a mount namespace of
# its own, by empty ones in which only what is needed is found again.
AS_SOMEBODY = """
import ctypes, os, sys
from pathlib import Path
needed, somebody = [Path(path) for path in sys.argv[2:]], 12345
if os.geteuid() == 0:
    from grader.worker import kernel
    assert ctypes.CDLL(None).unshare(0x20000) == 0
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    held = {path: os.open(path, os.O_PATH) for path in needed}
    for path in needed:
        for above in reversed(path.parents):
            if above.exists() and not above.stat().st_mode & 1:
                kernel.mount("tmpfs", str(above), "tmpfs", 0, "mode=755")
    for path, descriptor in held.items():
        if not path.exists():
            path.mkdir(parents=True)
            kernel.mount(f"/proc/self/fd/{descriptor}", str(path), "", kernel.MS_BIND | kernel.MS_REC)
    os.setgroups([])
    os.setresgid(somebody, somebody, somebody)
    os.setresuid(somebody, somebody, somebody)
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1], *map(str, needed)])
"""
GRADES = """
import os, sys
from pathlib import Path
from grader.assignment import Assignment
from grader.course import Course
from grader.grading import grade
from grader.sandbox.zygote import Zygote
from grader.submission import Submission
here = Path(sys.argv[-1])
with Zygote() as zygote:
    report, errors = grade(Assignment(Course(here / "course"), "tiny"), Submission(here / "handed_in"), zygote)
    print(os.geteuid(), zygote.level(), report.score, errors, zygote.missing)
"""


@at(FULL)
def test_who_is_not_root_has_full_isolation_too(course, submit, tmp_path, zygote):
    submit()
    for folder in (tmp_path, tmp_path / "cache"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    ours = Path(grader.__file__).parents[1]
    needed = [str(Path(path).resolve()) for path in (sys.base_prefix, sys.prefix, ours, tmp_path)]

    done = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY, GRADES, *needed], capture_output=True, text=True, timeout=60, check=False,
        cwd="/", env={"GRADER_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ours), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    user, *said = done.stdout.split() or [""]
    assert user != "0"
    assert said == [zygote.level(), "17.0", "[]"], done.stdout + done.stderr
