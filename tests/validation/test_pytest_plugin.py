"""`pytest` in a course folder is all it takes to validate its homeworks; elsewhere it changes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sound_course import EXPECTED_FILE, REFERENCE_FILE, RUBRIC_FILE

# An installed grader is found by its entry point; this names it in any case, and never twice.
PLUGIN = ("-p", "no:grader", "-p", "grader.pytest_plugin")
QUICK = ("--grader-seeds", "1", "-p", "no:cacheprovider", "-W", "error")


def collected(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *PLUGIN, *QUICK, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def outcomes(run: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The tests of a `pytest -v` and what became of each."""
    lines = [line.split() for line in run.stdout.splitlines() if line.startswith("rubrics/") and "::" in line]
    return {name: outcome for name, outcome, *_ in lines}


def test_a_sound_course_passes_with_a_test_for_each_section_and_each_part_of_each_example(sound):
    run = collected(sound, "-v")

    assert run.returncode == 0, run.stdout + run.stderr
    sections = {"rubric", "references", "flakes", "misconceptions", "parts"}
    examples = ("correct", "forgets_the_half", "always_heads")
    parts = {f"{name}::{part}" for name in examples for part in ("1a", "1b", "1c", "1d")}
    assert outcomes(run) == dict.fromkeys((f"{RUBRIC_FILE}::{name}" for name in sections | parts), "PASSED")


@pytest.mark.parametrize(
    ("file", "old", "new", "failing", "said"),
    [
        (REFERENCE_FILE, "<= 1e-4 *", "<= 1e-12 *", {"flakes"}, "in single precision"),
        (EXPECTED_FILE, "always_heads:\n  1d: wrong\n", "", {"rubric", "parts"}, "loses part '1d'"),
        (EXPECTED_FILE, "partial 0.5", "wrong", {"forgets_the_half::1b"}, "where wrong is expected"),
        (RUBRIC_FILE, "title: Sums", "titel: Sums", {"rubric"}, "did you mean 'title'?"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_finding_fails_the_test_of_its_section_and_is_told_without_a_traceback(
    spoiled, file, old, new, failing, said
):
    run = collected(spoiled(file, old, new), "-v")

    assert run.returncode == 1, run.stdout + run.stderr
    assert {name for name, outcome in outcomes(run).items() if outcome == "FAILED"} == {
        f"{RUBRIC_FILE}::{name}" for name in failing
    }
    assert said in run.stdout
    assert "Traceback" not in run.stdout and "pytest_plugin.py" not in run.stdout


def test_one_part_of_one_example_can_be_asked_for(sound):
    for arguments in [(f"{RUBRIC_FILE}::forgets_the_half::1b",), (RUBRIC_FILE, "-k", "1b and forgets")]:
        run = collected(sound, "-v", *arguments)

        assert outcomes(run) == {f"{RUBRIC_FILE}::forgets_the_half::1b": "PASSED"}, run.stdout + run.stderr


def test_what_students_wrote_is_not_collected(sound):
    (sound / "submissions_example" / "sound" / "correct" / "test_mine.py").write_text("def test_mine(): assert False\n")
    (sound / "reports").mkdir()
    (sound / "reports" / "test_theirs.py").write_text("raise RuntimeError\n")

    run = collected(sound, "--collect-only", "-q")

    assert run.returncode == 0, run.stdout
    assert "test_mine" not in run.stdout and "test_theirs" not in run.stdout


def test_where_there_is_no_course_nothing_is_collected_and_nothing_imported(tmp_path):
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "paint.yaml").write_text("colour: red\n")
    (tmp_path / "test_ordinary.py").write_text(
        "import sys\n\n\ndef test_ordinary():\n"
        "    assert {name for name in sys.modules if name.startswith('grader')} == {'grader', 'grader.pytest_plugin'}\n"
    )

    run = collected(tmp_path, "-q")

    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout
