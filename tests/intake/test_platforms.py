"""What each learning platform gives is recognised, packed and unpacked, and says whose each submission is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from samples import GOOD, below, files_in, notebook, zipped

from grader.errors import UsageError
from grader.intake import intake

HEBREW, CHINESE = "ישראלה ישראלי", "王小明"


def by_key(taken) -> dict:
    """The submissions by key; nothing was refused."""
    assert taken.refused == ()
    return {one.key: one for one in taken.handed_in}


def is_good(one) -> bool:
    """Whether the problem files are what was handed in."""
    return {name: (one.folder / name).read_text() for name in GOOD} == GOOD


# ---- no platform ----


def test_a_folder_of_folders(taken_in, form, scratch):
    label = {"submission.yaml": "student: {id: s7, name: A Student}\ncollaborators: [s8]\n"}
    files = {
        **below("s1", GOOD),
        **below("s2/hw2", GOOD),
        **below(CHINESE, GOOD),
        **below(HEBREW, GOOD),
        **below("someone", {**GOOD, **label}),
        "__MACOSX/s1/._problem1.py": "x",
        "s1/.DS_Store": "x",
        "s1/__pycache__/problem1.cpython-311.pyc": "x",
    }

    taken = taken_in(files, form)

    ones = by_key(taken)
    assert taken.kind == f"{form} of submissions"
    assert {one.people[0].id for one in ones.values()} == {"s1", "s2", CHINESE, HEBREW, "s7"}
    assert all(map(is_good, ones.values()))
    assert ones["someone"].people[0].name == "A Student"
    assert "s8" in " ".join(ones["someone"].notes)
    assert [one.folder.is_relative_to(scratch) for one in ones.values()] == 5 * [form == "zip"]
    assert form == "folder" or {path.name for path in ones["s1"].folder.rglob("*")} == set(GOOD)


def test_folders_around_the_class_are_taken_off(taken_in, form):
    ones = by_key(taken_in(below("hw2/all", {**below("s1", GOOD), **below("s2", GOOD)}), form))

    assert set(ones) == {"s1", "s2"}


@pytest.mark.parametrize("inside", ["", "hw2/", "alice/", "a/b/"])
def test_a_single_submission_in_a_zip_called_like_its_student(taken_in, inside):
    taken = taken_in({f"{inside}{name}": text for name, text in GOOD.items()}, "zip", name="alice")

    [one] = taken.handed_in
    assert is_good(one)
    assert inside == "a/b/" or (taken.kind, one.people[0].id) == ("single submission", "alice")


def test_zips_in_a_folder_or_a_zip(taken_in, form):
    files = {"ann.zip": zipped(GOOD), "Böb B.zip": zipped(below("hw2", GOOD)), "cy.zip": zipped(below("cy", GOOD))}

    taken = taken_in(files, form)

    assert taken.kind == f"{form} of zips"
    assert sorted(one.people[0].id for one in taken.handed_in) == ["Böb B", "ann", "cy"]
    assert all(map(is_good, by_key(taken).values()))


def test_zips_are_opened_one_level_deep(taken_in, form):
    taken = taken_in({"ann.zip": zipped({"inner.zip": zipped(GOOD)}), **below("bob", GOOD)}, form)

    assert [one.key for one in taken.handed_in] == ["bob"]
    [refused] = taken.refused
    assert (refused.name, "inner.zip" in refused.reason) == ("ann", True)


@pytest.mark.parametrize("files", [{}, {"__MACOSX/x": "", ".DS_Store": ""}])
def test_an_empty_class(taken_in, form, files):
    taken = taken_in(files, form)

    assert (taken.kind, taken.handed_in, taken.refused) == (f"{form} of nothing", (), ())


def test_what_cannot_be_graded_is_listed_and_the_others_go_on(taken_in, form):
    files = {
        **below("good", GOOD),
        "empty/": "",
        "other/homework.py": "x = 1",
        "packed/work.rar": "Rar!",
        "notes.txt": "hello",
        "torn.zip": b"PK\3\4 and no end",
        "twice/a/problem1.py": "",
        "twice/b/problem1.py": "",
        "label/problem1.py": "",
        "label/submission.yaml": "student: [",
    }

    taken = taken_in(files, form)

    assert [one.key for one in taken.handed_in] == ["good"]
    reasons = {refused.name: refused.reason for refused in taken.refused}
    words = {
        "empty": "empty", "other": "homework.py", "packed": "zip", "notes.txt": "neither", "torn": "no zip",
        "twice": "twice, in a and b", "label": "submission.yaml",
    }  # fmt: skip
    assert set(reasons) == set(words)
    assert all(word in reasons[name] for name, word in words.items())


def test_the_same_person_in_two_folders_has_two_attempts_and_a_note(taken_in):
    label = {**GOOD, "submission.yaml": "student: {id: s1}"}

    ones = by_key(taken_in({**below("a", label), **below("b", label)}))

    assert [(one.people[0].id, one.attempt) for one in ones.values()] == [("s1", 1), ("s1", 2)]
    assert all("2 submissions" in one.notes[-1] for one in ones.values())


def test_problem_files_in_other_letters_or_as_copies_are_taken_and_said(taken_in, form):
    files = {"s1/Problem1.PY": "a = 1", "s1/problem2 (1).py": "old", "s1/problem2 (2).py": "new"}

    ones = by_key(taken_in({**files, **below("s2", GOOD)}, form))

    assert (ones["s1"].folder / "problem1.py").read_text() == "a = 1"
    assert (ones["s1"].folder / "problem2.py").read_text() == "new"
    assert len(ones["s1"].notes) == 2


def test_the_scratch_folder_may_lie_in_the_class_and_is_made_anew(tmp_path):
    folder = files_in(tmp_path / "class", {"ann.zip": zipped(GOOD), "scratch/old/problem1.py": "", "scratch/ann/x": ""})

    for _ in range(2):
        taken = intake(folder, folder / "scratch", GOOD)

        assert [one.key for one in taken.handed_in] == ["ann"]
        assert {path.name for path in (folder / "scratch" / "ann").iterdir()} == set(GOOD)


@pytest.mark.parametrize("what", ["nothing", "a text", "a tar"])
def test_what_is_no_class_is_an_error_with_a_remedy(tmp_path, what):
    path = tmp_path / "class.tar"
    if what != "nothing":
        path.write_bytes(b"text" if what == "a text" else bytes(1024))

    with pytest.raises(UsageError, match="remedy"):
        intake(path, tmp_path / "scratch", GOOD)


# ---- Gradescope ----

METADATA = f"""\
submission_11:
  :submitters:
  - :name: Ann Example
    :sid: '0101'
    :email: ann@example.org
  - :name: {HEBREW}
    :email: isr@example.org
  :created_at: 2026-03-01 21:04:05.123456000 Z
  :score: 3.0
  :results:
    tests:
    - name: one
      output: "line: [1, 2"
    max_score: 4
  :history:
  - :created_at: 2026-02-28 21:04:05 -0800
    :score: 1
submission_12: &twin
  :submitters: [{{name: Bob, sid: 77}}]
  :created_at: 2026-03-01T23:00:00-08:00
"""


def gradescope(metadata: str = METADATA) -> dict:
    """An export of two submissions."""
    files = {"submission_metadata.yml": metadata, **below("submission_11", GOOD), **below("submission_12/src", GOOD)}
    return below("assignment_99_export", files)


def test_a_gradescope_export(taken_in, form):
    taken = taken_in(gradescope(), form)

    assert taken.kind == "Gradescope export"
    ones = by_key(taken)
    first, second = ones["submission_11"], ones["submission_12"]
    assert [(p.id, p.name, p.email) for p in first.people] == [
        ("0101", "Ann Example", "ann@example.org"),
        ("isr@example.org", HEBREW, "isr@example.org"),
    ]
    assert first.submitted_at == datetime(2026, 3, 1, 21, 4, 5, 123456, tzinfo=UTC)
    assert second.submitted_at == datetime(2026, 3, 1, 23, tzinfo=timezone(timedelta(hours=-8)))
    assert [one.origin for one in (first, second)] == ["submission_11", "submission_12"]
    assert is_good(first) and is_good(second)
    assert "1 earlier" in first.notes[0]


@pytest.mark.parametrize(
    ("metadata", "ids"),
    [
        pytest.param(METADATA.replace("  :", "  "), ["0101", "77"], id="keys without a colon"),
        pytest.param(METADATA.split("submission_12")[0], ["0101", "submission_12"], id="one is not listed"),
        pytest.param("- a\n- b\n", ["submission_11", "submission_12"], id="a list"),
        pytest.param("submission_11: {", ["submission_11", "submission_12"], id="no YAML"),
        pytest.param(
            "submission_11: 3\nsubmission_12:\n  :submitters: x", ["submission_11", "submission_12"], id="odd"
        ),
        pytest.param("a: " + "[" * 100_000, ["submission_11", "submission_12"], id="deep and torn"),
        pytest.param("a: " + "[" * 9000 + "]" * 9000, ["submission_11", "submission_12"], id="deep"),
        pytest.param("", ["submission_11", "submission_12"], id="empty"),
    ],
)
def test_gradescope_metadata_of_any_kind_costs_no_submission(taken_in, metadata, ids):
    taken = taken_in(gradescope(metadata), "zip")

    assert [one.people[0].id for one in taken.handed_in] == ids
    assert all(map(is_good, taken.handed_in))


def test_gradescope_metadata_that_repeats_itself_without_end_is_read(taken_in):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]

    taken = taken_in(gradescope(METADATA + "\n".join(lines) + "\n"), "zip")

    assert [one.people[0].id for one in taken.handed_in] == ["0101", "77"]
    assert len(taken.refused) == 40


def test_what_gradescope_lists_and_does_not_hold_is_refused_with_its_people(taken_in):
    pdf = "31337.pdf:\n  :submitters:\n  - :name: Cy\n    :sid: c\n  :original_filename: my work.pdf\n"
    files = gradescope(METADATA + pdf + "submission_13:\n  :submitters:\n  - :name: Di\n    :sid: d\n")

    taken = taken_in({**files, "assignment_99_export/31337.pdf": "%PDF"}, "zip")

    assert {(one.name, one.people[0].id) for one in taken.refused} == {("my work.pdf", "c"), ("submission_13", "d")}


# ---- Canvas ----


def test_a_canvas_download(taken_in, form):
    files = {
        "doejane_4711_98765_problem1.py": GOOD["problem1.py"],
        "doejane_4711_98766_problem2-3.py": GOOD["problem2.py"],
        "roe_2nd_LATE_4712_98767_work-1.zip": zipped(below("work", GOOD)),
        f"{CHINESE}_4713_98768_problem1.py": GOOD["problem1.py"],
        f"{CHINESE}_4713_98769_problem2.py": GOOD["problem2.py"],
        f"{CHINESE}_4713_text.html": "<p>hello",
        "LATE_anon_Ab1_98770_hw2.ipynb": notebook("def f():\n    return 1"),
    }

    taken = taken_in(files, form)

    assert taken.kind == "Canvas download"
    ones = by_key(taken)
    assert {one.people[0].id: one.late for one in ones.values()} == {
        "4711": False, "4712": True, "4713": False, "anon_Ab1": True,
    }  # fmt: skip
    assert all(is_good(one) for one in ones.values() if one.people[0].id != "anon_Ab1")
    jane = ones["doejane_4711"]
    assert jane.people[0].name == "doejane"
    assert jane.origin.splitlines() == ["doejane_4711_98765_problem1.py", "doejane_4711_98766_problem2-3.py"]
    assert "problem2-3.py" in jane.notes[0]
    assert "typed" in ones[f"{CHINESE}_4713"].notes[0]


def test_files_handed_in_to_canvas_again_are_attempts_and_the_others_still_count(taken_in, form):
    files = {
        "doejane_4711_10_problem2.py": "old",
        "doejane_4711_9_problem1.py": "kept",
        "doejane_4711_11_problem2-1.py": "new",
    }

    first, second = taken_in(files, form).handed_in

    assert (first.attempt, second.attempt) == (1, 2)
    assert [(one.folder / "problem2.py").read_text() for one in (first, second)] == ["old", "new"]
    assert [(one.folder / "problem1.py").read_text() for one in (first, second)] == ["kept", "kept"]


def test_canvas_text_and_links_are_no_problem_files(taken_in, form):
    taken = taken_in({"doejane_4711_text.html": "x", "roe_5_link.html": "x", "notes.txt": "x"}, form)

    assert taken.handed_in == ()
    assert {one.name for one in taken.refused} == {"doejane_4711_text.html", "roe_5_link.html", "notes.txt"}


# ---- Moodle ----


def test_a_moodle_download_in_folders(taken_in, form, scratch):
    files = {
        **below("Jane Doe_4711_assignsubmission_file", GOOD),
        "Jane Doe_4711_assignsubmission_onlinetext/onlinetext.html": "x",
        **below("Participant_12_assignsubmission_file_", {"work.zip": zipped(GOOD)}),
        **below("Default group_assignsubmission_file/deeper", GOOD),
        **below(f"{HEBREW}_13_assignsubmission_file", GOOD),
    }

    taken = taken_in(files, form)

    assert taken.kind == "Moodle download"
    ones = by_key(taken)
    assert {(one.origin, one.people[0].name) for one in ones.values()} == {
        ("Participant 4711", "Jane Doe"), ("Participant 12", ""), ("Default group", "Default group"),
        ("Participant 13", HEBREW),
    }  # fmt: skip
    assert all(map(is_good, ones.values()))
    jane = ones["Jane-Doe_4711"]
    assert "onlinetext" in jane.notes[0]
    assert jane.folder.is_relative_to(scratch) == (form == "zip")


def test_a_flat_moodle_download(taken_in, form):
    files = {f"Jane Doe_4711_assignsubmission_file_{name}": text for name, text in GOOD.items()}
    text = {"Roe R_4712_assignsubmission_onlinetext_onlinetext.html": "x"}

    taken = taken_in({**files, **text}, form)

    [one] = taken.handed_in
    assert (one.origin, one.people[0].name) == ("Participant 4711", "Jane Doe")
    assert is_good(one)
    assert [(refused.people[0].id, "onlinetext" in refused.reason) for refused in taken.refused] == [
        ("Participant 4712", True)
    ]


# ---- GitHub Classroom ----

CLONE = {**GOOD, ".git/HEAD": "ref: refs/heads/main", ".git/config": "[core]\nfsmonitor = touch /tmp/owned"}


@pytest.mark.parametrize("around", ["hw2-submissions", "clones"])
def test_github_classroom_clones(taken_in, form, around):
    grades = (
        "assignment_name,assignment_url,github_username,roster_identifier,student_repository_name,submission_timestamp\n"
        "hw2,u,ann-b,s1,hw2-ann-b,2026-03-01 10:00:00 UTC\n"
    )
    files = {**below("hw2-ann-b", CLONE), **below("hw2-zoe", CLONE), "grades.csv": grades}

    taken = taken_in(files if form == "folder" else below(around, files), form, name=around)

    assert taken.kind == "GitHub Classroom clones"
    ones = by_key(taken)
    ann, zoe = ones["ann-b"], ones["zoe"]
    assert (ann.people[0].id, ann.people[0].aliases, ann.origin) == ("s1", ("ann-b",), "hw2-ann-b")
    assert ann.submitted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (zoe.people[0].id, zoe.submitted_at) == ("zoe", None)
    assert is_good(ann) and is_good(zoe)
