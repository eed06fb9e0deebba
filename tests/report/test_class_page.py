"""The class page says what the records say, loads nothing, runs its own script alone, and shows text as text."""

import base64
import hashlib
import itertools
import os
import re
import statistics
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from classes import IDS, POINTS, RUBRIC, WRITTEN, missing, part, person, submitted, ungraded
from msgspec.structs import replace
from outline import Outline

import grader.report.class_page
from grader.assignment import Assignment
from grader.course import Course
from grader.grading import grade
from grader.model import Status
from grader.report import words
from grader.report.class_list import address
from grader.report.class_page import class_page
from grader.report.class_statistics import part_statistics, reports_by_key
from grader.report.clusters import clusters
from grader.report.files import write
from grader.roster import HandedIn, Marked, Refused
from grader.submission import Submission

GOLDEN = Path(__file__).parent / "golden" / "class.html"
FOLDER = Path(grader.report.class_page.__file__).parent
CSS, JS = ((FOLDER / f"class_page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
ROOT = Path(__file__).parents[2]
AT = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)

WRONG, RAISED = Status.WRONG, Status.RAISED


def small_class(text="plain words", bad="x"):
    """Everything that can happen to a student, with a text of theirs wherever a text can be; and who was refused."""
    lost = part("1a", WRONG, feedback=f"dx leaves out a path {text}", misconception=f"no_path {text}")
    said = part("1b", RAISED, feedback=f"IndexError: {text}")
    marked = [
        *submitted("ann", part("2b", Status.TIMED_OUT), group=("bob",)),
        *submitted("cai", lost, said, kept=0.8, late=True, attempt=2, notes=(text,) * 7, remarks=(f"late: {text}",)),
        *submitted("dee", lost, said, part("2b", Status.INTERNAL_ERROR)),
        *submitted("eve", part("1a", Status.PARTIAL, 0.5, feedback="right for n = 1"), part("2a", Status.DEFERRED)),
        *submitted("fox", part("1a", Status.MISSING), part("1b", WRONG), part("2a", Status.CRASHED)),
        missing("gus"),
        missing("hal"),
        ungraded("ivy"),
    ]
    one = person(f"jo{text}", name=text, section=text, group=text)
    own = HandedIn(key=bad, folder=Path("jo"), people=(one,))
    marked.append(Marked(person=one, handed_in=own, report=marked[0].report, score=9, final=9, max_score=10))
    refused = [Refused(name=f"hal {text}.zip", reason=f"it is no zip: {text}", people=(person("hal"),))]
    links = {line.handed_in.key: f"reports/{line.handed_in.key}/report.html" for line in marked if line.report}
    return RUBRIC, marked, refused, links


@pytest.fixture(scope="module")
def records():
    return small_class()


@pytest.fixture(scope="module")
def text(records):
    return class_page(*records, AT)


@pytest.fixture
def outline(text):
    return Outline(text)


def table(page, id):
    """The rows of a table of the page by the first word of their heading, as lists of texts."""
    text = page[page.index(f'<table id="{id}"') :]
    rows = re.findall(r"<tr.*?</tr>", text[text.index("<tbody>") : text.index("</tbody>")], re.DOTALL)
    cells = [[text for _, _, text in Outline(row).all("th", "td")] for row in rows]
    return {row[0].split()[0]: row for row in cells}


# ---- as it was approved ----


def test_the_page_looks_as_it_was_approved(text):
    if os.environ.get("GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")

    assert text == GOLDEN.read_text(encoding="utf-8"), "GOLDEN=1 rewrites it"


# ---- every number follows from the records ----


def test_the_head_counts_those_who_handed_in_and_those_who_did_not(outline, records):
    _, marked, refused, _ = records
    facts = dict(re.findall(r"(\w[\w ]*?) ([\d-]+(?: [\d:]+ UTC)?)(?= [A-Z]|$)", outline.all("dl")[0][2]))

    assert facts == {
        "Graded": "2026-03-02 14:05 UTC",
        "Students": str(len(marked)),
        "Handed in": str(sum(line.handed_in is not None for line in marked)),
        "Missing": "1",  # gus; hal was refused
        "Refused": str(len(refused)),
        "Not graded": "1",  # ivy
    }


def test_the_page_knows_no_time_by_itself(records):
    assert "Graded" not in Outline(class_page(*records)).all("dl")[0][2]
    assert class_page(*records) == class_page(*records)


def test_the_numbers_are_those_of_the_final_points_of_who_was_graded(outline, records):
    finals = [line.final for line in records[1] if line.report]
    lower, median, upper = (words.number(q) for q in statistics.quantiles(finals, n=4, method="inclusive"))
    numbers = outline.all("dl")[1][2]

    assert outline.all("strong")[0][2] == median
    assert f"Mean {words.number(statistics.mean(finals))} Quartiles {lower} and {upper}" in numbers
    assert f"Lowest {words.number(min(finals))} Highest {words.number(max(finals))}" in numbers
    assert f"{len(finals)} students" in numbers


def test_it_says_what_the_numbers_are_out_of_and_what_is_not_in_them(outline, records):
    main = outline.all("main")[0][2]
    graded = [line for line in records[1] if line.report]

    assert f"out of {words.counted(sum(POINTS.values()))} judged by machine" in main
    waiting = sum(line.pending_points > 0 for line in graded)
    assert f"{words.counted(sum(WRITTEN.values()))} more are for written parts, pending for {waiting} students" in main
    less = sum(line.max_score < sum(POINTS.values()) for line in graded)
    assert f"Of {less} students not every part could be judged yet" in main
    assert f"Not counted: {len(records[1]) - len(graded)} students without a report" in main


def test_the_table_beside_the_histogram_counts_everybody_once(outline, text, records):
    counts = re.search(r'<table class="sums bins">.*?</table>', text, re.DOTALL).group()
    drawn = [float(attrs["height"]) for _, attrs, _ in outline.all("rect") if attrs["class"] == "earned"]
    counted = [int(text) for tag, _, text in Outline(counts).all("td")]

    assert sum(counted) == sum(line.report is not None for line in records[1])
    height = float(outline.all("svg")[0][1]["viewbox"].split()[-1])
    assert height / 2 < max(drawn) < height
    assert drawn == pytest.approx([max(drawn) * count / max(counted) for count in counted], abs=0.1)


def test_a_part_has_its_shares_credit_and_discrimination(text, records):
    rubric, marked, _, _ = records
    reports = reports_by_key(marked)
    rows = table(text, "parts")

    assert tuple(rows) == IDS
    for own in part_statistics(rubric, reports):
        _, points, *shares, rest, credit, discrimination, seconds, _ = rows[own.id]
        statuses = (Status.CORRECT, Status.PARTIAL, WRONG, RAISED, Status.MISSING)
        of = [100 * own.counts.get(status, 0) / len(reports) for status in statuses]
        assert points == words.number(own.points)
        assert [float(share.removesuffix(" %")) for share in shares] == pytest.approx(of, abs=0.5)
        assert float(rest.split()[0]) == pytest.approx(100 - sum(of), abs=0.5)
        assert credit == ("–" if own.mean_credit is None else f"{100 * own.mean_credit:.0f} %")
        assert discrimination == ("–" if own.discrimination is None else f"{own.discrimination:.2f}")
        assert seconds == ("–" if own.seconds is None else f"{own.seconds:.3f}")


def test_a_part_names_its_most_frequent_reasons(text):
    assert table(text, "parts")["1a"][-1] == "2 no path plain words"


def test_a_cluster_says_how_many_lost_what_and_leads_to_their_reports(outline, records):
    _, marked, _, links = records
    found = clusters(IDS, reports_by_key(marked))
    shown = [text for _, _, text in outline.all("summary")][1:]  # the first one is of the histogram

    assert [one.reason.text for one in found] == ["no path plain words", "IndexError: plain words", "timed out"]
    assert [text.split(":")[0] for text in shown] == ["2 students", "2 students", "3 students in 2 submissions"]
    assert [text.endswith(" ".join(one.parts)) for text, one in zip(shown, found, strict=True)] == [True] * 3
    people = [text for _, attrs, text in outline.all("p") if attrs.get("class") == "people"]
    assert people == ["cai, dee", "cai, dee", "ann, bob, joplain words"]
    assert all(f"./{links[key]}" in outline.attributes("href") for one in found for key in one.keys)


def test_what_may_be_our_fault_and_what_was_refused_comes_before_what_students_lost(outline):
    main = outline.all("main")[0][2]
    first = main[main.index("To look at first") : main.index("What was lost by many")]

    assert "2b △ internal error The grader could not judge 1 of 6 submissions." in first
    assert "hal plain words.zip ⊘ refused Student HAL (hal): it is no zip: plain words" in first


def test_a_part_that_everybody_lost_for_one_reason_asks_for_a_look_at_the_rubric():
    marked = [line for id in "abc" for line in submitted(id, part("1a", WRONG, feedback="off by 2"))]

    main = Outline(class_page(RUBRIC, marked, [], {})).all("main")[0][2]

    assert "All 3 who tried it (3 submissions judged) lost points for the same reason: off by 2. Compare" in main


def test_a_student_has_the_points_the_remark_and_a_mark_for_each_part(text, outline, records):
    rows = table(text, "students")
    cai = next(line for line in records[1] if line.person.id == "cai")
    marks = {part.id: words.WORDS[part.status].symbol for part in cai.report.parts}

    assert len(rows) == len(records[1])
    id, name, group, score, final, strip, late, attempt, notes = rows["cai"]
    assert (id, name, group, late, attempt) == ("cai", "Student CAI", "", "late", "2")
    assert (score, final) == (words.number(cai.score), f"{words.number(cai.final)} late: plain words")
    assert strip == "".join(marks[id] for id in IDS)
    assert notes == "; ".join(["plain words"] * 5) + "; and 2 more"
    strips = [attrs["aria-label"] for _, attrs, _ in outline.all("span") if attrs.get("class") == "strip"]
    assert strips[2] == "2 right, 2 lost, 1 waiting"


def test_how_late_it_was_stands_in_its_column_where_the_course_says_so():
    """Many platforms do not say what is late, and an extension makes in time what they say is late."""
    [line] = submitted("a", part("1a", WRONG))
    late = replace(line, late=timedelta(days=1, hours=10, minutes=1))

    rows = table(class_page(RUBRIC, [late], [], {}), "students")

    assert rows["a"][6] == "34:01:00"


def test_who_has_no_report_is_there_with_the_reason(text):
    rows = table(text, "students")

    assert rows["gus"][3:6] == ["–", "0", "nothing handed in"]
    assert rows["hal"][5] == "refused: it is no zip: plain words"
    assert rows["ivy"][5] == "not graded"
    assert rows["dee"][3] == "3 of 9"  # what could not be judged counts for nobody


def test_each_student_is_linked_to_the_report_that_counts(outline, records):
    _, marked, _, links = records
    expected = [f"./{links[line.handed_in.key]}" for line in marked if line.report]

    rows = outline.all("th")
    hrefs = [attrs["href"] for _, attrs, _ in outline.all("a") if attrs["href"].startswith("./")]
    assert sorted(set(hrefs)) == sorted(set(expected))
    assert len([1 for _, attrs, _ in rows if attrs["scope"] == "row"]) >= len(marked)


def test_a_submission_without_a_link_is_named_all_the_same():
    page = class_page(RUBRIC, submitted("a"), [], {})

    assert table(page, "students")["a"][0] == "a"


@pytest.mark.parametrize("marked", [[], [missing("a")], [ungraded("a")]])
def test_a_class_without_a_report_has_a_page(marked):
    main = Outline(class_page(RUBRIC, marked, [], {})).all("main")[0][2]

    assert "No submission has been graded." in main
    assert "No two submissions lost points for the same reason." in main


def test_long_lists_are_cut_and_counted():
    marked = [
        line
        for i in range(240)
        for line in submitted(
            f"s{i}", part("1a", WRONG, feedback="same"), part("1b", WRONG, feedback="word" + "ab"[i % 2] * (i // 2 + 1))
        )
    ]
    pairs = [line for i in range(260) for line in submitted(f"p{i}", part("1b", WRONG, feedback="w" + "a" * (i // 2)))]

    many, pages = Outline(class_page(RUBRIC, marked, [], {})), Outline(class_page(RUBRIC, pairs, [], {}))

    people = next(text for _, attrs, text in many.all("p") if attrs.get("class") == "people")
    assert people.endswith("s59, and 180 more")
    assert len([1 for _, attrs, _ in pages.all("details") if attrs.get("class") == "cluster"]) == 100
    assert "and 30 smaller ones." in pages.all("main")[0][2]


# ---- a page that can be read by everybody ----


def test_the_elements_are_balanced_and_no_id_is_given_twice(outline):
    ids = outline.attributes("id")

    assert outline.unbalanced == []
    assert outline.open == []
    assert len(ids) == len(set(ids))


def test_headings_links_tables_and_pictures_say_what_they_are(outline):
    levels = [int(tag[1]) for tag, _, _ in outline.all("h1", "h2", "h3")]
    tables, captions = outline.all("table"), outline.all("caption")
    pictures = [attrs for _, attrs, _ in outline.all("svg")]

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(text for _, _, text in outline.all("h1", "h2", "a", "summary", "label"))
    assert len(tables) == len(captions)
    assert all(text for _, _, text in captions)
    assert {attrs.get("scope") for _, attrs, _ in outline.all("th")} == {"row", "col"}
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in pictures)
    assert all(text for _, _, text in outline.all("desc"))


def test_every_internal_link_and_label_leads_somewhere(outline):
    ids = set(outline.attributes("id"))
    links = {link[1:] for link in outline.attributes("href") if link.startswith("#")}

    assert links <= ids
    assert set(" ".join(outline.attributes("aria-labelledby")).split()) <= ids
    assert set(outline.attributes("for")) <= ids


def test_what_scrolls_can_be_reached_with_the_keyboard(outline):
    wide = [attrs for _, attrs, _ in outline.all("div") if attrs.get("class") == "wide"]

    assert wide
    assert all(attrs["tabindex"] == "0" and attrs["role"] == "region" for attrs in wide)


def test_each_mark_is_explained_in_words(outline):
    legend = {attrs["data-symbol"]: attrs["data-label"] for _, attrs, _ in outline.all("li") if "data-symbol" in attrs}

    assert {words.WORDS[status].symbol: words.WORDS[status].label for status in Status}.items() <= legend.items()
    assert {mark for _, _, mark in outline.all("i", "b", "u")} <= set(legend)


def test_the_style_names_no_colour_of_its_own():
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl|url\(|@import|https?:", CSS)
    assert not re.search(r"(?<!-)\b(color|fill|stroke): (?!var|inherit|CanvasText)", CSS)
    assert all(f"@media {reader}" in CSS for reader in ("print", "(forced-colors: active)"))


# ---- the script ----


def test_it_loads_nothing_and_runs_its_own_script_alone(outline, text):
    policy = outline.all("meta")[1][1]["content"]
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert script == JS
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", "")
    assert not outline.all("link", "img", "iframe", "object", "embed", "form", "base")
    assert not outline.attributes("src")
    assert not outline.attributes("style")
    assert not [name for _, attrs, _ in outline.elements for name in attrs if name.startswith("on")]
    assert all(link.startswith(("#", "./")) for link in outline.attributes("href"))


def test_the_script_ends_no_element_and_puts_no_text_into_the_page_as_code():
    assert not re.search(
        r"</|<!--|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|fetch\(", JS
    )
    assert "\r" not in JS  # browsers read newlines, and the digest is of what they read


def test_what_the_script_asks_for_is_there(outline, text):
    ids = set(outline.attributes("id"))
    asked = set(re.findall(r'getElementById\("([\w-]+)"\)', JS)) | set(re.findall(r'querySelectorAll\("#([\w-]+)', JS))

    assert asked == {"search", "found", "searching", "students", "parts"}
    assert asked <= ids
    assert len([1 for _, attrs, _ in outline.all("table") if attrs.get("class") == "sortable"]) == 2
    assert outline.attributes("data-id") == list(IDS)
    # A column is sorted by the cells at its place: every row has as many as the head.
    for id in ("parts", "students"):
        head = text[text.index(f'<table id="{id}"') :].partition("</thead>")[0].count("<th ")
        assert {len(row) for row in table(text, id).values()} == {head}


def test_each_strip_has_a_mark_for_each_part(text):
    strips = re.findall(r'class="strip".*?</span></span>', text)

    assert strips
    assert {len(re.findall("<[ibu][ >]", strip)) for strip in strips} == {len(IDS)}


def test_those_of_a_cluster_can_be_found_in_the_table(text, outline, records):
    found = clusters(IDS, reports_by_key(records[1]))

    rows = re.findall(r'<tr(?: data-c="([\d ]+)")?><th scope="row">.*?(\w+)(?:</a>)?</th>', text)
    for number, one in enumerate(found[:2], start=1):
        assert f"cluster:{number}" in outline.attributes("data-find")
        assert [id for numbers, id in rows if str(number) in numbers.split()] == list(one.keys)


def test_without_the_script_nothing_is_there_that_does_nothing(outline):
    assert not outline.all("button")
    assert all(
        "hidden" in attrs
        for _, attrs, _ in outline.all("p", "a")
        if attrs.get("id") == "searching" or "data-find" in attrs
    )


# ---- text from students ----


def test_hostile_text_in_every_field_adds_no_element_and_no_attribute(hostile):
    calm = Outline(class_page(*small_class("harmless")))
    attacked = Outline(class_page(*small_class(hostile, bad=hostile.replace("\udcff", ""))))

    assert attacked.skeleton() == calm.skeleton()


def test_hostile_text_is_shown_as_the_text_it_is(hostile):
    page = class_page(*small_class(hostile, bad=hostile))
    body = Outline(page).all("body")[0][2]

    assert "<script>alert(1)</script>␛[2J␛]0;owned␇\\u202egnp.exe\\udcff{{ 7 * 7 }}\"'>&lt;" in body
    assert all(character.isprintable() or character == "\n" for character in page)
    assert page.encode("utf-8")


def test_long_text_is_cut():
    short, long = (len(class_page(*small_class("x" * length, bad="x"))) for length in (20_000, 200_000))

    assert short < 60_000
    assert long - short < 300  # the counts of what was left out


@pytest.mark.parametrize(
    "path",
    [
        "reports/b0001/report.html",
        "javascript:alert(1)",
        "//example.org/x",
        "/etc/passwd",
        "https://example.org",
        "a b/c#d?e%2e%2e&f.html",
        '"><script>alert(1)</script>',
        "日本/ü.html",
        "back\\slash",
        "a\nb",
    ],
)
def test_a_link_leads_to_the_file_of_that_name_below_the_page(path):
    page = "file:///run/folder/index.html"

    link = address(path)

    assert re.fullmatch(r"\./[\w.~%/-]+", link, re.ASCII)
    assert unquote(link.removeprefix("./")) == path
    assert urljoin(page, link).startswith("file:///run/folder/")


def test_a_file_name_that_is_no_text_is_linked_by_its_bytes():
    assert address("reports/\udcff.html") == "./reports/%FF.html"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "\ud800"])
def test_what_cannot_be_a_file_below_the_page_has_no_link(path):
    assert address(path) == ""


# ---- large and real classes ----


def test_two_thousand_students_fit_into_a_page_of_three_megabytes():
    """Everybody lost all of forty parts, for one of three reasons each; with a note and a remark."""
    problem, kinds = RUBRIC.problems[0], [("four score", WRONG), ("and seven", RAISED), ("years ago", Status.PARTIAL)]
    ids = [f"1.{number}" for number in range(40)]
    many = replace(problem, parts=tuple(replace(problem.parts[0], id=id) for id in ids))
    lost = part("1a", WRONG)
    marked = []
    for i in range(2000):
        [line] = submitted(f"b{i:08}", notes=("problem1.ipynb: cells 3 and 5 were left out",), remarks=("2 days late",))
        said = [kinds[(i + j) % len(kinds)] for j in range(len(ids))]
        parts = (replace(lost, id=id, feedback=f, status=s) for id, (f, s) in zip(ids, said, strict=True))
        marked.append(replace(line, report=replace(line.report, parts=tuple(parts))))
    links = {line.handed_in.key: f"reports/{line.handed_in.key}/report.html" for line in marked}

    page = class_page(replace(RUBRIC, problems=(many,)), marked, [], links)

    assert page.count("<tr data-c=") == len(marked)
    assert len(page.encode()) < 3e6


DOZEN = (
    "correct", "correct_loops", "empty", "overflowing_sigmoid", "raises_on_large_numbers", "memory_starts_empty",
    "diagonal_covariance", "mean_log_likelihood", "logarithm_inside_the_sum", "e_step_without_the_shares",
    "samme_alpha", "syntax_error_in_problem4",
)  # fmt: skip


def test_a_dozen_real_submissions_make_a_page_that_leads_to_their_reports(zygote, tmp_path):
    assignment = Assignment(Course(ROOT), "ntu_ml_hw4")
    marked, links = [], {}
    for name in DOZEN:
        folder = ROOT / "submissions_example" / "ntu_ml_hw4" / name
        report, errors = grade(assignment, Submission(folder), zygote)
        assert errors == []
        write(report, tmp_path / "reports" / name)
        links[name] = f"reports/{name}/report.html"
        own = HandedIn(key=name, folder=folder, people=(person(name),))
        marked.append(
            Marked(
                person=person(name),
                handed_in=own,
                report=report,
                score=report.score,
                final=report.score,
                max_score=report.max_score,
                pending_points=report.pending_points,
            )
        )

    page = class_page(assignment.rubric, marked, [], links)

    outline, rows = Outline(page), table(page, "students")
    assert {row[0]: row[3] for row in rows.values()} == {one.person.id: words.number(one.score) for one in marked}
    files = {attrs["href"] for _, attrs, _ in outline.all("a") if attrs["href"].startswith("./")}
    assert len(files) == len(DOZEN)
    assert all((tmp_path / unquote(file)).is_file() for file in files)
    summaries = [text for _, _, text in outline.all("summary")]
    assert any(text.startswith("2 students: Your sigmoid is right until") for text in summaries)
    shares = table(page, "parts")
    lost = sum(next(p for p in one.report.parts if p.id == "4.q").status is not Status.CORRECT for one in marked)
    assert lost
    assert shares["4.q"][2] == f"{100 * (len(DOZEN) - lost) / len(DOZEN):.0f} %"
