"""The ladder of hints: the rubric's, revealed one after the other, and remembered where the work is."""

from pathlib import Path

import msgspec

from grader.document import unknown
from grader.errors import UsageError
from grader.rubric import Part, Rubric
from grader.self_check.replays import FOLDER


class Ladder:
    """Which hints have been revealed in a folder: part -> how many."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FOLDER / "hints.json"
        self.revealed = self._read()

    def _read(self) -> dict[str, int]:
        try:
            seen = msgspec.json.decode(self.path.read_bytes())
        except (OSError, msgspec.DecodeError, RecursionError):
            return {}
        pairs = seen.items() if isinstance(seen, dict) else ()
        return {str(part): count for part, count in pairs if isinstance(count, int) and count >= 0}

    def next(self, rubric: Rubric, id: str) -> str:
        """The hints of a part that have been revealed, and one more; what remains is said.

        Errors
            UsageError for a part that there is none of.
        """
        parts = {part.id: part for problem in rubric.problems for part in problem.parts}
        if id not in parts:
            raise UsageError(unknown("part", id, list(parts)), remedy="name a part of the assignment")
        part = parts[id]
        if not part.hints:
            return f"There is no hint for {id}."
        count = min(self.revealed.get(id, 0) + 1, len(part.hints))
        self.revealed[id] = count
        self._write()
        return _said(part, count)

    def _write(self) -> None:
        try:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_bytes(msgspec.json.encode(self.revealed))
        except OSError:  # a folder that cannot be written to forgets
            return


def _said(part: Part, count: int) -> str:
    lines = [f"{number} of {len(part.hints)}: {hint}" for number, hint in enumerate(part.hints[:count], 1)]
    if count < len(part.hints):
        lines.append(f"The next one: grade check --hint {part.id}")
    return "\n".join(lines)
