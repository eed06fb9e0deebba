"""What a worker gives up before it reads the student's first byte. The one place for isolation.

Three levels, of which a machine gets the best that it can give:

    full                     namespaces (user, pid, mount, net, ipc), a root of read-only binds with a small scratch,
                             Landlock where there is one, seccomp, no capabilities
    partial: no namespaces   Landlock, seccomp, no capabilities: as in many containers
    process only             a session and process group of its own

Each has limits on CPU, memory, files and core dumps, no standard input, an environment that is not the user's, and
no descriptor but the channel and the bounded output. Whoever is root becomes a user that nobody else is, where that
one can read what is needed.
"""

import contextlib
import os
import re
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader import wire
from grader.worker import kernel, landlock, root, seccomp
from grader.worker.gpu import NO_GPU, PROC, Gpu
from grader.worker.levels import FULL, LEVELS, PARTIAL, PROCESS_ONLY
from grader.worker.limits import limit, limit_resources, mapped

CHANNEL, REPORT = 3, 4
NOBODY = 65534
# Nobody's numbers, above all that systems and containers hand out: this one plus its pid is a worker's own, where
# its starter is root. The limit on processes counts those of a user, whichever worker they belong to.
OWN_USERS = 1_900_000_000
# Before this version a user namespace did not count its processes for itself.
_COUNTS_BY_NAMESPACE = (5, 14)
_NAMESPACES = ("mount", "pid", "net", "ipc")
# Of what is tried out.
_LIMITS = {"cpu_seconds": 60, "memory_mb": 2048, "file_mb": 16, "scratch_mb": 32, "processes": 64}


@dataclass(frozen=True)
class Start:
    """What a worker is started with: two descriptors, the submission, and limits.

    `limits` holds cpu_seconds, memory_mb, file_mb, scratch_mb and processes; `mapped` is how many bytes of address
    space the libraries take already; `needed` are files that have to be in sight from inside; `gpu` is what
    is opened beyond that.
    """

    channel: int
    output: int
    folder: Path
    limits: Mapping[str, int]
    mapped: int
    needed: tuple[str, ...]
    gpu: Gpu = NO_GPU


Live = Callable[[Path], None]


def best(at_most: str, needed: tuple[str, ...], opened: Gpu = NO_GPU) -> tuple[str, str]:
    """The best level that works here, found by trying, and what is missing for a better one."""
    root.libraries()  # found once, before any worker needs them
    missing: list[str] = []
    for level in LEVELS[LEVELS.index(at_most) : -1]:
        why = refusal(level, needed, opened)
        if not why:
            return level, "; ".join(missing)
        missing.append(f"{level.partition(':')[0]}: {why}")
    return PROCESS_ONLY, "; ".join(missing)


def refusal(level: str, needed: tuple[str, ...], opened: Gpu, live: Live = lambda _: None) -> str:
    """Why a worker cannot be locked down to this level and live; '' when it can."""
    if sys.platform != "linux":
        return f"{sys.platform} has no namespaces, Landlock or seccomp"
    ours, theirs = socket.socketpair()
    said, output = os.pipe()
    try:
        start = Start(theirs.fileno(), output, Path(__file__).parent, _LIMITS, mapped(), needed, opened)
        pid, report = spawn(level, start, live)
        status = true_status(report, os.waitpid(pid, 0)[1])
        os.close(output)
        output = -1
        text = os.read(said, 1000).decode(errors="replace")
        return "" if status == 0 else text or f"the process ended with status {status}"
    except OSError as error:
        return str(error)
    finally:
        ours.close()
        theirs.close()
        os.close(said)
        if output >= 0:
            os.close(output)


def spawn(level: str, start: Start, live: Live) -> tuple[int, int | None]:
    """Starts a worker, which locks itself down and then lives: its pid, and where its true status can be read.

    `live` is given the submission's folder as it is seen from inside. What goes wrong before is said on the output,
    and nothing lives.

    Errors
        OSError when no process can be started.
    """
    if level == FULL:
        return _spawn_first(start, live)
    pid = os.fork()
    if pid == 0:
        _in_child(lambda: _alone(level, start, live))
    return pid, None


def true_status(report: int | None, status: int) -> int:
    """The status that the first process of the namespaces told of its worker; its own where it told nothing."""
    if report is None:
        return status
    told = os.read(report, 4)
    os.close(report)
    return int.from_bytes(told, "big") if told else status


def _in_child(work: Callable[[], None]) -> None:
    """Does what a child is for; nothing returns from here into its parent's code."""
    status = wire.BROKEN
    try:
        work()
        status = 0
    except root.TooLargeError:
        status = wire.TOO_LARGE
    except OSError as error:
        os.write(2, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(status)


# ---- without namespaces ----


def _alone(level: str, start: Start, live: Live) -> None:
    os.setsid()
    _be_the_first_to_go()
    _keep_only(start.channel, start.output)
    readable = [*root.libraries(), *start.gpu.readable, start.folder, *root.DEVICES]
    if os.geteuid() == 0 and all(map(root.reachable_by_others, readable)):
        # Else it stays root, at `partial` without a capability. Alone, it is better started than refused.
        with contextlib.nullcontext() if level == PARTIAL else contextlib.suppress(OSError, AttributeError):
            _become_nobody(os.getpid())
            limit(resource.RLIMIT_NPROC, start.limits["processes"])
    _die_with_parent()
    limit_resources(start.limits, start.mapped, gpu=bool(start.gpu.nodes))
    if level == PARTIAL:
        _give_up_privileges(start.gpu)
        landlock.restrict(readable, [Path(os.devnull), *start.gpu.writable])
        seccomp.refuse(alone=True, gpu=bool(start.gpu.nodes))
    os.chdir(start.folder)
    _see(start.needed)
    live(start.folder)


# ---- with namespaces ----


def _spawn_first(start: Start, live: Live) -> tuple[int, int]:
    """The first process of the new namespaces only waits: to a first process, signals from inside mean nothing."""
    report, write = os.pipe()
    # Asked here: in a new user namespace nobody is anybody until that is said.
    user, group = os.geteuid(), os.getegid()
    try:
        pid = kernel.clone(*([] if user == 0 else ["user"]), *_NAMESPACES)
        if pid == 0:
            _in_child(lambda: _first(start, live, write, user, group))
    except OSError:
        os.close(report)
        raise
    finally:
        os.close(write)
    return pid, report


def _first(start: Start, live: Live, report: int, user: int, group: int) -> None:
    os.setsid()
    _be_the_first_to_go()
    _keep_only(start.channel, start.output, report)
    privileged = user == 0
    # The pid as everybody sees it: here it is 1.
    pid = int(os.readlink("/proc/self"))  # noqa: PTH115
    if not privileged:
        _map_user(user, group)
    libraries = root.libraries()
    hidden = [path / "grader" for path in libraries if (path / "grader").is_dir()]
    shown = (*libraries, *(path for path in start.gpu.folders if not path.is_relative_to(PROC)), *start.gpu.nodes)
    scratch_mb = start.limits["scratch_mb"]
    root.enter(start.folder, shown, hidden, scratch_mb, copied=privileged, proc=bool(start.gpu.nodes))
    if privileged:
        _become_nobody(pid)
    kernel.control(kernel.PR_SET_DUMPABLE, 0)  # where there is a /proc, nobody else looks into this process
    _die_with_parent()
    worker = os.fork()
    if worker == 0:
        _in_child(lambda: _second(start, live, counted=privileged or _kernel() >= _COUNTS_BY_NAMESPACE))
    os.close(CHANNEL)  # so that its end is the worker's end
    ended = 0
    while ended != worker:  # whatever the worker leaves behind becomes a child of this process, too
        ended, status = os.wait()
    os.write(REPORT, status.to_bytes(4, "big"))


def _second(start: Start, live: Live, *, counted: bool) -> None:
    _die_with_parent()
    os.close(REPORT)
    limit_resources(start.limits, start.mapped, gpu=bool(start.gpu.nodes))
    if counted:
        limit(resource.RLIMIT_NPROC, start.limits["processes"] + 1)  # the first process is one of them
    _give_up_privileges(start.gpu)
    if landlock.version():
        landlock.restrict([Path("/")], [root.SCRATCH, Path(os.devnull), *start.gpu.writable])
    seccomp.refuse(alone=False, gpu=bool(start.gpu.nodes))
    os.chdir(root.SUBMISSION)
    _see(start.needed)
    live(root.SUBMISSION)


def _map_user(user: int, group: int) -> None:
    """Lets the caller be itself in its new user namespace; nobody else exists there."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)


# ---- the pieces ----


def _see(files: tuple[str, ...]) -> None:
    """Makes sure that nothing is hidden which a student would then be told to install."""
    for file in files:
        os.stat(file)  # noqa: PTH116 - for what it raises


def adopt_orphans() -> None:
    """From now on processes that a worker leaves behind become children of the caller, who can end them."""
    with contextlib.suppress(OSError, AttributeError):
        kernel.control(kernel.PR_SET_CHILD_SUBREAPER, 1)


def _be_the_first_to_go() -> None:
    """Where memory runs out, this process is ended, and what it starts, before the judge and other people's."""
    with contextlib.suppress(OSError):  # no Linux
        Path("/proc/self/oom_score_adj").write_text("1000")


def _die_with_parent() -> None:
    # After the last change of identity, which would undo it.
    with contextlib.suppress(OSError, AttributeError):
        kernel.control(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _become_nobody(pid: int) -> None:
    """Becomes the user that only the worker of this pid is; the common nobody where there are no such users."""
    kernel.empty_bounding_set()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    own = OWN_USERS + pid
    try:
        os.setresuid(own, own, own)
    except OSError:  # a container with few users
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _give_up_privileges(opened: Gpu) -> None:
    kernel.drop_capabilities()
    kernel.control(kernel.PR_SET_NO_NEW_PRIVS, 1)
    # Of a process that cannot be dumped, what is in /proc is root's: it could not name its threads.
    kernel.control(kernel.PR_SET_DUMPABLE, int(bool(opened.nodes)))


def _keep_only(channel: int, output: int, report: int | None = None) -> None:
    """Leaves an empty standard input, the output twice, the channel, the report if there is one, and nothing else."""
    wanted = [os.open(os.devnull, os.O_RDONLY), output, output, channel] + ([] if report is None else [report])
    # Out of the way first: the descriptors that came in may bear each other's numbers.
    spare = [os.dup2(descriptor, 200 + i, inheritable=False) for i, descriptor in enumerate(wanted)]
    for number, descriptor in enumerate(spare):
        os.dup2(descriptor, number, inheritable=number < CHANNEL)
    os.closerange(len(wanted), max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1024))


def _kernel() -> tuple[int, int]:
    """The version of the kernel; (0, 0) when it has none of the usual form."""
    numbers = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
