"""What a worker sees of the disk: the interpreter, installed packages, the submission, and a scratch folder.

In a mount namespace of its own this becomes its whole world, read-only but for the scratch; elsewhere the same list
is what Landlock lets it read.
"""

import contextlib
import functools
import itertools
import os
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader import wire
from grader.worker.kernel import (
    MS_BIND,
    MS_NOATIME,
    MS_NODEV,
    MS_NODIRATIME,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_RELATIME,
    MS_REMOUNT,
    mount,
    pivot_root,
)

SUBMISSION = Path("/submission")
SCRATCH = Path("/tmp")  # noqa: S108 - of the worker's own root
MAX_FILES = 2_000
# Each takes memory, an empty one too, of which the size of the folder knows nothing.
MAX_SCRATCH_FILES = 10_000
_PAGE = 4096

DEVICES = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]
_LIBRARIES = [Path(path) for path in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")]
_ST_RELATIME = 4096
_GUARD = MS_RDONLY | MS_NOSUID | MS_NODEV


class TooLargeError(Exception):
    """A submission that has to be copied and is too large for that."""


@functools.cache
def libraries() -> tuple[Path, ...]:
    """The folders of the interpreter, of installed packages and of the system's libraries.

    The same for all workers: who asks before forking them saves each the search.
    """
    python = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    python += [Path(sys.base_prefix) / "lib", Path(sys.base_exec_prefix) / "lib"]
    packages = [Path(path) for path in sys.path if path and Path(path).is_dir()]
    return _outermost(path for path in (*python, *packages, *_LIBRARIES) if path.exists())


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths without those that lie beneath another of them."""
    unique = list(dict.fromkeys(paths))
    return tuple(path for path in unique if not any(path != other and path.is_relative_to(other) for other in unique))


def enter(
    folder: Path, shown: Iterable[Path], hidden: list[Path], scratch_mb: int, *, copied: bool, proc: bool = False
) -> None:
    """Makes a new root of the shown paths, with the submission and a scratch folder, the caller's whole world.

    The caller is alone in a new mount namespace. Files and folders are shown read-only, device nodes as they are;
    `hidden` folders are empty. With `copied`, a submission that others may not read is a copy that they may. With
    `proc`, /proc shows the processes of the caller's own pid namespace; else it is empty.

    Errors
        TooLargeError for a submission that cannot be copied; OSError for whatever the kernel refuses.
    """
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    with contextlib.ExitStack() as stack:
        sources = [(path, stack.enter_context(_held(path))) for path in (*shown, *DEVICES) if path.exists()]
        submission = stack.enter_context(_held(folder))
        base = _base()
        mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
        for name in (str(SCRATCH), "/proc"):
            os.makedirs(base + name, exist_ok=True)  # noqa: PTH103
        # Before the binds: an interpreter or a package may itself lie beneath the folder that becomes the scratch.
        scratch = f"size={scratch_mb}m,nr_inodes={MAX_SCRATCH_FILES},mode=1777"
        mount("tmpfs", base + str(SCRATCH), "tmpfs", MS_NOSUID | MS_NODEV, scratch)
        if proc:
            mount("proc", base + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        for path, descriptor in sources:
            _bind(descriptor, base + str(path), path)
        for path in hidden:
            mount("tmpfs", base + str(path), "tmpfs", _GUARD, "size=4k,mode=755")
        _place_submission(submission, folder, base + str(SUBMISSION), copied)
    pivot_root(base)
    mount("", "/", "", MS_REMOUNT | MS_BIND | _GUARD)


def _base() -> str:
    """Any folder will do: it is covered in this namespace only."""
    return next(path for path in ("/mnt", "/tmp", "/var") if os.path.isdir(path))  # noqa: S108, PTH112


@contextlib.contextmanager
def _held(path: Path) -> Iterator[int]:
    """A descriptor of a path, by which it is found also when something covers it."""
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _bind(descriptor: int, target: str, path: Path) -> None:
    if path.is_symlink():  # such as /lib -> usr/lib
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        os.symlink(os.readlink(path), target)  # noqa: PTH115, PTH211
        return
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.makedirs(target, exist_ok=True)  # noqa: PTH103
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    mount(f"/proc/self/fd/{descriptor}", target, "", MS_BIND | MS_REC)
    device = stat.S_ISCHR(os.fstat(descriptor).st_mode)
    mount("", target, "", MS_REMOUNT | MS_BIND | _kept_flags(target) | (MS_NOSUID if device else _GUARD))


def _kept_flags(target: str) -> int:
    """The flags that a mount already has; in a user namespace they may not be taken off."""
    flags = os.statvfs(target).f_flag
    # The numbers that statvfs has for these flags are those that mount has; for one of them they differ.
    same = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME
    return flags & same | (MS_RELATIME if flags & _ST_RELATIME else 0)


def _place_submission(descriptor: int, folder: Path, target: str, copied: bool) -> None:
    os.makedirs(target, exist_ok=True)  # noqa: PTH103
    inside = list(itertools.islice(folder.rglob("*"), MAX_FILES)) if copied else []
    if all(map(readable_by_others, (folder, *inside))) or not copied:
        mount(f"/proc/self/fd/{descriptor}", target, "", MS_BIND | MS_REC)
        mount("", target, "", MS_REMOUNT | MS_BIND | _kept_flags(target) | _GUARD)
        return
    # Every file takes whole pages.
    size = wire.MAX_COPIED + MAX_FILES * _PAGE
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},mode=755")
    _copy(folder, inside, Path(target))
    mount("", target, "", MS_REMOUNT | _GUARD)


def _copy(folder: Path, inside: Iterable[Path], target: Path) -> None:
    """Copies plain files and folders; links and the like are left out."""
    modes = {path: path.lstat() for path in sorted(inside)}
    if sum(found.st_size for found in modes.values() if stat.S_ISREG(found.st_mode)) > wire.MAX_COPIED:
        raise TooLargeError
    for path, found in modes.items():
        copy = target / path.relative_to(folder)
        if stat.S_ISDIR(found.st_mode):
            copy.mkdir()
        elif stat.S_ISREG(found.st_mode):
            copy.write_bytes(path.read_bytes())


def readable_by_others(path: Path) -> bool:
    """Whether everybody may read a file, or list and enter a folder."""
    mode = path.stat().st_mode if path.exists() else path.lstat().st_mode
    return bool(mode & stat.S_IROTH) and (not stat.S_ISDIR(mode) or bool(mode & stat.S_IXOTH))


def reachable_by_others(path: Path) -> bool:
    """Whether everybody may read a path where it stands: may enter all folders above it, too."""
    above = path.resolve().parents
    return readable_by_others(path) and all(folder.stat().st_mode & stat.S_IXOTH for folder in above)
