"""What computing on a GPU takes of the machine: the driver's device nodes, to be written to, and what it reads.

What it reads beside its own folders is what other sandboxes found cuInit to fail without, error 304: the machine's
devices as the system lists them, and what the process itself is. It names its threads in /proc/self/task/*/comm (from
driver 570 on) and fails where it may not.
"""

import glob
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# Patterns, so that every card is found.
NODES = (
    "/dev/nvidia[0-9]*", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools",
    "/dev/nvidia-caps/nvidia-cap[0-9]*",  # parts of a card
    "/dev/dxg",  # WSL's
)  # fmt: skip
FOLDERS = (
    "/usr/local/cuda*/lib64", "/usr/local/cuda*/compat", "/usr/local/nvidia",
    "/proc/driver/nvidia", "/proc/driver/nvidia-uvm", "/proc/devices", "/proc/modules", "/proc/cpuinfo",
    "/proc/sys/vm/mmap_min_addr",
    "/sys/devices", "/sys/bus/pci", "/sys/module/nvidia*",
)  # fmt: skip
PROC = Path("/proc")
# Where a process is seen, and where it names its threads.
ITSELF, ITS_THREADS = PROC / "self", PROC / "self" / "task"


class Gpu(NamedTuple):
    """Device nodes, and folders and files, beyond what every worker sees; nothing where there is no GPU, or none is
    wanted."""

    nodes: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()

    @property
    def readable(self) -> list[Path]:
        """What is read."""
        return [*self.folders, *([ITSELF] if self.nodes else [])]

    @property
    def writable(self) -> list[Path]:
        """What is written to."""
        return [*self.nodes, *([ITS_THREADS] if self.nodes else [])]

    @property
    def paths(self) -> list[str]:
        """All of them, for the report: what is open to the student's code."""
        return [str(path) for path in (*self.nodes, *self.folders)]


NO_GPU = Gpu()


def present(seen: Iterable[Path]) -> Gpu:
    """The GPU of this machine. `seen` are folders that workers see anyway: what lies in them is left out."""
    nodes = tuple(path for path in _found(NODES) if stat.S_ISCHR(path.stat().st_mode))
    if not nodes:
        return NO_GPU
    folders = [path for path in _found(FOLDERS) if not any(path.is_relative_to(folder) for folder in seen)]
    return Gpu(nodes, tuple(folders))


def _found(patterns: Iterable[str]) -> list[Path]:
    """What there is, where it really is: the loader goes by that."""
    names = [name for pattern in patterns for name in sorted(glob.glob(pattern))]  # noqa: PTH207 - absolute patterns
    return list(dict.fromkeys(path for name in names if (path := Path(name).resolve()).exists()))
