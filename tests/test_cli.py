"""The command `grade` as it is typed: what it says, where it writes, and how it leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import grader.grading
from grader.cli import main
from grader.sandbox.zygote import LEVELS

SECONDS = 60


@pytest.fixture
def run(tmp_path):
    """`run(*arguments)` is the finished process `grade *arguments`, started in an empty folder with `bytes` output."""
    here = tmp_path / "elsewhere"
    here.mkdir()

    def run(*arguments, cwd=here, command=(sys.executable, "-m", "grader"), **environment):
        return subprocess.run(
            [*command, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **environment},
            capture_output=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )

    return run


@pytest.fixture
def graded(run, course, submit, tmp_path):
    """`graded(*options, **files)` grades a submission for the assignment tiny and reads the JSON of it."""

    def graded(*options, **files):
        folder = submit({f"{name}.py": text for name, text in files.items()})
        done = run(folder, "--course", course, "-a", "tiny", "--json", "-", "--out", tmp_path / "out", *options)
        return done, json.loads(done.stdout or "null")

    return graded


def said(done):
    """What the process says to the person who typed the command; nothing of it is a traceback."""
    text = done.stderr.decode()
    assert "Traceback" not in text
    return text


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# ---- whole runs ----


def test_a_right_submission_is_shown_and_its_reports_are_written(run, course, submit, tmp_path):
    done = run(submit(), "--course", course, "-a", "tiny")

    shown = done.stdout.decode()
    assert (done.returncode, said(done)) == (0, "")
    assert "2a" in shown
    assert "17" in shown
    assert files_in(tmp_path / "elsewhere") == {"reports/handed_in/report.json", "reports/handed_in/report.html"}
    assert shown.rstrip().endswith("reports/handed_in/report.html")


def test_the_command_and_the_module_are_one(run, course, submit):
    options = ("--course", course, "-a", "tiny")

    module = run(submit(), *options)
    command = run(submit(), *options, command=[Path(sys.executable).parent / "grade"])

    assert module.returncode == command.returncode == 0
    assert module.stdout == command.stdout


def test_the_name_of_the_command_may_be_said(run, course, submit):
    done = run("submission", submit(), "--course", course, "-a", "tiny")

    assert done.returncode == 0


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_need_no_folder(run, option):
    done = run(option)

    assert done.returncode == 0
    assert b"grade" in done.stdout


def test_no_arguments_show_the_help(run):
    done = run()

    assert b"Usage" in done.stdout + done.stderr


def test_an_unknown_option_is_the_callers_mistake(run, submit):
    done = run(submit(), "--sede", "1")

    assert done.returncode == 2
    assert "--seed" in said(done)


# ---- which folder, which course, which assignment ----


def test_a_folder_that_is_not_there_is_named(run):
    done = run("no/such/folder")

    assert done.returncode == 2
    assert said(done).startswith("error: there is no folder no/such/folder\n  remedy: ")
    assert done.stdout == b""


def test_a_file_is_no_submission(run, submit):
    done = run(submit() / "problem1.py")

    assert done.returncode == 2
    assert "problem1.py is not a folder" in said(done)


def test_an_empty_folder_without_an_assignment_is_asked_about(run, course, tmp_path):
    (tmp_path / "empty").mkdir()

    done = run(tmp_path / "empty", "--course", course)

    assert done.returncode == 2
    assert "which assignment is" in said(done)
    assert "--assignment" in said(done)
    assert said(done).rstrip().endswith("are: tiny")


def test_an_empty_folder_with_an_assignment_gets_no_points_and_a_report(run, course, tmp_path):
    (tmp_path / "empty").mkdir()

    done = run(tmp_path / "empty", "--course", course, "-a", "tiny", "--json", "-")

    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["score"], report["max_score"], report["pending_points"]) == (0, 17, 2)
    assert {part["status"] for part in report["parts"]} == {"missing", "pending"}
    assert files_in(tmp_path / "empty") == set()


def test_a_missing_file_costs_its_own_parts(graded):
    done, report = graded(problem1=None)

    assert done.returncode == 0
    assert report["score"] == 8
    assert "problem1.py is not in the folder" in report["parts"][0]["feedback"]


def test_an_unknown_assignment_is_guessed_and_what_there_is_is_listed(run, course, submit):
    done = run(submit(), "--course", course, "-a", "tinny")

    assert done.returncode == 2
    assert "unknown assignment 'tinny'" in said(done)
    assert "did you mean 'tiny'?" in said(done)
    assert said(done).rstrip().endswith("are: tiny")


@pytest.mark.parametrize("id", ["../rubrics/tiny", "/etc/passwd", "", "tiny.yaml"])
def test_an_assignment_is_a_name_and_no_path(run, course, submit, id):
    (submit({"submission.yaml": f"assignment: '{id}'"}))

    done = run(submit(), "--course", course)

    assert done.returncode == 2
    assert "assignment" in said(done)


def test_the_label_names_the_assignment_and_the_student(run, course, submit):
    label = "assignment: tiny\nstudent: {id: s1, name: 'A \x41'}\ncollaborators: [s2, s3]\n"

    done = run(submit({"submission.yaml": label}), "--course", course, "--json", "-")

    report = json.loads(done.stdout)
    assert (report["student"], report["collaborators"]) == ({"id": "s1", "name": "A A"}, ["s2", "s3"])


def test_a_folder_above_names_the_assignment(run, course, submit):
    done = run(submit(name="tiny/late/handed_in"), "--course", course)

    assert done.returncode == 0


def test_what_is_typed_wins_over_the_label(run, course, submit):
    done = run(submit({"submission.yaml": "assignment: no_such\n"}), "--course", course, "-a", "tiny")

    assert done.returncode == 0


def test_the_course_is_found_above_the_folder_that_one_stands_in(run, course, submit):
    (course / "notes").mkdir()

    done = run(submit(), "-a", "tiny", cwd=course / "notes")

    assert done.returncode == 0


def test_the_course_is_found_above_the_submission(run, course, submit):
    folder = submit(name="course/submissions_example/tiny/right")

    done = run(folder)

    assert done.returncode == 0


@pytest.mark.parametrize("options", [(), ("--course", ".")])
def test_a_course_that_is_none_is_said(run, submit, options):
    done = run(submit(), "-a", "tiny", *options)

    assert done.returncode == 2
    assert "course folder" in said(done)
    assert "--course" in said(done)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        pytest.param(b"asignment: tiny\n", ":1: unknown key 'asignment' (did you mean 'assignment'?)", id="typo"),
        pytest.param(b"assignment: tiny\nassignment: tiny\n", ":2: 'assignment' stands twice", id="twice"),
        pytest.param(b"a: [\n", ":2: no YAML", id="open_bracket"),
        pytest.param(b"\tassignment: tiny\n", ":1: no YAML", id="tab"),
        pytest.param(b"- tiny\n", ":1: the file has to be a mapping", id="list"),
        pytest.param(b"assignment: [tiny]\n", ":1: 'assignment' has to be a text", id="list_for_a_text"),
        pytest.param(b"student: &a [*a]\n", ":1: ", id="list_in_itself"),
        pytest.param(b"\xff\xfe", "cannot be read", id="no_text"),
        pytest.param(b"\0", "no YAML", id="null"),
        pytest.param(b"[" * 100_000, "is larger than 8 KiB", id="deep"),
        pytest.param(b"[" * 8_000, "nested too deep", id="less_deep"),
        pytest.param(b"", "is empty", id="empty"),
    ],
)
def test_a_label_that_cannot_be_understood_is_shown_with_its_line(run, course, submit, label, words):
    done = run(submit({"submission.yaml": label}), "--course", course)

    assert done.returncode == 2
    assert said(done).startswith(f"error: {submit()}/submission.yaml:")
    assert words in said(done)
    assert "remedy: " in said(done)


# ---- where it writes ----


def test_out_is_where_the_reports_go(run, course, submit, tmp_path):
    done = run(submit(), "--course", course, "-a", "tiny", "--out", tmp_path / "a" / "b")

    assert done.returncode == 0
    assert files_in(tmp_path / "a") == {"b/report.json", "b/report.html"}
    assert files_in(tmp_path / "elsewhere") == set()


@pytest.mark.parametrize("out", [".", "reports", "deep/er", "../handed_in/x"])
def test_no_report_is_written_into_the_submission(run, course, submit, out):
    folder = submit()
    before = files_in(folder)

    done = run(folder, "--course", course, "-a", "tiny", "--out", folder / out)

    assert done.returncode == 2
    assert "lies in the submission" in said(done)
    assert files_in(folder) == before


def test_out_that_is_a_link_into_the_submission_is_refused(run, course, submit, tmp_path):
    (tmp_path / "link").symlink_to(submit())

    done = run(submit(), "--course", course, "-a", "tiny", "--out", tmp_path / "link" / "x")

    assert done.returncode == 2


def test_the_default_is_refused_where_it_is_the_submission(run, course, submit, tmp_path):
    folder = submit(name="elsewhere/reports/handed_in")
    before = files_in(folder)

    done = run(folder, "--course", course, "-a", "tiny")

    assert done.returncode == 2
    assert "lies in the submission" in said(done)
    assert files_in(folder) == before


@pytest.mark.parametrize("inside", [".", "deeper"])
def test_the_default_is_outside_the_submission_even_when_one_stands_in_it(run, course, submit, tmp_path, inside):
    folder = submit({"deeper/notes.txt": ""})
    before = files_in(folder)

    done = run(folder, "--course", course, "-a", "tiny", cwd=folder / inside)

    assert done.returncode == 0
    assert files_in(folder) == before
    assert (tmp_path / "reports" / "handed_in" / "report.json").is_file()


def test_a_place_that_cannot_be_written_is_said(run, course, submit, tmp_path):
    (tmp_path / "file").touch()

    done = run(submit(), "--course", course, "-a", "tiny", "--out", tmp_path / "file")

    assert done.returncode == 2
    assert "the report cannot be written" in said(done)
    assert "--out" in said(done)


def test_json_goes_to_a_file_or_alone_to_the_output(run, course, submit, tmp_path):
    file = tmp_path / "copy.json"
    options = ("--course", course, "-a", "tiny", "--json")

    to_file, alone = run(submit(), *options, file), run(submit(), *options, "-")

    assert "Problem 1" in to_file.stdout.decode()
    assert json.loads(file.read_text())["score"] == 17
    assert json.loads(alone.stdout)["score"] == 17
    assert files_in(tmp_path / "elsewhere") >= {"reports/handed_in/report.json"}


def test_the_json_on_the_output_is_the_json_in_the_report(graded, tmp_path):
    done, _ = graded()

    assert (tmp_path / "out" / "report.json").read_bytes() == done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16", "cp950"])
def test_a_terminal_that_lacks_letters_gets_the_others_and_the_json_whole(run, course, submit, encoding):
    label = {"submission.yaml": "assignment: tiny\nstudent: {name: Žoë ✓}\n".encode()}

    shown = run(submit(label), "--course", course, PYTHONIOENCODING=encoding)
    data = run(submit(label), "--course", course, "--json", "-", PYTHONIOENCODING=encoding)

    assert shown.returncode == data.returncode == 0
    assert json.loads(data.stdout.decode("utf-8"))["student"]["name"] == "Žoë ✓"


def test_a_folder_whose_name_is_no_text_is_graded(run, course, submit, tmp_path):
    folder = tmp_path / os.fsdecode(b"hw\xa7@")
    submit().rename(folder)

    done = run(folder, "--course", course, "-a", "tiny", "--json", "-")

    assert (json.loads(done.stdout)["score"], json.loads(done.stdout)["submission"]) == (17, "hw?@")


def test_a_file_of_blank_lines_is_looked_through_at_once(run, course, submit):
    done = run(submit({"blank.py": "\n" * 1_000_000}), "--course", course, "-a", "tiny")

    assert done.returncode == 0


# ---- seeds, trials, limits ----


def test_the_same_seed_gives_the_same_report(graded):
    wrong = "def centre(x): return 2 * x\n"

    reports = [graded("--seed", seed, problem1=wrong)[1] for seed in (7, 7, 8)]

    for report in reports:
        for part in report["parts"]:
            del part["seconds"]
    first, again, other = reports
    assert first["seed"] == 7
    assert first == again
    assert first["parts"][0]["counterexample"]["inputs"] != other["parts"][0]["counterexample"]["inputs"]


@pytest.mark.parametrize("seed", ["-1", "x", "99999999999999999999999"])
def test_a_seed_is_a_number_within_bounds(run, course, submit, seed):
    done = run(submit(), "--course", course, "-a", "tiny", "--seed", seed)

    assert done.returncode == 2
    assert "--seed" in said(done)


def test_a_trial_is_replayed_with_its_inputs_and_its_outputs(run, course, submit):
    folder = submit({"problem1.py": "def centre(x): return 2 * x\n"})

    done = run(folder, "--course", course, "-a", "tiny", "--trial", "1a/0", "--seed", "5")

    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "1a/0: centre" in shown
    assert "seed 5" in shown
    assert "x = array([" in shown
    assert "expected" in shown
    assert "returned" in shown
    assert "wrong" in shown


def test_the_trial_that_the_report_names_is_one_that_goes_wrong(run, course, submit, graded):
    source = "def centre(x): return 2 * x\n"
    _, report = graded("--seed", "5", problem1=source)
    trial = report["parts"][0]["counterexample"]["trial"]

    done = run(submit({"problem1.py": source}), "--course", course, "-a", "tiny", "--trial", trial, "--seed", "5")

    assert done.returncode == 0
    assert "wrong" in done.stdout.decode()


@pytest.mark.parametrize("trial", ["1a", "1a/", "1a/x", "1a/-1", "1a/14", "9z/0", "2c/0", "", "/", "1a/²"])
def test_a_trial_that_is_none_is_said(run, course, submit, trial):
    done = run(submit(), "--course", course, "-a", "tiny", "--trial", trial)

    assert done.returncode == 2
    assert "remedy: " in said(done)


@pytest.mark.parametrize(("percentage", "code"), [("100", 1), ("48", 1), ("47", 0), ("0", 0)])
def test_fail_under_compares_the_percentage_of_what_was_judged(graded, percentage, code):
    done, report = graded("--fail-under", percentage, problem1=None)  # 8 of 17 points: 47.06 %

    assert report["score"] == 8
    assert done.returncode == code


# ---- several submissions ----


def rows(done):
    """The table of several submissions: what its lines say, by the submission that they are about."""
    head, *lines = done.stdout.decode().partition("\n\n")[0].splitlines()
    assert head.split() == ["homework", "submission", "points", "by", "hand", "seconds", "isolation", "title"]
    return {line.split()[1]: line.split() for line in lines}


def test_several_submissions_get_a_line_and_a_folder_of_reports_each(run, course, submit, tmp_path):
    wrong = submit({"problem1.py": "def centre(x): return 2 * x\n"}, name="hopeful")

    done = run(submit(), wrong, "--course", course, "-a", "tiny", "--out", tmp_path / "out")

    table = rows(done)
    assert (done.returncode, said(done)) == (0, "")
    assert list(table) == ["handed_in", "hopeful"]
    assert table["handed_in"][2:6] == ["17", "of", "17", "2"]
    assert table["hopeful"][2:6] == ["8", "of", "17", "2"]
    for name, row in table.items():
        assert (tmp_path / "out" / "tiny" / name / "report.html").is_file()
        report = json.loads((tmp_path / "out" / "tiny" / name / "report.json").read_text())
        assert (report["submission"], report["score"], report["max_score"]) == (name, float(row[2]), float(row[4]))
        assert row[0] == report["assignment"]
        assert row[-1] == report["title"]


def test_each_of_several_is_graded_for_its_own_assignment(run, course, submit):
    (course / "reference" / "other").symlink_to("tiny")
    other = (course / "rubrics" / "tiny.yaml").read_text().replace("id: tiny", "id: other")
    (course / "rubrics" / "other.yaml").write_text(other.replace("points: 4", "points: 5"))
    labelled = submit({"submission.yaml": "assignment: other\n"}, name="labelled")

    done = run(submit(name="tiny/placed"), labelled, "--course", course)

    assert done.returncode == 0
    assert {name: (row[0], row[4]) for name, row in rows(done).items()} == {
        "placed": ("tiny", "17"),
        "labelled": ("other", "18"),
    }


def test_what_cannot_be_graded_is_said_and_the_others_are(run, course, submit):
    done = run("no/such", submit(), "--course", course, "-a", "tiny")

    assert done.returncode == 2
    assert said(done).startswith("error: there is no folder no/such\n")
    assert list(rows(done)) == ["handed_in"]


def test_where_none_can_be_graded_there_is_no_table(run, course):
    done = run("no/such", "nor/such", "--course", course, "-a", "tiny")

    assert done.returncode == 2
    assert said(done).count("error: ") == 2
    assert done.stdout == b""


def test_of_several_codes_the_worst_is_the_code(run, course, submit):
    options = ("--course", course, "-a", "tiny", "--fail-under", "50")
    half = submit({"problem1.py": None}, name="half")

    below, fine = run(submit(), half, *options), run(submit(), submit(name="again"), *options)
    spoilt(course, "reference/tiny/problem1.py", "return x.sum()", "return x.summ()")
    broken = run(submit(), half, *options)

    assert (below.returncode, fine.returncode, broken.returncode) == (1, 0, 3)
    assert list(rows(below)) == list(rows(broken)) == ["handed_in", "half"]
    assert "no attribute 'summ'" in said(broken)


@pytest.mark.parametrize("option", ["--json", "--trial"])
def test_what_is_about_one_submission_is_refused_for_several(run, course, submit, option):
    done = run(submit(), submit(name="again"), "--course", course, "-a", "tiny", option, "1a/0")

    assert done.returncode == 2
    assert said(done).startswith(f"error: {option} is for one submission\n  remedy: ")
    assert files_in(submit()) == {"problem1.py", "problem2.py"}
    assert done.stdout == b""


def test_reports_of_several_replace_neither_each_other_nor_a_submission(run, course, submit, tmp_path):
    first, other = submit(name="tiny/handed_in"), submit(name="late/handed_in")
    before = files_in(first)

    twice = run(first, other, "--course", course, "-a", "tiny", "--out", tmp_path / "out")
    into = run(other, first, "--course", course, "-a", "tiny", "--out", tmp_path)

    assert (twice.returncode, into.returncode) == (2, 2)
    assert list(rows(twice)) == ["handed_in"]
    assert "the reports of" in said(twice)
    assert "lies in the submission" in said(into)
    assert into.stdout == b""
    assert files_in(first) == before


# ---- what the staff must mend ----


def spoilt(course, file, before, after):
    """The path of a course's file in which one text has been replaced."""
    path = course / file
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))
    return path


RUBRIC = [
    pytest.param("points: 4", "pionts: 4", 17, "unknown key 'pionts' (did you mean 'points'?)", id="typo_in_a_key"),
    pytest.param("    title: Sums", "\ttitle: Sums", 5, "no YAML", id="tab"),
    pytest.param("    title: Sums", "   title: Sums", 5, "no YAML", id="indent"),
    pytest.param("title: Tiny", "title: Tiny\ntitle: Tiny", 3, "'title' stands twice", id="key_twice"),
    pytest.param("points: 4", "points: four", 17, "'points' has to be a number, not 'four'", id="no_number"),
    pytest.param("points: 4", "points: -4", 16, "points", id="negative"),
    pytest.param("written: [{points: 2", "written: [{points: 1", 39, "add up to 1, not 2", id="written_items"),
    pytest.param("- matches_reference\n", "- matches_refrence\n", 21, "did you mean 'matches_reference'?", id="check"),
    pytest.param("function: centre", "function: center", 16, "did you mean 'centre'?", id="function"),
    pytest.param("from: vectors,", "from: vector,", 9, "did you mean 'vectors'?", id="maker"),
    pytest.param("property: centring", "property: centering", 16, "did you mean 'centring_twice", id="property"),
    pytest.param("output: longer", "output: long", 24, "did you mean 'longer'?", id="output"),
    pytest.param("id: tiny", "id: tinny", 1, "the file's name says 'tiny'", id="id"),
    pytest.param("id: 1b", "id: 1a", 23, "part '1a' stands twice", id="part_twice"),
    pytest.param("d: [5, 2, 3, 7]", "e: [5, 2, 3, 7]", 9, "vectors takes 'd'", id="size"),
    pytest.param("regimes: {normal: 3}", "regimes: {norml: 3}", 14, "unknown regime 'norml'", id="regime"),
]


@pytest.mark.parametrize(("before", "after", "line", "words"), RUBRIC)
def test_a_rubric_that_cannot_be_understood_is_shown_with_its_line(run, course, submit, before, after, line, words):
    path = spoilt(course, "rubrics/tiny.yaml", before, after)

    done = run(submit(), "--course", course, "-a", "tiny")

    assert done.returncode == 3
    assert said(done).startswith(f"error: {path}:{line}: ")
    assert words in said(done)


def test_a_reference_that_is_not_there_is_named(run, course, submit):
    spoilt(course, "rubrics/tiny.yaml", "file: problem1.py", "file: problem9.py")

    done = run(submit(), "--course", course, "-a", "tiny")

    assert done.returncode == 3
    assert said(done).startswith(f"error: {course}/reference/tiny/problem9.py: there is no such reference\n  remedy: ")


def test_the_place_and_the_guess_stand_on_the_first_line(run, course, submit):
    path = spoilt(course, "rubrics/tiny.yaml", "points: 4", "pionts: 4")

    done = run(submit(), "--course", course, "-a", "tiny")

    assert said(done).splitlines()[0] == f"error: {path}:17: unknown key 'pionts' (did you mean 'points'?)"


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        pytest.param("return x.sum()", "return x.sum(", 15, "SyntaxError: '(' was never closed", id="syntax_error"),
        pytest.param("import numpy as np", "import numpy as np\nnope", 4, "NameError: name 'nope'", id="name_error"),
        pytest.param("import numpy as np", "import nosuch", 3, "ModuleNotFoundError: No module", id="import_error"),
        pytest.param("import numpy as np", "import numpy as np\n1 / 0", 4, "ZeroDivisionError", id="raises"),
    ],
)  # fmt: skip
def test_a_reference_that_cannot_be_imported_is_named_with_its_line(run, course, submit, before, after, line, words):
    path = spoilt(course, "reference/tiny/problem1.py", before, after)

    done = run(submit(), "--course", course, "-a", "tiny")

    assert done.returncode == 3
    assert said(done).startswith(f"error: {path}:{line}: {words}")


@pytest.mark.parametrize(
    ("before", "after", "line", "words", "parts"),
    [
        pytest.param("return x.sum()", "return x.summ()", 15, "no attribute 'summ'", {"1b"}, id="function"),
        pytest.param('return {"x": draw.normal(d)', 'return {"x": draw.norml(d)', 7, "no attribute 'norml'",
                     {"1a", "1b", "1c", "1d"}, id="maker"),
        pytest.param('return {"x": draw', 'return {"y": draw', 10, "takes 'x', which the input maker does not make",
                     {"1a", "1b", "1c", "1d"}, id="maker_without_an_input"),
        pytest.param("once = centre(x)", "once = centr(x)", 24, "name 'centr' is not defined", {"1a"}, id="property"),
    ],
)  # fmt: skip
def test_a_defect_that_shows_while_grading_costs_nobody_points_and_is_told_the_staff_alone(
    graded, course, tmp_path, before, after, line, words, parts
):
    path = spoilt(course, "reference/tiny/problem1.py", before, after)

    done, report = graded()

    assert done.returncode == 3
    assert f"error: {path}:{line}: " in said(done)
    assert words in said(done)
    statuses = {part["id"]: part["status"] for part in report["parts"]}
    assert {id for id, status in statuses.items() if status == "internal error"} == parts
    assert {status for id, status in statuses.items() if id not in parts} == {"correct", "pending"}
    lost = sum(part["points"] for part in report["parts"] if part["id"] in parts)
    assert (report["score"], report["max_score"]) == (17 - lost, 17 - lost)
    for file in ("report.json", "report.html"):
        text = (tmp_path / "out" / file).read_text()
        assert str(course) not in text
        assert words not in text


def test_a_defect_of_the_grader_is_no_verdict(course, submit, tmp_path, monkeypatch):
    def defect(*_, **__):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(grader.grading, "grade", defect)
    command = [str(submit()), "--course", str(course), "-a", "tiny", "--out", str(tmp_path / "out")]

    result = CliRunner().invoke(main, command)

    assert result.exit_code == 3
    assert "ZeroDivisionError: ours" in result.stderr
    assert "the lines above say where" in result.stderr
    assert files_in(tmp_path / "out") == set()


@pytest.mark.parametrize("line", ["import numpy as np", "return x.sum()"])
def test_a_reference_that_ends_the_program_does_not_end_it_well(run, course, submit, line):
    spoilt(course, "reference/tiny/problem1.py", line, f"{line.partition('return')[0]}import sys; sys.exit(0)")

    done = run(submit(), "--course", course, "-a", "tiny")

    assert done.returncode == 3
    assert b"problem1.py" in done.stderr


# ---- isolation ----


def test_the_doctor_says_what_workers_get_and_why_not_more(run):
    done = run("doctor")

    lines = dict(line.split(maxsplit=1) for line in done.stdout.decode().splitlines() if not line.startswith(" "))
    assert done.returncode == 0
    assert lines["isolation"] in LEVELS
    assert lines["isolation"] == "full" or "how to" in done.stdout.decode()
    assert {"torch", "cores", "memory", "workers"} <= set(lines)


def test_the_isolation_that_is_required_is_in_the_report_or_nothing_is_graded(run, course, submit, tmp_path):
    done = run(submit(), "-a", "tiny", "--course", course, "--require-isolation", "full", "--out", tmp_path / "out")

    if done.returncode == 0:
        assert json.loads((tmp_path / "out" / "report.json").read_text())["isolation"] == "full"
    else:
        assert done.returncode == 3
        assert "this machine gives" in said(done)
        assert not (tmp_path / "out").exists()


def test_a_rubric_with_tensors_hands_out_tensors_to_files_that_never_import_torch(run, course, submit, tmp_path):
    rubric = course / "rubrics" / "tiny.yaml"
    text = rubric.read_text()
    assert text.count("      centre:\n") == 1
    rubric.write_text(text.replace("      centre:\n", "      centre:\n        tensors: true\n"))
    source = "def centre(x): return x - x.mean(dim=0)\n"

    done = run(
        submit({"problem1.py": source}), "-a", "tiny", "--course", course, "--json", "-", "--out", tmp_path / "out"
    )

    assert said(done) == ""
    assert json.loads(done.stdout)["parts"][0]["status"] == "correct"
