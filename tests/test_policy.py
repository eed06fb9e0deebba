"""Policies: a deadline is a moment in time, a penalty is exact, and nobody's submission gets lost on the way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RubricError
from grader.model import Report
from grader.policy.lateness import lateness
from grader.policy.marking import marked
from grader.policy.terms import Counts, Late, Policy, Unit, YesNo, policy_of
from grader.policy.times import clock, instant, length
from grader.roster import HandedIn, Person, Refused
from grader.rubric_file import load

VIENNA = ZoneInfo("Europe/Vienna")
DUE = datetime(2026, 5, 3, 23, 59, tzinfo=VIENNA)
TENTH = Decimal("0.1")
ANNE, BERT, CLEO = (
    Person(id=name, name=name.title(), email=f"{name}@example.org") for name in ("anne", "bert", "cleo")
)


def report(score: float, max_score: float = 17.0) -> Report:
    return Report(
        assignment="tiny", title="Tiny", submission="", student=None, collaborators=(), score=score,
        max_score=max_score, pending_points=2.0, seed=0, isolation="full", device="cpu", versions={},
        problems=(), parts=(),
    )  # fmt: skip


def handed(key, *people, at=DUE, **more):
    return HandedIn(key=key, folder=Path(key), people=people, submitted_at=at, **more)


def per_day(**more):
    return Policy(deadline=DUE, late=Late(penalty=TENTH, **more))


def final(policy, *, after=timedelta(0), score=10.0, person=ANNE, max_score=17.0):
    """The points that remain of a score so long after the deadline."""
    (line,) = marked([person], [handed("a", person, at=DUE.astimezone(UTC) + after)],
                     {"a": report(score, max_score)}, policy)  # fmt: skip
    return line.final


# ---- lateness ----


@pytest.mark.parametrize(
    ("after", "points"),
    [
        pytest.param(timedelta(days=-3), 10, id="early"),
        pytest.param(timedelta(0), 10, id="on the dot"),
        pytest.param(timedelta(seconds=1), 9, id="a second late"),
        pytest.param(timedelta(days=1), 9, id="a day late"),
        pytest.param(timedelta(days=1, microseconds=1), 8, id="a day and a blink late"),
        pytest.param(timedelta(days=3), 7, id="three days late"),
        pytest.param(timedelta(days=300), 0, id="most of a year late"),
    ],
)
def test_every_day_begun_costs_its_share(after, points):
    assert final(per_day(), after=after) == points


def test_hours_are_counted_where_the_policy_counts_hours():
    assert final(per_day(per=Unit.HOUR), after=timedelta(hours=1, seconds=1)) == 8


@pytest.mark.parametrize(
    ("after", "points"), [(timedelta(minutes=10), 10), (timedelta(minutes=10, seconds=1), 9), (timedelta(days=1), 9)]
)
def test_the_grace_ends_to_the_second_and_counts_for_nothing_after_that(after, points):
    assert final(per_day(grace=timedelta(minutes=10)), after=after) == points


def test_lateness_costs_no_more_than_the_cap():
    policy = per_day(cap=Decimal("0.25"))

    (line,) = marked([ANNE], [handed("a", ANNE, at=DUE + timedelta(days=5))], {"a": report(10)}, policy)

    assert line.final == 7.5
    assert line.remarks[-1].endswith(": 25 % less, the most that lateness costs")


@pytest.mark.parametrize(("after", "points"), [(timedelta(days=7), 3), (timedelta(days=7, seconds=1), 0)])
def test_after_closing_there_are_no_points(after, points):
    assert final(per_day(closed_after=timedelta(days=7)), after=after) == points


@pytest.mark.parametrize(
    ("due", "submitted", "late"),
    [
        # Clocks go forward on 2026-03-29 at 2:00, and back on 2026-10-25 at 3:00.
        pytest.param((2026, 3, 28, 23, 59), (2026, 3, 29, 23, 59), timedelta(hours=23), id="a short day"),
        pytest.param((2026, 10, 24, 23, 59), (2026, 10, 25, 23, 59), timedelta(hours=25), id="a long day"),
        pytest.param((2026, 10, 24, 23, 59), (2026, 10, 25, 22, 59), timedelta(hours=24), id="24 hours of a long day"),
    ],
)
def test_lateness_is_the_time_that_passes_whatever_clocks_are_put_to(due, submitted, late):
    policy = Policy(deadline=datetime(*due), time_zone="Europe/Vienna", late=Late(penalty=TENTH))

    found = lateness(datetime(*submitted, tzinfo=VIENNA), None, None, policy)

    assert found.late == late
    assert found.lost == Fraction(TENTH) * (2 if late > timedelta(days=1) else 1)


def test_a_submission_from_another_zone_is_compared_in_time():
    in_time = DUE.astimezone(ZoneInfo("Pacific/Auckland"))

    assert lateness(in_time, None, None, per_day()).late == timedelta(0)
    assert lateness(in_time + timedelta(seconds=1), None, None, per_day()).late == timedelta(seconds=1)


def test_a_time_without_a_zone_is_meant_in_that_of_the_policy():
    policy = Policy(deadline=datetime(2026, 5, 3, 23, 59), time_zone="Europe/Vienna", late=Late(penalty=TENTH))

    assert lateness(DUE, None, None, policy).late == timedelta(0)
    assert lateness(datetime(2026, 5, 3, 23, 59, 1), None, None, policy).late == timedelta(seconds=1)


def test_a_time_that_comes_twice_is_the_one_that_helps():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA)

    assert instant(datetime(2026, 10, 25, 2, 30), VIENNA) == first.astimezone(UTC) + timedelta(hours=1)


def test_lateness_is_said_with_its_length_and_its_price():
    (line,) = marked([ANNE], [handed("a", ANNE, at=DUE + timedelta(hours=26, seconds=4))], {"a": report(10)}, per_day())

    assert line.remarks == ("2 days late (26:00:04): 20 % less",)
    assert line.late == timedelta(hours=26, seconds=4)


def test_a_late_mark_without_a_time_takes_nothing_and_is_said():
    (line,) = marked([ANNE], [handed("a", ANNE, at=None, late=True)], {"a": report(10)}, per_day())

    assert line.final == 10
    assert "gives no time" in line.remarks[0]


def test_who_is_late_elsewhere_and_in_time_here_is_told_apart():
    (line,) = marked([ANNE], [handed("a", ANNE, late=True)], {"a": report(10)}, per_day())

    assert (line.final, line.late) == (10, None)
    assert "in time by the deadline here" in line.remarks[0]


def test_an_unknown_time_is_only_worth_a_remark_where_lateness_costs_something():
    def remarks(policy):
        return marked([ANNE], [handed("a", ANNE, at=None)], {"a": report(10)}, policy)[0].remarks

    assert "nobody says when" in remarks(per_day())[0]
    assert remarks(Policy(deadline=DUE)) == remarks(Policy()) == ()


# ---- extensions ----


def test_an_extension_is_a_deadline_of_its_own():
    anne = msgspec.structs.replace(ANNE, extension=DUE + timedelta(days=2))

    assert final(per_day(), after=timedelta(days=2), person=anne) == 10
    assert final(per_day(), after=timedelta(days=2, seconds=1), person=anne) == 9
    assert final(per_day(closed_after=timedelta(days=1)), after=timedelta(days=3), person=anne) == 9


def test_an_extension_to_an_earlier_time_harms_nobody_and_is_said():
    anne = msgspec.structs.replace(ANNE, extension=DUE - timedelta(days=2))

    (line,) = marked([anne], [handed("a", anne)], {"a": report(10)}, per_day())

    assert line.final == 10
    assert "before everybody's" in line.remarks[0]


def test_members_of_a_group_have_each_their_own_deadline():
    bert = msgspec.structs.replace(BERT, extension=DUE + timedelta(days=1))
    group = handed("g", ANNE, BERT, at=DUE + timedelta(days=2))

    anne, bert = marked([ANNE, bert], [group], {"g": report(10)}, per_day())

    assert (anne.final, bert.final) == (8, 9)
    assert anne.handed_in == bert.handed_in == group


# ---- which attempt ----


def attempts(*after_and_score, person=ANNE):
    """Submissions so many days after the deadline with these scores, in an order that says nothing."""
    pairs = list(enumerate(after_and_score))[::-1]
    return (
        [
            handed(f"k{i}", person, at=DUE.astimezone(UTC) + timedelta(days=days), attempt=i + 1)
            for i, (days, _) in pairs
        ],
        {f"k{i}": report(score) for i, (_, score) in pairs},
    )


@pytest.mark.parametrize(
    ("which", "tries", "key"),
    [
        pytest.param(None, [(-2, 9), (-1, 4)], "k1", id="the last where nothing is said"),
        pytest.param(Counts.LAST, [(-2, 9), (1, 10)], "k1", id="the last although it is late"),
        pytest.param(Counts.BEST, [(-2, 9), (-1, 4)], "k0", id="the best"),
        pytest.param(Counts.BEST, [(-1, 9.5), (1, 10)], "k0", id="the best after lateness"),
        pytest.param(Counts.BEST, [(-1, 8), (1, 10)], "k1", id="the best although it is late"),
        pytest.param(Counts.BEST, [(-1, 9), (0, 9), (1, 10)], "k0", id="of equal ones the first"),
        pytest.param(Counts.LAST, [(-1, 3), (8, 10)], "k0", id="what came after closing does not count"),
        pytest.param(None, [(8, 10), (9, 12)], "k1", id="nothing but what came after closing"),
    ],
)
def test_the_attempt_that_counts(which, tries, key):
    policy = msgspec.structs.replace(per_day(closed_after=timedelta(days=7)), attempt=which)

    (line,) = marked([ANNE], *attempts(*tries), policy)

    assert line.handed_in.key == key
    assert line.remarks[0].startswith(f"attempt {int(key[1]) + 1} of {len(tries)} counts")


def test_without_times_the_count_of_attempts_decides():
    several = [handed("b", ANNE, at=None, attempt=2), handed("a", ANNE, attempt=1)]

    (line,) = marked([ANNE], several, {"a": report(3), "b": report(4)}, Policy())

    assert line.handed_in.key == "b"


def test_an_attempt_that_is_not_graded_yet_is_said_and_not_taken_for_nothing():
    handed_in, reports = attempts((-2, 9), (-1, 4))
    del reports["k1"]

    (last,) = marked([ANNE], handed_in, reports, Policy())
    (best,) = marked([ANNE], handed_in, reports, Policy(attempt=Counts.BEST))

    assert (last.handed_in.key, last.report, last.final, last.max_score) == ("k1", None, 0, 17)
    assert (best.handed_in.key, best.final) == ("k0", 9)
    assert "not graded yet: k1" in last.remarks
    assert "not graded yet: k1" in best.remarks


# ---- who ----


def test_everybody_of_the_roster_has_a_line_in_its_order_and_nobody_else_is_lost():
    stranger = Person(id="dora")

    lines = marked([CLEO, ANNE], [handed("d", stranger), handed("a", ANNE)], {"d": report(5), "a": report(6)}, Policy())

    assert [(line.person.id, line.score) for line in lines] == [("cleo", 0), ("anne", 6), ("dora", 5)]
    assert lines[0].report is lines[0].handed_in is None
    assert lines[0].max_score == 17
    assert lines[0].remarks == ("nothing was handed in",)
    assert lines[2].remarks == ("not in the roster",)


def test_without_a_roster_the_class_is_who_handed_in():
    (line,) = marked([], [handed("a", ANNE)], {"a": report(6)}, Policy())

    assert (line.person, line.remarks) == (ANNE, ())


def test_the_roster_knows_somebody_better_than_the_place_of_handing_in():
    (line,) = marked([ANNE], [handed("a", Person(id="anne", name="ANNE A."))], {"a": report(6)}, Policy())

    assert line.person == ANNE


def test_an_address_joins_where_no_id_does_and_only_one_has_it():
    (line,) = marked([ANNE], [handed("a", Person(id="4711", email="Anne@Example.org"))], {"a": report(6)}, Policy())
    shared = [Person(id=i, email="lab@example.org") for i in ("x", "y")]
    lines = marked(shared, [handed("z", Person(id="z", email="lab@example.org"))], {"z": report(6)}, Policy())

    assert (line.person, line.score) == (ANNE, 6)
    assert [(line.person.id, line.score) for line in lines] == [("x", 0), ("y", 0), ("z", 6)]


def test_a_submission_of_nobody_is_kept():
    lines = marked([ANNE], [handed("found_on_the_stairs")], {"found_on_the_stairs": report(6)}, Policy())

    assert [(line.person.id, line.score) for line in lines] == [("anne", 0), ("found_on_the_stairs", 6)]
    assert "nobody is named in this submission" in lines[1].remarks


def test_what_was_refused_is_said_of_its_people():
    lines = marked([ANNE], [], {}, Policy(), [Refused(name="a.rar", reason="no zip: ask for one", people=(ANNE, BERT))])

    assert [line.refused for line in lines] == ["a.rar: no zip: ask for one"] * 2
    assert all("refused: a.rar: no zip: ask for one" in line.remarks for line in lines)


def in_group(person, group):
    return msgspec.structs.replace(person, group=group)


@pytest.mark.parametrize(
    ("groups", "scores"),
    [
        pytest.param(None, [6, 6, 0], id="those whom it names"),
        pytest.param(True, [6, 6, 6], id="everybody of the group"),
        pytest.param(False, [6, 0, 0], id="the first alone"),
    ],
)
def test_whom_a_submission_of_several_counts_for(groups, scores):
    roster = [in_group(ANNE, "g1"), in_group(BERT, ""), in_group(CLEO, "g1")]
    said = None if groups is None else YesNo(groups)

    lines = marked(roster, [handed("a", ANNE, BERT)], {"a": report(6)}, Policy(groups=said))

    assert [line.score for line in lines] == scores
    assert any("counts for one person alone" in remark for remark in lines[1].remarks) == (groups is False)


def test_people_without_a_group_are_no_group():
    lines = marked([ANNE, BERT], [handed("a", ANNE)], {"a": report(6)}, Policy(groups=YesNo(True)))

    assert [line.score for line in lines] == [6, 0]


# ---- points ----


@pytest.mark.parametrize(
    ("score", "days", "step", "points"),
    [
        pytest.param(10, 3, None, 7, id="0.1 times 3 is 0.3"),
        pytest.param(0.1 + 0.2, 0, None, 0.3, id="the dust of floats"),
        pytest.param(1.15, 1, None, 1.04, id="half a cent goes up"),
        pytest.param(8.333333, 0, "0.5", 8.5, id="halves"),
        pytest.param(8.25, 0, "0.5", 8.5, id="half of a half goes up"),
        pytest.param(8.24, 1, "0.5", 7.5, id="only at the end"),
        pytest.param(18, 0, "5", 18, id="no more than there are"),
        pytest.param(2, 0, "5", 0, id="to nothing"),
    ],
)
def test_points_are_rounded_once_and_at_the_end(score, days, step, points):
    policy = msgspec.structs.replace(per_day(), round=Decimal(step) if step else None)

    assert final(policy, score=score, after=timedelta(days=days), max_score=18) == points


@given(
    score=st.floats(0, 1000),
    after=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    penalty=st.decimals(0, 1, places=3),
    cap=st.decimals(0, 1, places=3),
    step=st.sampled_from([None, Decimal("0.01"), Decimal("0.5"), Decimal(7)]),
    per=st.sampled_from(Unit),
)
def test_points_are_never_negative_and_never_more_than_there_are(score, after, penalty, cap, step, per):
    policy = Policy(deadline=DUE, late=Late(penalty=penalty, cap=cap, per=per), round=step)

    points = final(policy, score=score, after=after, max_score=score)

    assert 0 <= points <= score + 1e-9
    if after <= timedelta(0) and step is None:
        assert points == pytest.approx(score, abs=0.005 + 1e-9)


@given(st.lists(st.timedeltas(timedelta(days=-9), timedelta(days=9)), min_size=2, max_size=4), st.floats(0, 17))
def test_to_be_later_is_never_better(after, score):
    points = [final(per_day(), after=when, score=score) for when in sorted(after)]

    assert points == sorted(points, reverse=True)


# ---- what is written in the files ----

SAID = """
policy:
  deadline: 2026-05-03 23:59
  time_zone: Europe/Vienna
  late: {per: day, penalty: 0.1, grace: 10m, cap: 0.5, closed_after: 7d}
  attempt: best
  groups: yes
  round: 0.5
"""


@pytest.fixture
def policy(course):
    """`policy(in_the_rubric, in_the_course_file)` is the policy of the tiny assignment of that course."""

    def found(own: str = "", shared: str | None = None) -> Policy:
        rubric = course / "rubrics" / "tiny.yaml"
        rubric.write_text(rubric.read_text() + own)
        if shared is not None:
            (course / "course.yaml").write_text(shared)
        return policy_of(load(rubric).policy, rubric)

    return found


def test_a_policy_is_read_exactly(policy):
    found = policy(SAID)

    assert instant(found.deadline, found.zone) == DUE
    assert found.late.penalty == TENTH
    assert (found.late.grace, found.late.cap) == (timedelta(minutes=10), Decimal("0.5"))
    assert found.late.closed_after == timedelta(days=7)
    assert (found.attempt, found.groups, found.round) == (Counts.BEST, True, Decimal("0.5"))


def test_a_rubric_goes_before_the_course_file_key_by_key(policy):
    own = "policy:\n  deadline: 2026-06-01T12:00:00Z\n  attempt: last\n  groups: no\n"

    found = policy(own, SAID)

    assert found.deadline == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert (found.attempt, found.groups) == (Counts.LAST, False)
    assert (found.round, found.late.penalty) == (Decimal("0.5"), TENTH)


def test_without_a_word_there_is_no_deadline_and_nothing_is_lost(policy):
    assert policy() == Policy()
    assert final(Policy(), after=timedelta(days=99)) == 10


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("deadline: 2026-05-03", ": '2026-05-03' has no time of day", id="a date alone"),
        pytest.param("deadline: tomorrow", ": 'tomorrow' is no date with a time", id="no date"),
        pytest.param("deadline: [1]", ": this has to be one value", id="a list"),
        pytest.param("time_zone: Europe/Wien", ": the time zone 'Europe/Wien' is not known", id="no such zone"),
        pytest.param("time_zone: ../../etc/passwd", ": the time zone", id="a path for a zone"),
        pytest.param("time_zone: Europe", ": the time zone 'Europe' is not known", id="a folder of zones"),
        pytest.param("late: {penalty: 10}", ": 'penalty' is 10\n  remedy: it is a share", id="per cent"),
        pytest.param("late: {penalty: -0.1}", ": 'penalty' is -0.1", id="a reward"),
        pytest.param("late: {penalty: 0.1, cap: 2}", ": 'cap' is 2", id="a cap beyond everything"),
        pytest.param("late: {penalty: nan}", ": 'nan' is no number", id="not a number"),
        pytest.param("late: {penalty: 0.1, per: week}", "has to be one of hour, day", id="another unit"),
        pytest.param("late: {penalty: 0.1, grace: 10}", ": '10' is no length of time", id="no unit"),
        pytest.param("late: {penalty: 0.1, grace: -5m}", ": '-5m' is no length of time", id="a negative grace"),
        pytest.param("late: {penalty: 0.1, grace: 99999999999w}", "longer than can be counted", id="for ever"),
        pytest.param("late: {per: day}", "has no 'penalty'", id="no penalty"),
        pytest.param("attempt: first", "has to be one of last, best", id="another attempt"),
        pytest.param("groups: perhaps", ": 'perhaps' is neither yes nor no", id="neither yes nor no"),
        pytest.param("round: 0", ": points are rounded to 0", id="to nothing"),
        pytest.param("dedline: 1", "did you mean 'deadline'?", id="a typo"),
    ],
)
@pytest.mark.parametrize("place", ["rubric", "course"])
def test_what_makes_no_sense_is_told_with_its_file_and_line(policy, course, line, words, place):
    text = f"policy:\n  {line}\n"
    place, above = (course / "course.yaml", 0) if place == "course" else (course / "rubrics" / "tiny.yaml", None)
    above = len(place.read_text().splitlines()) if above is None else above

    with pytest.raises(RubricError) as error:
        policy(*(["", text] if above == 0 else [text]))

    assert str(error.value).startswith(f"{place}:{above + 2}: ")
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("own", "shared", "file", "words"),
    [
        pytest.param("deadline: 2026-05-03 23:59", None, "tiny.yaml", "has no time zone", id="no zone"),
        pytest.param(
            "deadline: 2026-10-25 02:30", "time_zone: Europe/Vienna", "tiny.yaml", "twice, or never", id="twice"
        ),
        pytest.param(
            "deadline: 2026-03-29 02:30", "time_zone: Europe/Vienna", "tiny.yaml", "twice, or never", id="never"
        ),
        pytest.param("late: {penalty: 0.1}", "round: 1", "tiny.yaml", "no deadline", id="late without a deadline"),
        pytest.param(
            "round: 1", "deadline: 2026-05-03 23:59", "course.yaml", "has no time zone", id="in the course file"
        ),
    ],
)
def test_what_does_not_add_up_is_told_of_the_file_that_says_it(policy, own, shared, file, words):
    with pytest.raises(RubricError, match=words) as error:
        policy(f"policy:\n  {own}\n", shared and f"policy:\n  {shared}\n")

    assert Path(error.value.file).name == file
    assert error.value.line > 0
    assert error.value.remedy


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("1h 30m", 5400), ("1.5h", 5400), ("7d", 604800), ("0", 0)]
)
def test_lengths_of_time(text, seconds):
    assert length(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "shown"), [(93784, "26:03:04"), (0.2, "0:00:01"), (59, "0:00:59")])
def test_a_length_of_time_is_shown_as_a_clock(seconds, shown):
    assert clock(timedelta(seconds=seconds)) == shown
