"""A GPU's device nodes and its driver are open to workers that compute with torch, and to nobody else; who opens them
says so. Stand-ins for both are used, so that no GPU is needed."""

import fnmatch
from pathlib import Path

import pytest
import torch

from grader.errors import StudentFault
from grader.model import Limits
from grader.sandbox import bootstrap
from grader.sandbox.student import Student
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
def with_gpu(monkeypatch, driver):
    """`with_gpu(nodes, preload, level)` is a zygote on a machine that has these nodes, and the driver's folder."""

    def zygote(nodes: tuple[str, ...], preload: tuple[str, ...], level: str) -> Zygote:
        patched = f"\nfrom grader.worker import gpu\ngpu.NODES, gpu.FOLDERS = {nodes!r}, ({f'{driver}*'!r},)\nmain("
        monkeypatch.setattr(bootstrap, "_BOOTSTRAP", bootstrap._BOOTSTRAP.replace("\nmain(", patched))
        return Zygote(preload, level)

    return zygote


@pytest.mark.parametrize("level", LEVELS)
def test_where_torch_is_loaded_a_gpu_is_open(with_gpu, handed_in, driver, level):
    library = driver.resolve() / "libcuda"

    with with_gpu(NODES, ("numpy", "torch"), level) as zygote:
        assert zygote.level() == level or zygote.missing
        assert zygote.opened == (*NODES, str(driver.resolve()))
        assert zygote.devices == (("cpu", "cuda") if torch.version.cuda else ("cpu",))
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
                for name, arguments in (("control", ()), ("read", (str(driver / "libcuda"),))):
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
