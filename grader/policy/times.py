"""Points in time and lengths of time, as people write them and as they are compared."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([wdhms])", re.IGNORECASE)
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def zone(text: str) -> tzinfo:
    """A time zone by its name, such as Europe/Vienna, or by its offset, such as +02:00.

    Errors
        ValueError, with a sentence, for what is neither, or where this machine does not know the name.
    """
    if offset := _OFFSET.fullmatch(text):
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
    from zoneinfo import ZoneInfo  # most rubrics name none

    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"the time zone '{text}' is not known here") from None


def moment(text: str) -> datetime:
    """A date with its time of day; with a zone where an offset stands after it.

    Errors
        ValueError, with a sentence, for what is none. A date alone is none: midnight is rarely meant.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}' is no date with a time") from None
    if ":" not in text and "T" not in text:
        raise ValueError(f"'{text}' has no time of day")
    return found


def length(text: str) -> timedelta:
    """A length of time: 90s, 10m, 1h 30m, 7d, 2w, or 0.

    Errors
        ValueError, with a sentence, for what is none.
    """
    if text.strip() == "0":
        return timedelta(0)
    pieces = list(_LENGTH.finditer(text))
    if not pieces or "".join(piece[0] for piece in pieces).strip() != text.strip():
        raise ValueError(f"'{text}' is no length of time")
    try:
        return sum((timedelta(seconds=float(n[1]) * _SECONDS[n[2].lower()]) for n in pieces), timedelta(0))
    except OverflowError:
        raise ValueError(f"'{text}' is longer than can be counted") from None


def instant(when: datetime, where: tzinfo) -> datetime:
    """The moment in UTC, so that differences are exact on the days when clocks change as well.

    A time without a zone is the one that clocks show `where`; of the two moments that it may be while clocks are put
    back or forward, the later one.
    """
    if when.tzinfo is not None and when.utcoffset() is not None:
        return when.astimezone(UTC)
    return max(when.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1))


def is_doubtful(when: datetime, where: tzinfo) -> bool:
    """Whether clocks show this time twice, or never: then an offset has to say which moment is meant."""
    return when.tzinfo is None and len({when.replace(tzinfo=where, fold=fold).utcoffset() for fold in (0, 1)}) > 1


def clock(span: timedelta) -> str:
    """A length of time as hours, minutes and seconds: 26:03:04; what is left of a second counts as one."""
    seconds = -(-span // timedelta(seconds=1))
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
