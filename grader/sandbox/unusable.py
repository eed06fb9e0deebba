"""What the staff are told of a process that should have held workers, and does not."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence

from grader.errors import SandboxError


def unusable(process: "subprocess.Popen[bytes]", preload: Sequence[str], said: str = "") -> SandboxError:
    """The error of a process that ended, or is silent; `said` is what it printed, where nobody has seen that."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.2)
    lines = f"\n{said.strip()}" if said.strip() else ""
    return SandboxError(
        f"the worker process could not be used (exit code {process.returncode}){lines}",
        remedy=f"see what `{sys.executable} -c 'import {', '.join(preload)}'` says, and the lines above",
    )
