"""How a command leaves: what a defect or a mistake says, and the exit code that follows."""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from typing import NoReturn

import click

from grader.errors import GraderError


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Says what a GraderError has to say, in one place, and leaves with its exit code."""
    try:
        yield
    except GraderError as error:
        click.echo(f"error: {error}", err=True)
        leave(error.exit_code)
    except (click.ClickException, BrokenPipeError):
        raise
    except (Exception, SystemExit):  # noqa: BLE001 - 1 would say "below --fail-under", 0 that all is well
        traceback.print_exc()
        click.echo("error: this is a defect of the reference or the grader: the lines above say where", err=True)
        leave(3)


def leave(code: int) -> NoReturn:
    sys.exit(code)
