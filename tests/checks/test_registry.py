"""Every kind of check, present and future, keeps the promises of its kind."""

import inspect
import re

import msgspec
import pytest

from grader.checks import KINDS

EVERY_KIND = pytest.mark.parametrize(("name", "kind"), [pytest.param(*item, id=item[0]) for item in KINDS.items()])

# Values for options without a default, by their type.
SAMPLES = {str: "name", float: 1.0, int: 1, tuple[str, ...]: ("name",)}


def sample(kind):
    """One check of this kind."""
    required = [field for field in msgspec.structs.fields(kind) if field.required]
    return kind(**{field.name: SAMPLES[field.type] for field in required})


@EVERY_KIND
def test_it_is_a_frozen_record_whose_options_are_named(name, kind):
    check = sample(kind)

    assert issubclass(kind, msgspec.Struct)
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.kw_only if hasattr(kind.__struct_config__, "kw_only") else True
    with pytest.raises(TypeError):
        kind("by position")
    with pytest.raises(AttributeError, match="immutable"):
        setattr(check, next(iter(kind.__struct_fields__)), "changed")
    assert check == sample(kind)


@EVERY_KIND
def test_its_docstring_is_a_sentence_and_names_every_option(name, kind):
    manual = inspect.getdoc(kind)

    assert manual.splitlines()[0].endswith((".", ","))
    for option in kind.__struct_fields__:
        assert re.search(rf"^{option}  +\S", manual, re.MULTILINE), f"{name} does not explain its option '{option}'"


@EVERY_KIND
def test_it_lies_in_the_file_of_its_name(name, kind):
    assert kind.__module__ == f"grader.checks.{name}"


@EVERY_KIND
def test_it_is_registered_under_the_name_of_its_class(name, kind):
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()

    assert name == words


@EVERY_KIND
def test_it_can_judge_and_says_what_it_needs(name, kind):
    assert list(inspect.signature(kind.judge).parameters) == ["self", "student", "reference", "trial"]
    assert inspect.getdoc(kind.judge)
    needs = sample(kind).needs()
    assert isinstance(needs, tuple)
    assert all(isinstance(need, str) for need in needs)


@EVERY_KIND
def test_it_has_a_test_of_its_own(name, kind, request):
    assert (request.path.parent / f"test_{name}.py").is_file()


def test_every_file_of_a_kind_is_registered(request):
    import grader.checks

    [folder] = map(str, grader.checks.__path__)
    files = {path.stem for path in type(request.path)(folder).glob("*.py")} - {"__init__", "sides"}

    assert files == set(KINDS)
