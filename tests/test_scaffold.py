"""`grade new`: a homework that is whole as it stands, under any id, and nothing written over."""

import doctest
import inspect
import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from test_rubric_schema import as_an_editor_reads_it

from grader import rubric_schema
from grader.assignment import Assignment
from grader.cli import main
from grader.course import Course
from grader.scaffold.command import PLACEHOLDER, TEMPLATE

ROOT = Path(__file__).parents[1]
IDS = ["hw1", "1.10", "no", "Übung-3"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, to be in."""
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def new(here):
    """`new("hw1")` is what `grade new hw1` says, where it leaves with `code`."""

    def run(*arguments, code=0):
        result = CliRunner().invoke(main, ["new", *arguments])
        assert result.exit_code == code, result.output
        return result.output

    return run


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("id", IDS)
def test_the_first_homework_makes_a_course_folder_and_says_what_it_wrote(here, new, id):
    told = new(id)

    files = contents(here)
    assert all(f"  {file}\n" in told for file in files)
    assert Course(here).assignments == [id]
    assert not any(PLACEHOLDER in str(file) or PLACEHOLDER.encode() in text for file, text in files.items())


@pytest.mark.parametrize("id", IDS)
def test_nothing_is_found_when_it_is_validated(here, new, id):
    new(id)

    result = CliRunner().invoke(main, ["validate", id, "--seeds", "5", "--json", "-"])

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [(one["assignment"], one["findings"]) for one in told["assignments"]] == [(id, [])]


def test_no_wrong_version_of_its_reference_earns_a_part(new):
    new("hw1")

    result = CliRunner().invoke(main, ["mutate", "hw1", "--json", "-"])

    assert result.exit_code == 0, result.output
    [told] = json.loads(result.stdout)["assignments"]
    assert [part["part"] for part in told["parts"]] == ["1a", "1b", "1c"]
    assert all(part["killed"] and part["score"] == 100 for part in told["parts"])


def test_the_commands_that_it_names_next_can_be_typed(here, new, monkeypatch):
    (here / "rubrics").mkdir()
    (here / "deeper").mkdir()
    monkeypatch.chdir(here / "deeper")

    _, _, commands = new("hw1").partition("Next:\n")

    assert f"cd {here}" in commands
    assert (here / "submissions_example/hw1/correct").is_dir()
    assert "grade submissions_example/hw1/correct\n" in commands


def test_an_editor_finds_the_schema_beside_the_rubric_and_the_rubric_keeps_to_it(here, new):
    new("hw1")

    text = (here / "rubrics/hw1.yaml").read_text(encoding="utf-8")
    schema = json.loads((here / "rubrics" / text.splitlines()[0].partition("$schema=")[2]).read_text(encoding="utf-8"))
    assert schema == rubric_schema.schema()
    jsonschema.Draft7Validator(schema).validate(as_an_editor_reads_it(text))


def test_a_second_homework_goes_beside_the_first_and_leaves_it_as_it_was(here, new, monkeypatch):
    new("hw1")
    before = contents(here)
    monkeypatch.chdir(here / "reference")

    told = new("hw2")

    assert Course(here).assignments == ["hw1", "hw2"]
    assert before.items() <= contents(here).items()
    assert rubric_schema.NAME not in told


def test_a_schema_of_another_version_stays_and_is_told_of(here, new):
    new("hw1")
    schema = here / "rubrics" / rubric_schema.NAME
    schema.write_text("{}", encoding="utf-8")

    assert f"rubrics/{rubric_schema.NAME} is that of another version of the grader: delete it" in new("hw2")
    assert schema.read_text(encoding="utf-8") == "{}"


def test_another_course_can_be_named(here, new, tmp_path):
    (tmp_path / "else where").mkdir()

    told = new("hw1", "--course", str(tmp_path / "else where"))

    assert Course(tmp_path / "else where").assignments == ["hw1"]
    assert contents(here) == {}
    assert f"cd '{tmp_path / 'else where'}'" in told


@pytest.mark.parametrize("taken", ["rubrics/hw1.yaml", "reference/hw1/problem1.py", "submissions_example/hw1/a/b.py"])
def test_what_is_there_is_never_written_over(here, new, taken):
    (here / "rubrics").mkdir()
    (here / taken).parent.mkdir(parents=True, exist_ok=True)
    (here / taken).write_text("mine", encoding="utf-8")

    told = new("hw1", code=2)

    assert "there is a homework 'hw1' already" in told
    assert "remedy: choose another id" in told
    assert contents(here) == {Path(taken): b"mine"}


@pytest.mark.parametrize("id", ["", "a b", "../hw1", "/hw1", "-hw1x", ".hw1", "hw/1", "h" * 60, "hw1\n", "hw:1"])
def test_what_is_no_name_for_a_file_is_no_id(here, new, id):
    told = new("--", id, code=2)

    assert "is no id of a homework" in told
    assert "remedy: use letters" in told
    assert contents(here) == {}


def test_a_folder_that_there_is_not_is_no_course(new):
    assert "there is no folder elsewhere\n  remedy: make it" in new("hw1", "--course", "elsewhere", code=2)


@pytest.mark.parametrize("taken", ["reference", "submissions_example"])
def test_what_cannot_be_written_is_said_and_no_half_of_it_is_in_the_way_of_the_next_try(here, new, taken):
    (here / "rubrics").mkdir()
    (here / taken).write_text("no folder", encoding="utf-8")

    assert "the homework cannot be written to" in new("hw1", code=2)

    assert contents(here) == {Path(taken): b"no folder"}
    (here / taken).unlink()
    assert "A new homework" in new("hw1")


def test_the_examples_in_its_docstrings_are_true(here, new):
    new("hw1")
    module = Assignment(Course(here), "hw1").references["1"].module

    results = doctest.testmod(module)

    assert (results.failed, results.attempted) == (0, inspect.getsource(module).count(">>>"))
    assert results.attempted > 0


def test_every_file_of_it_is_installed_with_the_grader():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]

    patterns = tools["setuptools"]["package-data"]["grader"]
    found = {file for pattern in patterns for file in (ROOT / "grader").glob(pattern)}
    assert {file for file in TEMPLATE.rglob("*") if file.suffix in (".py", ".yaml")} <= found
