"""Text in the columns of a terminal: how wide it is, and how it is broken into lines."""

import unicodedata
from collections.abc import Iterator


def padded(text: str, width: int) -> str:
    """The text with spaces behind it, `width` columns wide."""
    return text + " " * (width - cells(text))


def cells(text: str) -> int:
    """The columns that a text takes in a terminal: two for a Chinese character, none for an accent."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int, *, indent: str = "") -> Iterator[str]:
    """The text in lines of at most `width` columns; only a word that is too long for a line is cut."""
    line = indent
    for word in text.split():
        if line != indent and cells(line) + 1 + cells(word) > width:
            yield line
            line = indent
        line = line + word if line == indent else f"{line} {word}"
        while cells(line) > width:
            cut = fitting(line, width)
            yield line[:cut]
            line = indent + line[cut:]
    if line != indent:
        yield line


def fitting(text: str, width: int) -> int:
    """How many characters of the text fit into `width` columns."""
    taken = 0
    for index, character in enumerate(text):
        taken += _cell(character)
        if taken > width:
            return index
    return len(text)
