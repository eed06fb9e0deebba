"""The templates of the pages, and the style and script that stand inside them."""

import functools
from pathlib import Path

import jinja2

_HERE = Path(__file__).parent


@functools.cache
def compiled(name: str) -> jinja2.Template:
    """The template in a file of this folder. Everything it shows is escaped, and all of it has to be there."""
    return _environment().get_template(name)


@functools.cache
def inline(name: str) -> str:
    """The style or the script in a file of this folder."""
    return (_HERE / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_HERE)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
