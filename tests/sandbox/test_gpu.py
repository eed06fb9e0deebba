"""A GPU's device nodes and its driver are open to workers that compute with torch, and to nobody else; who opens them
says so, and that they compute on it is found out by trying. Stand-ins are used where there is no GPU; where there is
one, it has to compute, and what stands in its way is named."""

import fnmatch
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grader.errors import StudentFault
from grader.model import Limits
from grader.sandbox import bootstrap
from grader.sandbox.student import Student
from grader.sandbox.tensors import Torch
from grader.sandbox.zygote import Zygote
from grader.worker import gpu
from grader.worker.levels import FULL, LEVELS, PARTIAL, PROCESS_ONLY

# Two nodes that every Linux has: one that workers read, but may not write to or control, and one they do not see.
NODES = ("/dev/urandom", "/dev/tty")
MUCH = 16 << 30
COUNT_ENTROPY = 0x80045200  # a control of /dev/urandom that everybody may use

SPY = f"""
import fcntl, os

def nodes():
    return [os.path.exists(node) for node in {NODES!r}]

def control():
    node = os.open({NODES[0]!r}, os.O_RDWR)
    return int.from_bytes(fcntl.ioctl(node, {COUNT_ENTROPY}, bytes(4)), "little")

def read(path):
    return open(path).read()

def names_a_thread():
    import threading
    seen, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (seen.set(), done.wait()))
    thread.start()
    seen.wait()
    try:
        with open(f"/proc/self/task/{{thread.native_id}}/comm", "w") as comm:
            comm.write("cuda")
        return open(f"/proc/self/task/{{thread.native_id}}/comm").read().strip()
    finally:
        done.set()

def memory_file():
    return os.close(os.memfd_create("cuda"))

def own_socket():
    import socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as own:
        own.bind("\\0cuda-uvmfd-" + str(os.getpid()))
        own.listen()

def other_socket(family, kind):
    import socket
    socket.socket(family, kind).close()

def connected():
    import socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as own:
        own.connect("\\0somebody")

def processes():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdecimal())

def write(path):
    open(path, "w").write("x")

def reserved(bytes):
    import mmap
    return len(mmap.mmap(-1, bytes, prot=0))  # address space and nothing in it

def allocated(bytes):
    return len(bytearray(bytes))
"""


@pytest.fixture
def driver(tmp_path) -> Path:
    """A folder as a driver has one; that is reached by a link, too."""
    (tmp_path / "driver-12").mkdir()
    (tmp_path / "driver-12" / "libcuda").write_text("a library")
    (tmp_path / "driver").symlink_to("driver-12")
    return tmp_path / "driver"


@pytest.fixture
def handed_in(tmp_path) -> Path:
    (tmp_path / "handed_in").mkdir()
    (tmp_path / "handed_in" / "problem1.py").write_text(SPY)
    return tmp_path / "handed_in"


@pytest.fixture
def patched(monkeypatch):
    """`patched(code, preload, level)` is a zygote in which this code is run before it gets ready."""
    plain = bootstrap._BOOTSTRAP

    def zygote(code: str, preload: tuple[str, ...], level: str) -> Zygote:
        monkeypatch.setattr(bootstrap, "_BOOTSTRAP", plain.replace("\nmain(", f"\n{code}\nmain("))
        return Zygote(preload, level)

    return zygote


@pytest.fixture
def with_gpu(patched, driver):
    """`with_gpu(nodes, preload, level)` is a zygote on a machine that has these nodes, and the driver's folder."""

    def zygote(nodes: tuple[str, ...], preload: tuple[str, ...], level: str, more: str = "") -> Zygote:
        folders = (f"{driver}*", *(name for name in gpu.FOLDERS if name.startswith(("/proc", "/sys"))))
        code = f"from grader.worker import gpu\ngpu.NODES, gpu.FOLDERS = {nodes!r}, {folders!r}\n{more}"
        return patched(code, preload, level)

    return zygote


@pytest.mark.parametrize("level", LEVELS)
def test_where_torch_is_loaded_a_gpu_is_open(with_gpu, handed_in, driver, level):
    library = driver.resolve() / "libcuda"

    with with_gpu(NODES, ("numpy", "torch"), level) as zygote:
        assert zygote.level() == level or zygote.missing
        assert zygote.opened[:3] == (*NODES, str(driver.resolve()))
        assert zygote.devices == ("cpu",), "these are nodes, and no GPU"
        with Student(zygote, handed_in, "problem1.py", Limits(memory_mb=512), ()) as student:
            assert student.function("nodes")() == [True, True]
            assert student.function("control")() >= 0
            assert student.function("read")(str(library)) == "a library"
            # A driver reserves more than there is; what is used is limited all the same.
            assert student.function("reserved")(MUCH) == MUCH
            with pytest.raises(StudentFault, match="MemoryError"):
                student.function("allocated")(MUCH)
            if zygote.level() != PROCESS_ONLY:
                with pytest.raises(StudentFault, match=r"OSError|PermissionError"):
                    student.function("write")(str(library))

    assert library.read_text() == "a library" or zygote.level() == PROCESS_ONLY


@pytest.mark.parametrize("level", [FULL, PARTIAL])
def test_what_a_driver_needs_beside_its_nodes_is_there_and_no_more(with_gpu, handed_in, level):
    with with_gpu(NODES, ("numpy", "torch"), level) as zygote:
        if zygote.level() != level:
            assert zygote.missing
            return
        with Student(zygote, handed_in, "problem1.py", Limits(memory_mb=512), ()) as student:
            call = {name: student.function(name) for name in ("names_a_thread", "memory_file", "own_socket", "read")}
            assert call["names_a_thread"]() == "cuda"
            assert "VmSize" in call["read"]("/proc/self/status")
            assert "Character devices" in call["read"]("/proc/devices")
            assert call["read"]("/proc/sys/vm/mmap_min_addr").strip().isdecimal()
            assert call["read"]("/sys/devices/system/cpu/online")
            assert call["memory_file"]() is None
            assert call["own_socket"]() is None
            for kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_STREAM)):
                with pytest.raises(StudentFault, match="PermissionError"):
                    student.function("other_socket")(*map(int, kind))
            with pytest.raises(StudentFault, match="PermissionError"):
                student.function("connected")()
            for path in ("/proc/sys/kernel/hostname", "/proc/self/oom_score_adj", "/sys/devices/system/cpu/online"):
                with pytest.raises(StudentFault, match=r"OSError|PermissionError"):
                    student.function("write")(path)
            with pytest.raises(StudentFault, match=r"PermissionError|FileNotFoundError"):
                call["read"]("/proc/1/environ")
            if level == FULL:
                assert student.function("processes")() == [1, 2]


@pytest.mark.parametrize("level", [FULL, PARTIAL])
@pytest.mark.parametrize(
    ("nodes", "preload"),
    [
        pytest.param(NODES, ("numpy",), id="no torch"),
        pytest.param(("/dev/no_such_node[0-9]",), ("numpy", "torch"), id="no gpu"),
        pytest.param((str(Path(__file__)),), ("numpy", "torch"), id="no device"),
    ],
)
def test_else_nothing_is_opened(with_gpu, handed_in, driver, nodes, preload, level):
    with with_gpu(nodes, preload, level) as zygote:
        given = zygote.level()
        assert (zygote.opened, zygote.devices) == ((), ("cpu",))
        with Student(zygote, handed_in, "problem1.py", Limits(memory_mb=512), ()) as student:
            seen, unseen = student.function("nodes")()
            with pytest.raises(StudentFault, match="memory"):
                student.function("reserved")(MUCH)
            if given != PROCESS_ONLY:
                refused = [("control", ()), ("names_a_thread", ()), ("memory_file", ()), ("own_socket", ())]
                for name, arguments in (*refused, ("read", (str(driver / "libcuda"),)), ("read", ("/proc/devices",))):
                    with pytest.raises(StudentFault, match=r"OSError|PermissionError|FileNotFoundError"):
                        student.function(name)(*arguments)

    assert seen
    assert unseen is (given != FULL)  # names can be asked for without namespaces


def test_a_gpu_is_every_card_and_what_is_seen_anyway_is_not_counted(monkeypatch, tmp_path):
    (tmp_path / "nvidia0").symlink_to("/dev/null")
    (tmp_path / "nvidia17").symlink_to("/dev/zero")
    (tmp_path / "nvidia-control").write_text("")
    for name in ("lib", "other"):
        (tmp_path / name / "cuda").mkdir(parents=True)
    monkeypatch.setattr(gpu, "NODES", (f"{tmp_path}/nvidia[0-9]*", f"{tmp_path}/nvidia-control"))
    monkeypatch.setattr(gpu, "FOLDERS", (f"{tmp_path}/*/cuda", f"{tmp_path}/other/cuda"))

    found = gpu.present([tmp_path / "lib"])

    assert found.paths == ["/dev/null", "/dev/zero", str(tmp_path / "other" / "cuda")]


def test_the_nodes_of_the_driver_are_looked_for():
    names = ["/dev/nvidia0", "/dev/nvidia12", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"]

    assert all(any(fnmatch.fnmatch(name, pattern) for pattern in gpu.NODES) for name in names)
    assert not any(fnmatch.fnmatch("/dev/nvidia-modeset", pattern) for pattern in gpu.NODES)


COMPUTES = "from grader.worker import zygote\nzygote._has_cuda, zygote._compute = lambda _: True, compute"
TRIES = {
    "nothing is said": ("pass", ""),
    "an error": ("raise OSError('no such luck')", "cuda: OSError: no such luck"),
    "it dies": ("os.kill(os.getpid(), 11)", "cuda: the process ended with status 11"),
}


@pytest.mark.parametrize("level", [FULL, PARTIAL])
@pytest.mark.parametrize("name", TRIES)
def test_that_workers_compute_on_a_gpu_is_found_out_by_trying(with_gpu, name, level):
    does, said = TRIES[name]
    compute = f"import os\ndef compute(torch):\n    {does}\n{COMPUTES}"

    with with_gpu(NODES, ("numpy", "torch"), level, compute) as zygote:
        zygote.level()

        assert zygote.devices == (("cpu",) if said else ("cpu", "cuda"))
        assert said in zygote.missing
        assert ("cuda: " in zygote.missing) == bool(said)


# ---- a GPU that is there ----

# What keeps a worker in, and what it takes to leave that out.
KEEPS_IN = {
    "a system call that seccomp refuses": "from grader.worker import seccomp\nseccomp.refuse = lambda **_: None",
    "a path that Landlock refuses": "from grader.worker import landlock\n"
    "landlock.version, landlock.restrict = lambda: 0, lambda *_: None",
    "a limit": "from grader.worker import lockdown\nlockdown.limit = lockdown.limit_resources = lambda *_, **__: None",
    "a path of /sys": "from grader.worker import gpu\ngpu.FOLDERS += ('/sys',)",
    "another node of /dev": "from grader.worker import gpu\ngpu.NODES += ('/dev/*', '/dev/*/*')",
    "a path of /proc": "from grader.worker import gpu, lockdown\ngpu.FOLDERS += ('/proc',)\n"
    "lockdown.PROC, gpu.ITS_THREADS = gpu.Path('/nowhere'), gpu.Path('/proc')",
    "a path of /etc, /opt, /run, /usr or /var": "from grader.worker import gpu\n"
    "gpu.FOLDERS += ('/etc', '/opt', '/run', '/usr', '/var')",
}


def refused(patched, level: str, first: str = "", tried: Mapping[str, str] = KEEPS_IN) -> list[str]:
    """What a GPU cannot do without: each thing that, left out by itself, lets workers compute; else whether all do."""
    found = []
    for what, code in {**tried, "several of these together": "\n".join(tried.values())}.items():
        with patched(f"{first}\n{code}", ("numpy", "torch"), level) as zygote:
            if zygote.level() == level and "cuda" in zygote.devices:
                found.append(what)
    return found or ["nothing that keeps a worker in: try without any of it"]


def test_what_a_gpu_cannot_do_without_is_named(patched):
    # A driver that needs a file of /etc.
    needs = "def compute(torch):\n    open('/etc/hosts').close()\n"
    driver = f"from grader.worker import gpu\ngpu.NODES = {NODES!r}\n{needs}{COMPUTES}"

    with patched(driver, ("numpy", "torch"), FULL) as zygote:
        if zygote.level() != FULL:
            assert zygote.missing
            return
        assert "/etc/hosts" in zygote.missing

    limit, path = "a limit", "a path of /etc, /opt, /run, /usr or /var"
    found = refused(patched, FULL, driver, {what: KEEPS_IN[what] for what in (limit, path)})
    assert found == [path, "several of these together"]


CARDS = gpu.present([]).nodes
needs_a_gpu = pytest.mark.skipif(
    not CARDS or not torch.version.cuda, reason="deferred: no NVIDIA device node, or torch for CPUs"
)

ON_A_CARD = """
import torch

def product(a):
    return a @ a

def solution(a):
    return torch.linalg.solve(a, a[0])

def factors(a):
    return torch.linalg.svdvals(a)

def convolution(a):
    return torch.nn.functional.conv2d(a[None, None], a[None, None, :2, :2])[0, 0]

def slope(a):
    return (torch.sin(a) @ a).sum()

def draws(a):
    return torch.rand(3, device=a.device, generator=torch.Generator(a.device).manual_seed(1))
"""


@needs_a_gpu
@pytest.mark.parametrize("level", LEVELS)
def test_a_gpu_computes(patched, tmp_path, level):
    (tmp_path / "problem1.py").write_text(ON_A_CARD)
    names = ("product", "solution", "factors", "convolution", "slope", "draws")
    matrix = np.random.default_rng(0).standard_normal((8, 8))
    exact: dict[str, Any] = {}
    exec(ON_A_CARD, exact)

    with Zygote(("numpy", "torch"), level) as zygote:
        given = zygote.level()
        if "cuda" not in zygote.devices:
            pytest.fail(f"no CUDA at {given} ({zygote.missing}): it needs {'; or '.join(refused(patched, given))}")
        assert set(map(str, CARDS)) <= set(zygote.opened)
        limits, takes = Limits(seconds=60, cpu_seconds=120), Torch(frozenset(names), "cuda")
        with Student(zygote, tmp_path, "problem1.py", limits, (), takes) as student:
            for name in names[:-1]:
                found = student.function(name)(matrix)
                assert found.device.startswith("cuda"), name
                right = exact[name](torch.from_numpy(matrix)).numpy()
                np.testing.assert_allclose(found.array, right, rtol=1e-9, atol=1e-9, err_msg=name)
            first, again = (student.function("draws")(matrix).array for _ in range(2))
            assert np.array_equal(first, again)
            (found,) = student.vjp("slope", [[matrix]], [np.array(1.0)], [0])
    leaf = torch.from_numpy(matrix).requires_grad_(True)
    exact["slope"](leaf).backward()
    np.testing.assert_allclose(found[1][0].array, leaf.grad.numpy(), rtol=1e-9, atol=1e-9)


@needs_a_gpu
def test_without_torch_the_nodes_are_nobodys(handed_in, tmp_path):
    (tmp_path / "problem1.py").write_text("import os\n\ndef seen(path):\n    return os.access(path, os.R_OK)\n")
    with Zygote(("numpy",), FULL) as zygote:
        given = zygote.level()
        assert (zygote.opened, zygote.devices) == ((), ("cpu",))
        with Student(zygote, tmp_path, "problem1.py", Limits(), ()) as student:
            seen = [student.function("seen")(str(card)) for card in CARDS]
    assert not any(seen) or given != FULL
