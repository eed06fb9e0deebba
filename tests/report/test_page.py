"""The page is one file that loads and runs nothing, is read without colour or eyes, and shows text as text."""

import itertools
import re
from pathlib import Path

import msgspec
import pytest
from outline import Outline

import grader.report.page
from grader.model import Report, Status
from grader.report import words
from grader.report.page import html as render

CSS = Path(grader.report.page.__file__).with_name("page.css").read_text(encoding="utf-8")


def with_strings(report, text):
    """The report with every string replaced, but for what ties it together, and what is empty."""

    def replaced(value, key=""):
        if isinstance(value, str):
            return value if key in {"id", "problem", "status"} or not value else text
        if isinstance(value, dict):
            named = key in {"inputs", "versions"}
            return {text if named else k: replaced(v, "" if named else k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [replaced(item) for item in value]
        return value

    return msgspec.convert(replaced(msgspec.to_builtins(report)), Report)


@pytest.fixture(params=["everything", "whole", "empty"])
def outline(request):
    return Outline(render(request.getfixturevalue(request.param)))


def test_the_elements_are_balanced_and_no_id_is_given_twice(outline):
    ids = outline.attributes("id")

    assert outline.unbalanced == []
    assert outline.open == []
    assert len(ids) == len(set(ids))


def test_it_has_a_language_a_title_one_first_heading_and_no_level_is_left_out(outline):
    levels = [int(tag[1]) for tag, _, _ in outline.all("h1", "h2", "h3", "h4", "h5", "h6")]

    assert outline.all("html")[0][1]["lang"] == "en"
    assert outline.all("title")[0][2]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_heading_and_every_link_says_something(outline):
    assert all(text for _, _, text in outline.all("h1", "h2", "h3", "h4", "a", "summary"))


def test_every_table_says_what_it_is_and_what_its_headings_head(outline):
    tables, captions, heads = outline.all("table"), outline.all("caption"), outline.all("th")

    assert len(tables) == len(captions) > 0
    assert all(text for _, _, text in captions)
    assert {attrs.get("scope") for _, attrs, _ in heads} <= {"row", "col"}


def test_every_picture_is_told_in_words_or_is_decoration(outline):
    told = [attrs for _, attrs, _ in outline.all("svg") if attrs.get("aria-hidden") != "true"]

    assert told
    assert all(attrs["role"] == "img" and re.search("points? earned", attrs["aria-label"]) for attrs in told)


def test_every_internal_link_and_label_leads_somewhere(outline):
    ids = set(outline.attributes("id"))
    links = [link.removeprefix("#") for link in outline.attributes("href")]

    assert links
    assert set(links) <= ids
    assert set(" ".join(outline.attributes("aria-labelledby")).split()) <= ids


def test_each_part_is_reached_by_its_id(everything):
    ids = Outline(render(everything)).attributes("id")

    assert {f"part-{part.id}" for part in everything.parts} <= set(ids)


def test_it_loads_nothing_and_runs_nothing(everything):
    text = render(everything)
    outline = Outline(text)

    assert not outline.all("script", "link", "img", "iframe", "object", "embed", "form", "base")
    assert not outline.attributes("src")
    assert not outline.attributes("style")
    assert not [name for _, attrs, _ in outline.elements for name in attrs if name.startswith("on")]
    assert all(link.startswith("#") for link in outline.attributes("href"))
    assert not re.search(r"@import|url\(|https?:", CSS)
    assert "default-src 'none'" in outline.all("meta")[1][1]["content"]


def test_hostile_text_in_every_field_adds_no_element_and_no_attribute(everything, hostile):
    calm = Outline(render(with_strings(everything, "harmless")))
    attacked = Outline(render(with_strings(everything, hostile)))

    assert attacked.skeleton() == calm.skeleton()


def test_hostile_text_is_shown_as_the_text_it_is(everything, hostile):
    page = render(with_strings(everything, hostile))
    whole_page = " ".join(text for _, _, text in Outline(page).all("body"))

    assert "<script>alert(1)</script>␛[2J␛]0;owned␇\\u202egnp.exe\\udcff{{ 7 * 7 }}\"'>&lt;" in whole_page
    assert all(character.isprintable() or character == "\n" for character in page)
    assert page.encode("utf-8")


def test_every_status_stands_there_in_a_word_and_not_only_in_a_colour(everything):
    text = Outline(render(everything)).all("main")[0][2]

    assert {part.status for part in everything.parts} == set(Status)
    assert all(words.WORDS[status].label in text for status in Status)
    assert all(words.WORDS[status].symbol in text for status in Status)


def test_lost_points_come_with_the_input_the_answer_and_the_replay(everything):
    articles = Outline(render(everything)).all("article")

    text = next(text for _, attrs, text in articles if attrs["id"] == "part-1a.dx")

    pieces = [
        "0 of 7",
        "dx leaves out a path",
        "right in 2 of 18 trials",
        "no path through the variance",
        "layer_norm_backward(dy, x, gamma, eps)",
        "[[1.5 -0.5] [2. 3. ]]",
        "dx = [ 0.8223 -1.3705]",
        "2 of 2 entries differ",
        "dx = [ 0.1 -0.1]",
        "grade submissions_example/ntu_ml_hw2/everything --seed 20260301 --trial 1a.dx/3",
    ]
    assert [piece for piece in pieces if piece not in text] == []


def test_only_lost_points_start_unfolded(everything):
    page = Outline(render(everything))

    unfolded = [attrs for _, attrs, _ in page.all("details") if "open" in attrs]

    assert len(unfolded) == 2  # 1a.dx with its input, 1a.dgamma with its traceback
    assert len(page.all("details")) > len(unfolded)


def test_a_value_that_the_rubric_keeps_to_itself_is_not_on_the_page(everything):
    part = everything.parts[1]
    kept = msgspec.structs.replace(part.counterexample, expected=None)
    parts = (msgspec.structs.replace(part, counterexample=kept), *everything.parts[2:])

    page = render(msgspec.structs.replace(everything, parts=parts))

    assert "What was expected" in render(everything)
    assert "What was expected" not in page


def test_a_long_list_of_losses_is_cut_and_counted(empty):
    parts = tuple(msgspec.structs.replace(part, feedback=f"{part.id} is not there.") for part in empty.parts)
    page = Outline(render(msgspec.structs.replace(empty, parts=parts)))

    assert len([1 for _, attrs, _ in page.all("ol")]) == 1
    assert len(page.all("li")) == 6
    assert "and 2 more below." in page.all("main")[0][2]


def test_a_mistake_that_costs_several_parts_is_one_thing_to_fix(empty):
    """A file that cannot be read comes before a part that is worth more than each of its own."""
    said = "SyntaxError: '(' was never closed (problem1.py, line 3), when problem1.py is imported."
    first, *others = empty.parts
    same = [part.id for part in others if part.problem == others[0].problem]
    assert len(same) > 1
    parts = (first, *(msgspec.structs.replace(part, feedback=said if part.id in same else "") for part in others))

    fix, *rest = [text for _, _, text in Outline(render(msgspec.structs.replace(empty, parts=parts))).all("li")]

    assert fix.startswith(same[0])
    assert said in fix
    assert f"The same in {len(same) - 1} more part" in fix
    assert not any(said in text for text in rest)


def test_nothing_to_fix_is_said_in_so_many_words(whole):
    text = Outline(render(whole)).all("main")[0][2]

    assert "There is nothing to fix." in text
    assert "What to fix first" not in text


def test_nothing_says_failed_whatever_the_status(everything):
    parts = tuple(msgspec.structs.replace(part, feedback="", traceback="") for part in everything.parts)

    page = Outline(render(msgspec.structs.replace(everything, parts=parts)))

    assert "fail" not in page.all("body")[0][2].lower()


def test_rendering_is_pure(everything):
    assert render(everything) == render(everything)


def palette(scheme):
    """The colours of the light page, or of the dark one."""
    blocks = re.findall(r":root \{([^}]*--paper[^}]*)\}", CSS)
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", blocks[["light", "dark"].index(scheme)]))


def luminance(colour):
    """The relative luminance of WCAG 2.2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("ground", ["paper", "inset"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_stands_out_from_its_ground(scheme, ground):
    colours = palette(scheme)
    texts = set(colours) - {"paper", "inset", "rule"}

    for text in texts:
        low, high = sorted([luminance(colours[text]), luminance(colours[ground])])
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} on {ground}, {scheme}"
    assert {word.tone for word in words.WORDS.values()} <= texts


def test_light_and_dark_name_the_same_colours_and_no_other_place_names_any():
    rest = re.sub(r":root \{[^}]*\}", "", CSS)

    assert palette("light").keys() == palette("dark").keys()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", rest)
    assert not re.search(r"(?<!-)\bcolor: (?!var|inherit)", rest)


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param("@media screen and (prefers-color-scheme: dark)", id="at night"),
        pytest.param("@media (prefers-reduced-motion: reduce)", id="without motion"),
        pytest.param("@media (forced-colors: active)", id="with colours of their own"),
        pytest.param("@media (max-width:", id="on a telephone"),
        pytest.param("@media print", id="on paper"),
        pytest.param(":focus-visible", id="with a keyboard"),
    ],
)
def test_the_style_looks_after_readers(reader):
    assert reader in CSS
