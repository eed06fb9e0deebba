"""Points that people give for written parts go into reports and grades, stay there, and are refused where in doubt."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROSTER = "id,name,email\nada,Ada Example,ada@example.org\nbob,Bob Example,bob@example.org\ncyn,Cyn Example,\n"
WRONG = "def centre(x): return x\n"


@pytest.fixture
def grade(tmp_path, course):
    """`grade("publish", ...)` is the finished command on the run of a class."""

    def finished(name, *options, code=0):
        run = ["-a", "tiny", "--course", course, "--run", "run"] if name == "batch" else []
        words = [sys.executable, "-m", "grader", name, *map(str, (*options, *run))]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return finished


@pytest.fixture
def published(grade, submit, tmp_path) -> Path:
    """The published folder of a class in which Ada is right, Bob is wrong, and Cyn handed in nothing."""
    submit({}, "class/ada")
    submit({"problem1.py": WRONG}, "class/bob")
    (tmp_path / "roster.csv").write_text(ROSTER)
    grade("batch", "class", "--roster", "roster.csv")
    grade("publish", "run")
    return tmp_path / "run" / "published"


def gradebook(folder):
    rows = csv.DictReader((folder / "gradebook.csv").read_text(encoding="utf-8-sig").splitlines())
    return {row["id"]: row for row in rows}


def written(folder, name="points.csv", **given):
    """gradebook.csv with the column of the written part filled, as somebody saves it in a spreadsheet."""
    rows = list(gradebook(folder).values())
    for row in rows:
        row["2c"] = given.get(row["id"], "")
    path = folder.parent / name
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], delimiter=";")
        table.writeheader()
        table.writerows(rows)
    return path


def report(folder, name):
    return json.loads((folder / "reports" / name / "report.json").read_bytes())


def test_the_filled_gradebook_is_what_is_handed_in(grade, published):
    assert gradebook(published)["ada"]["pending"] == "2"

    said = grade("publish", "run", "--written", written(published, ada="2", bob="0,5"))

    assert "Ada Example: 17 -> 19 (+2)" in said
    assert "2c: 0 -> 0.5, judged for the first time" in said
    rows = gradebook(published)
    assert [(row["2c"], row["final"], row["max"], row["pending"]) for row in rows.values()] == [
        ("2", "19", "19", "0"),
        ("0.5", "8.5", "19", "0"),
        ("", "0", "19", "0"),
    ]
    part = report(published, "bob")["parts"][-1]
    assert (part["status"], part["earned"]) == ("partial", 0.5)
    assert "ask them for the reason" in part["feedback"]
    page = (published / "reports" / "ada" / "report.html").read_text(encoding="utf-8")
    assert "of 19 points judged by machine and by hand" in page
    assert "out of 19 points judged by machine and by hand" in (published / "index.html").read_text(encoding="utf-8")


def test_points_stay_until_they_are_taken_back(grade, published):
    grade("publish", "run", "--written", written(published, ada="2", bob="1"))

    assert "0 of 2 submissions change" in grade("publish", "run")
    assert "1 of 2 submissions change" in grade("publish", "run", "--written", written(published, ada="-", bob=""))

    assert [gradebook(published)[name]["2c"] for name in ("ada", "bob")] == ["", "1"]
    assert gradebook(published)["ada"]["pending"] == "2"


def test_nothing_is_kept_of_what_was_only_tried(grade, published):
    said = grade("publish", "run", "--dry-run", "--written", written(published, ada="2"))

    assert "Ada Example: 17 -> 19" in said
    assert "0 of 2 submissions change" in grade("publish", "run")


def test_a_comment_is_what_the_student_reads(grade, published, tmp_path):
    (tmp_path / "points.csv").write_text("email,2c,2c comment\nBOB@example.org,1,=Say why <b>it</b> is so.\n")

    grade("publish", "run", "--written", "points.csv")

    assert report(published, "bob")["parts"][-1]["feedback"] == "=Say why <b>it</b> is so."
    page = (published / "reports" / "bob" / "report.html").read_text(encoding="utf-8")
    assert "=Say why &lt;b&gt;it&lt;/b&gt; is so." in page


def test_who_has_no_report_is_named_and_the_points_wait(grade, published, submit):
    said = grade("publish", "run", "--written", written(published, cyn="1.5"))
    assert "no report has the points of Cyn Example (cyn) for 2c" in said

    submit({}, "class/cyn")
    grade("batch", "class", "--roster", "roster.csv")
    grade("publish", "run")

    assert gradebook(published)["cyn"]["final"] == "18.5"


def test_an_id_that_a_spreadsheet_would_compute_is_found_as_the_gradebook_has_it(grade, submit, tmp_path):
    submit({}, "class/-7")
    grade("batch", "class")
    grade("publish", "run")
    folder = tmp_path / "run" / "published"
    (name,) = gradebook(folder)
    assert name.startswith("'")

    grade("publish", "run", "--written", written(folder, **{name: "2"}))

    assert gradebook(folder)[name]["final"] == "19"


def test_those_who_hand_in_together_get_the_same(grade, submit, tmp_path, course):
    submit({}, "class/ada")
    (tmp_path / "roster.csv").write_text("id,group\nada,one\nbob,one\n")
    (course / "course.yaml").write_text("policy: {groups: yes}\n")
    grade("batch", "class", "--roster", "roster.csv")
    grade("publish", "run")
    folder = tmp_path / "run" / "published"

    grade("publish", "run", "--written", written(folder, bob="2"))
    assert {row["final"] for row in gradebook(folder).values()} == {"19"}

    said = grade("publish", "run", "--written", written(folder, ada="1", bob="2"), code=2)
    assert "points.csv:3: line 2 says something else of '2c' for the same submission" in said
    assert {row["final"] for row in gradebook(folder).values()} == {"19"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id,2c\nada,3\n", "points.csv:2: '3' for part '2c', which is worth 2\n  remedy: write points from 0 to 2"),
        ("id,2c\nada,-1\n", "points.csv:2: '-1' for part '2c'"),
        ("id,2c\nada,nan\n", "points.csv:2: 'nan' for part '2c'"),
        ("id,2c\nada,two\n", "points.csv:2: 'two' for part '2c'"),
        ("id,2c\nada,1\ndan,1\n", "points.csv:3: 'dan' is nobody of this class"),
        ("id,2c\n,1\n", "points.csv:2: 'nobody' is nobody of this class"),
        ("id,2c,2c\nada,1,2\n", "points.csv:1: has several columns '2c'"),
        ("id,1a\nada,1\n", "points.csv: has no column for a written part; there are: 2c"),
        ("id,2c comment,2c\nada,well done,\n", "points.csv:2: has a comment on '2c' and no points"),
        ("id,2c\nada,1\nada,2\n", "points.csv:3: line 2 says something else of '2c'"),
        ("", "points.csv: is empty"),
        (None, "points.csv: cannot be read"),
    ],
)
def test_what_is_in_doubt_is_refused_with_its_line_and_changes_nothing(grade, published, tmp_path, table, said):
    if table is not None:
        (tmp_path / "points.csv").write_text(table)
    before = (published / "gradebook.csv").read_bytes()

    assert said in grade("publish", "run", "--written", "points.csv", code=2)

    assert (published / "gradebook.csv").read_bytes() == before
    assert "0 of 2 submissions change" in grade("publish", "run")


def test_points_that_are_more_than_a_part_is_worth_now_are_told(grade, published, course):
    grade("publish", "run", "--written", written(published, ada="2"))
    path = course / "rubrics" / "tiny.yaml"
    path.write_text(
        path.read_text().replace(
            'points: 2, criterion: "why", written: [{points: 2,', 'points: 1, criterion: "why", written: [{points: 1,'
        )
    )

    assert "ada has 2 points for '2c', which is worth 1 now" in grade("publish", "run", code=2)
    grade("publish", "run", "--written", written(published, ada="1"))

    assert gradebook(published)["ada"]["2c"] == "1"
