"""`grade batch` and `grade publish` as they are typed: a class from what was handed in to the grades."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest

WRONG = "def centre(x): return x\n"
ROSTER = "id,name,email\nada,Ada Example,ada@example.org\nbob,Bob Example,bob@example.org\ncyn,Cyn Example,\n"
SLEEPS = "import time\ntime.sleep(1)\n"


@pytest.fixture
def class_folder(tmp_path, submit):
    """A class of two in a folder: Ada is right, Bob is wrong."""
    submit({}, "class/ada")
    submit({"problem1.py": WRONG}, "class/bob")
    (tmp_path / "roster.csv").write_text(ROSTER)
    return tmp_path / "class"


@pytest.fixture
def command(tmp_path, course):
    """`command("batch", ...)` is what has to be typed for the tiny course."""

    def words(name, *options):
        course_ = ["-a", "tiny", "--course", course, "--run", tmp_path / "run"] if name == "batch" else []
        return [sys.executable, "-m", "grader", name, *map(str, (*options, *course_))]

    return words


@pytest.fixture
def run(tmp_path, command):
    """`run("batch", ...)` is the finished command."""

    def finished(name, *options):
        return subprocess.run(command(name, *options), cwd=tmp_path, capture_output=True, text=True, timeout=120)

    return finished


def grades(path):
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    return {row["id"]: (row["status"], row["final"]) for row in rows}


def test_nobody_is_missed_in_a_roster_that_there_is_none_of(run, class_folder):
    judged = run("batch", class_folder)

    assert judged.returncode == 0, judged.stderr
    assert "not in the roster" not in judged.stdout


def test_a_class_is_judged_and_its_grades_are_published(run, class_folder, tmp_path):
    judged = run("batch", class_folder, "--roster", tmp_path / "roster.csv")
    assert judged.returncode == 0, judged.stderr
    assert "folder of submissions: 2 submissions, 0 refused" in judged.stdout
    assert "nothing came from: Cyn Example" in judged.stdout
    assert "2 submissions judged, none published yet" in judged.stdout
    assert "2 of 2 submissions" in judged.stderr
    assert not (tmp_path / "run" / "published").exists()

    done = run("publish", tmp_path / "run")

    assert done.returncode == 0, done.stderr
    out = tmp_path / "run" / "published"
    assert grades(out / "gradebook.csv") == {
        "ada": ("graded", "17"),
        "bob": ("graded", "8"),
        "cyn": ("missing", "0"),
    }
    assert json.loads((out / "reports" / "bob" / "report.json").read_bytes())["score"] == 8
    assert "<html" in (out / "reports" / "ada" / "report.html").read_text()
    page = (out / "index.html").read_text()
    assert all(f"reports/{name}/report.html" in page for name in ("ada", "bob"))
    assert "testsuite" in (out / "junit.xml").read_text()


def test_a_zip_of_the_same_class_is_the_same_class(run, class_folder, tmp_path):
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in class_folder.rglob("*.py"):
            zipped.write(file, f"class/{file.relative_to(class_folder)}")

    assert run("batch", archive).returncode == 0
    assert run("publish", tmp_path / "run").returncode == 0

    assert {final for _, final in grades(tmp_path / "run" / "published" / "gradebook.csv").values()} == {"17", "8"}


def test_after_a_change_the_diff_says_who_and_why_before_anything_is_written(run, class_folder, submit, tmp_path):
    run("batch", class_folder)
    run("publish", tmp_path / "run")
    submit({"problem1.py": WRONG}, "class/ada")

    judged = run("batch", class_folder)
    dry = run("publish", tmp_path / "run", "--dry-run")

    assert "1 of 2 submissions change against what was published" in judged.stdout
    assert "17 -> 8 (-9)" in judged.stdout
    assert "1a: 4 -> 0, wrong: " in judged.stdout
    assert "17 -> 8 (-9)" in dry.stdout
    assert grades(tmp_path / "run" / "published" / "gradebook.csv")["ada"] == ("graded", "17")

    kept = run("publish", tmp_path / "run", "--never-lower")
    assert kept.returncode == 0
    assert grades(tmp_path / "run" / "published" / "gradebook.csv")["ada"] == ("graded", "17")
    assert "kept at 17" in (tmp_path / "run" / "published" / "gradebook.csv").read_text()

    again = run("publish", tmp_path / "run")
    assert "0 of 2 submissions change" in again.stdout
    assert grades(tmp_path / "run" / "published" / "gradebook.csv")["ada"] == ("graded", "8")


def test_a_deadline_that_changes_is_told_before_anything_is_written(run, submit, course, tmp_path):
    """No part is judged otherwise by it."""
    handed_in = tmp_path / "assignment_1_export"
    submit({}, "assignment_1_export/submission_1")
    (handed_in / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - {':name': Ada Example, ':sid': ada}\n"
        "  :created_at: 2026-05-03 10:00:00 +0000\n"
    )
    policy = "policy: {{deadline: {} 12:00Z, late: {{per: day, penalty: 1}}}}\n"
    (course / "course.yaml").write_text(policy.format("2026-05-04"))
    run("batch", handed_in)
    run("publish", tmp_path / "run")
    (course / "course.yaml").write_text(policy.format("2026-05-01"))

    planned = run("publish", tmp_path / "run", "--dry-run")

    assert "0 of 1 submissions change" in planned.stdout
    assert "grades that change by lateness, attempts or the roster alone: 1" in planned.stdout
    assert "Ada Example: 17 -> 0 (-17), 2 days late (46:00:00): 100 % less" in planned.stdout


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_whoever_interrupts_it_at_the_keyboard_can_go_on(run, command, class_folder, submit, tmp_path):
    for number in range(6):
        submit({"problem1.py": f"{SLEEPS}# {number}\n"}, f"class/slow{number}")  # what is alike is judged once
    words = command("batch", class_folder, "--jobs", 1)
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True) as running:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (tmp_path / "run" / "journal.sqlite").exists():
            time.sleep(0.05)
        time.sleep(2)
        os.killpg(running.pid, signal.SIGINT)
        said = running.stderr.read()

    assert running.returncode == 130
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    published = run("publish", tmp_path / "run")
    assert "stopped before its end" in published.stderr
    found = grades(tmp_path / "run" / "published" / "gradebook.csv")
    assert set(found) == {"ada", "bob", *(f"slow{number}" for number in range(6))}
    assert ("not graded", "0") in found.values()  # who handed in is not missing
    assert "missing" not in {status for status, _ in found.values()}
    assert run("batch", class_folder).returncode == 0
    assert "stopped" not in run("publish", tmp_path / "run").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("publish", "nowhere"), "nowhere is no run folder"),
        (("batch", "nowhere"), "nowhere"),
        (("batch", "class", "--roster", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_what_is_not_there_is_said(run, class_folder, words, said):
    done = run(*words)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
