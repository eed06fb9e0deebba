"""Whatever secret is planted in a kit is found, with the file and the line; a kit as it is made has none."""

import io
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.assignment import Assignment
from grader.bench import Bench
from grader.course import Course
from grader.kit.making import kit, zipped
from grader.kit.verifying import files_of, leaks
from grader.recorded import parsed
from grader.stand_in import StandIn
from grader.trials import plan_name

COURSE = Course(Path(__file__).parents[2])
RECORDS = "recorded/tiny/problem1.npz"


def planted(files, name, line):
    """The kit with a line more at the end of a file, and the number of that line."""
    text = files[name].decode().rstrip("\n") + f"\n{line}\n"
    return files | {name: text.encode()}, text.count("\n")


def test_a_kit_as_it_is_made_gives_nothing_away(files, assignment):
    assert leaks(files, assignment) == []


@pytest.mark.parametrize("id", COURSE.assignments)
def test_the_kits_of_all_homeworks_give_nothing_away(id):
    found = Assignment(COURSE, id)

    assert leaks(kit(found), found) == []


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        pytest.param(
            "problem1.py", "    # return k * x, np.sqrt(np.sum((k * x) ** 2))", "reference code", id="reference line"
        ),
        pytest.param("statement.md", "`return k * x, np.sqrt(np.sum((k * x) ** 2))`", "reference code", id="prose"),
        pytest.param(
            "recorded/tiny/problem1.py",
            "def _slack(x):\n    return 1e-9 * (1.0 + abs(x).max() * len(x))",
            "reference code",
            id="private helper",
        ),
        pytest.param("README.md", "The factor is 0.0447151.", "the number 0.0447151", id="long literal"),
        pytest.param("rubrics/tiny.yaml", "    edges: [{regime: const, d: 4}]", "`edges:`", id="hidden edge"),
        pytest.param("rubrics/tiny.yaml", "    misconceptions: {x: 0.5}", "`misconceptions:`", id="section"),
        pytest.param("README.md", "Run it with --seed 90210.", "the official seed", id="official seed"),
        pytest.param("rubrics/tiny.yaml", "seed: 90210", "the official seed", id="official seed in the rubric"),
        pytest.param("statement.md", "Beware of total_of_the_sizes!", "the misconception", id="misconception's name"),
        pytest.param(
            "problem1.py", "    return abs(x).sum() + 0.0 * x.max() - 0.0 * x.min()", "misconceptions", id="its code"
        ),
        pytest.param(
            "statement.md",
            "Some add up sizes and forget that entries may well be negative.",
            "what nobody is told in advance",
            id="its sentence",
        ),
    ],
)
def test_what_is_planted_in_a_text_is_found_where_it_stands(files, assignment, name, line, words):
    kit, last = planted(files, name, line)

    found = leaks(kit, assignment)

    assert any(leak.file == name and leak.line in (last, last - line.count("\n")) for leak in found), found
    assert any(words in leak.what for leak in found)


@pytest.mark.parametrize("opening", ["", "# "])
def test_reference_code_broken_over_lines_and_spaced_otherwise_is_found(files, assignment, opening):
    lines = ["return k*x ,", "np . sqrt(", "np.sum((k*x)**2))"]

    kit, _ = planted(files, "problem1.py", "\n".join(opening + line for line in lines))

    assert {leak.file for leak in leaks(kit, assignment)} == {"problem1.py"}


def test_a_file_that_belongs_to_no_kit_is_found(files, assignment, secretive):
    reference = (secretive / "reference/tiny/problem2.py").read_bytes()

    found = leaks(files | {"reference/tiny/problem2.py": reference, "x.pkl": b"\x80\x04N."}, assignment)

    assert {"reference/tiny/problem2.py", "x.pkl"} <= {leak.file for leak in found}


def hidden_rows(assignment, function):
    """The trials and answers that this function is graded with."""
    bench = Bench(assignment, assignment.rubric.problems[0], StandIn({}), assignment.rubric.seed)
    bench.expected(function, bench.trials(function)[0])
    inputs = assignment.rubric.problems[0].functions[function].inputs
    return bench.store.get(plan_name(inputs)), bench.store.get(f"answers of {function}")


def test_a_hidden_trial_among_the_records_is_found(files, assignment):
    records = parsed(files[RECORDS], RECORDS)
    trials, answers = hidden_rows(assignment, "total")
    edge = next(place for place, row in enumerate(trials) if row[2] == "const")
    kept = {
        **records.kept,
        records.plans["total"]: [*records.kept[records.plans["total"]], trials[edge]],
        "answers of total": [*records.kept["answers of total"], answers[edge]],
    }

    found = leaks(files | {RECORDS: msgspec.structs.replace(records, kept=kept).data()}, assignment)

    assert {leak.file for leak in found} == {RECORDS}
    assert any("a hidden case" in leak.what and "trial" in leak.what for leak in found)


def test_records_drawn_with_the_official_seed_are_found(files, assignment):
    records = parsed(files[RECORDS], RECORDS)

    found = leaks(files | {RECORDS: msgspec.structs.replace(records, seed=assignment.rubric.seed).data()}, assignment)

    assert [(leak.file, leak.what) for leak in found] == [(RECORDS, "the official seed")]


def test_records_that_hold_objects_are_no_records(files, assignment):
    into = io.BytesIO()
    np.savez(into, records=np.array([{"a": 1}], dtype=object))

    [leak] = leaks(files | {RECORDS: into.getvalue()}, assignment)

    assert leak.file == RECORDS
    assert "cannot be read" in leak.what


def test_a_zip_and_a_folder_are_read_alike(files, assignment, tmp_path):
    (tmp_path / "kit.zip").write_bytes(zipped(files, "tiny"))
    for name, data in files.items():
        (tmp_path / "kit" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kit" / name).write_bytes(data)

    assert files_of(tmp_path / "kit.zip") == files_of(tmp_path / "kit") == files
