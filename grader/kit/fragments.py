"""Source in pieces that can be found again: runs of tokens, long numbers, and runs of words."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from typing import NamedTuple

RUN = 10  # tokens in a row; shorter statements count whole, down to
SHORT = 7
WORDS = 7  # words in a row
DIGITS = 5  # of a number that nobody writes by chance

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[^\s\w#]")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d|\.\d")


class Piece(NamedTuple):
    """A token, a number or a word, and the line it stands in."""

    text: str
    line: int


Run = tuple[str, ...]


def pieces(text: str, first_line: int = 1) -> list[Piece]:
    """The tokens of any text, of code or not; what is a comment counts as well."""
    lines = enumerate(text.split("\n"), first_line)
    return [Piece(token, number) for number, line in lines for token in _TOKEN.findall(line)]


def words(text: str) -> list[Piece]:
    """The words of a text in small letters."""
    lines = enumerate(text.split("\n"), 1)
    return [Piece(word.lower(), number) for number, line in lines for word in _WORD.findall(line)]


def runs(row: Sequence[Piece], length: int) -> Iterator[tuple[Run, int]]:
    """Every run of so many pieces, and the line that it starts in."""
    for i in range(len(row) - length + 1):
        yield tuple(piece.text for piece in row[i : i + length]), row[i].line


def significant(number: str) -> int:
    """How many digits of a number say something: 5 of 0.044715, 1 of 1e-12."""
    mantissa = re.split(r"[eE]", number.replace("_", ""))[0]
    return len(mantissa.replace(".", "").strip("0"))


def numbers(row: Sequence[Piece]) -> Iterator[Piece]:
    """Those tokens that are long numbers."""
    return (piece for piece in row if _NUMBER.match(piece.text) and significant(piece.text) >= DIGITS)


def statements(source: str) -> Iterator[list[Piece]]:
    """The logical lines of Python source, as tokens: without comments, docstrings and imports.

    The line that opens a function is left out, whose names and arguments are known to everybody.
    """
    left_out = _lines_of(source)
    line: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            if line and line[0].start[0] not in left_out:
                yield [piece for one in line for piece in pieces(one.string, one.start[0])]
            line = []
        elif token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            line.append(token)


def _lines_of(source: str) -> set[int]:
    """The first lines of docstrings, imports and openings of functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if text or isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            found.add(node.lineno)  # type: ignore[attr-defined]
    return found


def docstrings(source: str) -> Iterator[tuple[str, int]]:
    """What the functions of a module say of themselves, and the lines they start in."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
            yield text, node.lineno + 1
