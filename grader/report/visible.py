"""Text from a student never changes the page or the terminal that shows it: what hides becomes visible."""

import re

# Characters that move the cursor, turn the direction of writing, or hide: controls (all but newline and tab),
# bidirectional marks, zero-width and filler characters, separators that some programs take for newlines,
# lone surrogates (a file name in bytes that are no UTF-8), and the invisible tags of plane 14.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# A letter may carry a few accents; a tower of them paints over the lines above and below.
_ACCENT = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_TOWER = re.compile(f"(?<={_ACCENT}{{3}}){_ACCENT}+")


def visible(text: str, limit: int) -> str:
    """The text, harmless, with at most its first `limit` characters and a note of how many more there are."""
    more = len(text) - limit
    return _shown(text) if more <= 0 else f"{_shown(text[:limit])}… ({more} more characters)"


def visible_end(text: str, limit: int) -> str:
    """The text, harmless, with at most its last `limit` characters, where a traceback says most."""
    more = len(text) - limit
    return _shown(text) if more <= 0 else f"({more} more characters) …{_shown(text[more:])}"


def one_line(text: str, limit: int) -> str:
    """The text, harmless, on a single line."""
    return visible(" ".join(text.split()), limit)


def _shown(text: str) -> str:
    if text.isascii() and text.isprintable():  # nearly always, and nearly free
        return text
    return _TOWER.sub(_escapes, _HIDDEN.sub(_escapes, text.replace("\r\n", "\n")))


def _escapes(hidden: re.Match[str]) -> str:
    return "".join(map(_escape, hidden.group()))


def _escape(character: str) -> str:
    """Escape is shown as ␛, DEL as ␡, and everything else by its number: \\u202e."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
