"""Where the problem files of a submission are, whatever their student called them."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from grader.intake.listing import Entry, Unusable
from grader.intake.names import copy, plain

_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_SHOWN = 6


class Found(NamedTuple):
    """The folder that counts, and what stands for each problem file there.

    root    the folder, as seen from the submission's own
    files   problem file -> the entry that is handed in for it: itself, or a notebook
    notes   what was not as it should be
    """

    root: tuple[str, ...]
    files: Mapping[str, Entry]
    notes: tuple[str, ...] = ()


def found(entries: Iterable[Entry], wanted: Collection[str]) -> Found | None:
    """The folder with most of the problem files, as `.py` or `.ipynb`; None where there are none.

    A single notebook, where there is no problem file at all, stands for each.

    Errors
        Unusable where two folders are as good as each other.
    """
    files = [entry for entry in entries if not entry.folder]
    folders: dict[tuple[str, ...], dict[str, Entry]] = {}
    for entry in files:
        folders.setdefault(entry.path[:-1], {})[entry.path[-1]] = entry
    meant = {folder: _meant(names, wanted) for folder, names in folders.items()}
    most = max((len(one.files) for one in meant.values()), default=0)
    if most == 0:
        return _one_notebook(files, wanted)
    best = [folder for folder in sorted(meant, key=len) if len(meant[folder].files) == most]
    if len(best) > 1 and len(best[0]) == len(best[1]):
        where = " and ".join(plain("/".join(folder) or "its own folder", 60) for folder in best[:2])
        raise Unusable(f"the problem files are there twice, in {where}: keep one of them")
    chosen = meant[best[0]]._replace(root=best[0])
    elsewhere = [folder for folder in meant if folder != best[0] and meant[folder].files]
    places = [plain("/".join(folder) or "the top folder", 60) for folder in elsewhere]
    notes = [f"the problem files in {place} were not taken" for place in places]
    return chosen._replace(notes=(*chosen.notes, *notes[:_SHOWN]))


def _meant(names: Mapping[str, Entry], wanted: Collection[str]) -> Found:
    """What stands for each problem file among the files of one folder."""
    files: dict[str, Entry] = {}
    notes = []
    for problem in wanted:
        notebook = PurePath(problem).with_suffix(".ipynb").name
        taken = nearest(problem, names, wanted)
        if taken is None:
            taken = nearest(notebook, names, wanted)
        elif (beside := nearest(notebook, names, wanted)) is not None:
            notes.append(f"{plain(beside)} was not taken: {plain(taken)} is there")
        if taken is None:
            continue
        files[problem] = names[taken]
        if taken not in (problem, notebook):
            notes.append(f"{plain(taken)} was taken for {problem}")
    return Found((), files, tuple(notes))


def nearest(name: str, names: Iterable[str], wanted: Collection[str] = ()) -> str | None:
    """The file that is called so, else in other letters, else the latest copy (`problem1 (2).py`); None without one."""
    ranked = []
    for other in names:
        if other == name:
            return other
        plain_name, number = copy(other)
        if other.casefold() == name.casefold():
            ranked.append((2, 0, other))
        elif plain_name.casefold() == name.casefold() and other not in wanted:
            ranked.append((1, number, other))
    return max(ranked)[2] if ranked else None


def _one_notebook(files: Iterable[Entry], wanted: Collection[str]) -> Found | None:
    notebooks = [entry for entry in files if entry.path[-1].casefold().endswith(".ipynb")]
    if len(notebooks) != 1:
        return None
    (notebook,) = notebooks
    note = f"{plain(notebook.path[-1])} was taken for every problem file"
    return Found(notebook.path[:-1], dict.fromkeys(wanted, notebook), (note,))


def why_none(entries: Iterable[Entry], wanted: Collection[str]) -> str:
    """Why there is nothing to grade, and what to do."""
    files = [entry.path[-1] for entry in entries if not entry.folder]
    if not files:
        return "it is empty: ask whether something was meant to be there"
    other = next((name for name in files if name.casefold().endswith(_OTHER_ARCHIVES)), None)
    if other is not None:
        return f"{plain(other, 60)} is an archive that is not read here: unpack it, or ask for a zip"
    if sum(name.casefold().endswith(".ipynb") for name in files) > 1:
        return f"there are several notebooks: name them after the problem files ({_listed(sorted(wanted), '.ipynb')})"
    return f"none of {_listed(sorted(wanted))} is there, but {_listed(files)}: rename what was meant"


def _listed(names: list[str], suffix: str = "") -> str:
    shown = [plain(PurePath(name).with_suffix(suffix).name if suffix else name, 60) for name in names[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
