"""What computing on a GPU takes of the machine: the driver's device nodes, to be written to, and its folders."""

import glob
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# Patterns, so that every card is found.
NODES = ("/dev/nvidia[0-9]*", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
FOLDERS = ("/usr/local/cuda*/lib64", "/usr/local/nvidia", "/proc/driver/nvidia")


class Gpu(NamedTuple):
    """Device nodes and folders beyond what every worker sees; nothing where there is no GPU, or none is wanted."""

    nodes: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()

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
