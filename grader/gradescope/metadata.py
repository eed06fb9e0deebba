"""What Gradescope says of a submission: submission_metadata.json, as far as it can be understood."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from grader.roster import Person

# It holds the results of earlier submissions, too.
_MAX_SIZE = 32 << 20


class Metadata(NamedTuple):
    """Whose a submission is, when it was handed in, and when it was due for them; nothing where that is not said."""

    people: tuple[Person, ...] = ()
    created_at: datetime | None = None
    due: datetime | None = None


def metadata(path: Path) -> Metadata:
    """The file's content; what is missing or of another form is left out, since a grading does not depend on it."""
    try:
        said = json.loads(path.read_bytes()) if path.stat().st_size <= _MAX_SIZE else None
    except (OSError, ValueError, RecursionError):
        return Metadata()
    users = _in(said, "users")
    people = [_person(user) for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    due = _moment(_in(_in(said, "assignment"), "due_date"))
    return Metadata(tuple(people), _moment(_in(said, "created_at")), due)


def _person(user: dict[str, Any]) -> Person:
    id_, name, email = (str(user.get(key) or "")[:200] for key in ("id", "name", "email"))
    return Person(id=id_, name=name, email=email)


def _in(said: Any, key: str) -> Any:
    return said.get(key) if isinstance(said, dict) else None


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
