"""A worker holds the student's files and the inputs of its calls, and nothing worth stealing."""

import os
import sys
from pathlib import Path

import numpy as np
from levels import CANARY, FULL, PARTIAL, PROCESS_ONLY, at

from grader import wire
from grader.assignment import Assignment
from grader.course import Course
from grader.grading import grade
from grader.sandbox.worker import Worker
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

JUDGE = sorted(
    f"grader.{path.stem}" for path in (Path(__file__).parents[2] / "grader").iterdir() if not path.stem.startswith("_")
)

# Looks through everything that the process has mapped. The pattern does not match itself.
SEARCH = """\
import re
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        first, last = (int(n, 16) for n in line.split()[0].split("-"))
        if " r" in line and "[v" not in line:
            memory.seek(first)
            found += len(re.findall(rb"needle-[1]2345", memory.read(last - first)))
"""


IMPORTABLE = f"""
    import importlib
    found = []
    for name in ["grader", *{JUDGE!r}]:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        found.append(name)
    return found
    """


def test_nothing_of_the_judge_can_be_imported(inside):
    assert "grader.rubric" in JUDGE

    assert inside(IMPORTABLE) == []


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_nothing_of_the_judge_can_be_imported_where_it_is_installed(inside, tmp_path, monkeypatch, zygote):
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "grader").symlink_to(Path(__file__).parents[2] / "grader")
    monkeypatch.setattr(sys, "path", [str(installed), *sys.path])

    with Zygote(at_most=zygote.level()) as own:
        found = inside(IMPORTABLE, on=own)

    assert found == []


def test_no_module_of_the_judge_and_no_reference_is_loaded(inside):
    names = inside("import sys\nreturn [name for name, module in sys.modules.items() if module is not None]")

    assert "numpy" in names
    assert [name for name in names if name.startswith(("grader", "_reference", "msgspec._grader"))] == []


def test_modules_are_looked_for_in_the_submission_and_the_libraries_only(inside, assignment, tmp_path, zygote):
    first, *others = inside("import sys\nreturn sys.path")

    assert first == str("/submission" if zygote.level() == FULL else tmp_path / "spy")
    assert all(str(Path(sys.base_prefix)) in path or path.endswith("-packages") for path in others)
    assert [path for path in others if Path(path).is_relative_to(assignment.path.parents[1])] == []


def test_no_argument_names_a_course(inside, assignment):
    arguments = inside("import sys\nreturn [*sys.argv, *sys.orig_argv]")

    assert len(arguments) > 1
    assert [text for text in arguments if str(assignment.path.parents[1]) in text] == []


@at(PROCESS_ONLY)
def test_no_argument_names_a_course_where_proc_tells_those_of_the_zygote(inside, assignment):
    lines = inside("import os\nreturn [open(f'/proc/{pid}/cmdline').read() for pid in ('self', os.getppid())]")

    assert all(lines)
    assert [text for text in lines if str(assignment.path.parents[1]) in text] == []


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_the_environment_is_ours(inside):
    names = inside("import os\nreturn dict(os.environ)")

    libraries = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    threads = {f"{library}_NUM_THREADS" for library in libraries}
    torch = {"TORCHINDUCTOR_CACHE_DIR", "CUBLAS_WORKSPACE_CONFIG"}
    assert set(names) == {"PATH", "LANG", "HOME", "TMPDIR", "PYTHONHASHSEED", *torch, *threads}
    assert CANARY not in names.values()
    assert {names["HOME"], names["TMPDIR"], names["TORCHINDUCTOR_CACHE_DIR"]} == {"/tmp"}


@at(PROCESS_ONLY)
def test_its_environment_as_the_kernel_has_it_is_ours_too(inside):
    names = inside("return [line.partition('=')[0] for line in open('/proc/self/environ').read().split(chr(0))]")

    assert set(names) <= set(inside("import os\nreturn list(os.environ)")) | {""}


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_no_descriptor_is_open_but_its_channel_and_its_output(inside):
    kinds = inside("""
        import os, stat
        kinds = ("CHR", "FIFO", "SOCK", "REG", "DIR", "LNK", "BLK")
        found = {}
        for fd in range(1024):
            try:
                mode = os.fstat(fd).st_mode
            except OSError:
                continue
            found[fd] = next((kind for kind in kinds if getattr(stat, "S_IS" + kind)(mode)), "unknown")
        return found
        """)

    assert kinds == {0: "CHR", 1: "FIFO", 2: "FIFO", 3: "SOCK"}


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_its_limits_are_set(inside):
    found = inside(
        """
        import resource
        names = ("CPU", "AS", "FSIZE", "CORE", "NOFILE")
        return {name: list(resource.getrlimit(getattr(resource, "RLIMIT_" + name))) for name in names}
        """,
        cpu_seconds=7,
        memory_mb=512,
        file_mb=3,
    )

    mapped, hard = found.pop("AS")
    assert found == {"CPU": [7, 8], "FSIZE": [3 << 20] * 2, "CORE": [0, 0], "NOFILE": [256] * 2}
    assert 512 << 20 < mapped == hard < (512 << 20) + (4 << 30)


def test_it_has_a_session_and_a_group_of_its_own(inside, zygote):
    pid, session, group = inside("import os\nreturn os.getpid(), os.getsid(0), os.getpgid(0)")

    assert session == group != os.getsid(0)
    # In a pid namespace the first process leads the session; the worker is the second.
    assert (pid, session) == (2, 1) if zygote.level() == FULL else pid == session


@at(FULL, PARTIAL, PROCESS_ONLY)
def test_its_standard_input_is_empty_and_it_stands_in_the_submission(inside, tmp_path, zygote):
    read, folder = inside("import os, sys\nreturn sys.stdin.read(), os.getcwd()")

    assert (read, folder) == ("", str("/submission" if zygote.level() == FULL else tmp_path / "spy"))


@at(FULL)
def test_it_computes_in_one_thread_where_the_number_of_processes_shows_it(inside):
    body = """
        import numpy, threading
        numpy.ones((300, 300)) @ numpy.ones((300, 300))
        threading.Thread(target=len, args=("",)).start()
        """

    # With the judge's own two processes there is room for one thread, and only if numpy has taken none.
    assert inside(body, processes=3) is None


@at(PROCESS_ONLY)
def test_it_computes_in_one_thread(inside):
    threads = inside("""
        import numpy, os
        numpy.ones((300, 300)) @ numpy.ones((300, 300))
        return len(os.listdir("/proc/self/task"))
        """)

    assert threads == 1


def test_sets_of_texts_have_the_same_order_in_every_worker(inside, zygote):
    body = "return list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})"

    with Zygote(at_most=zygote.level()) as other:
        assert inside(body, on=other) == inside(body)


def test_what_a_problem_leaves_in_memory_is_not_seen_by_the_next(graded, right):
    report = graded({
        "problem1.py": right["problem1.py"] + "\nimport sys, numpy\nsys.spy = numpy.spy = [1]\n",
        "problem2.py": right["problem2.py"] + "\nimport sys, numpy\nassert not hasattr(sys, 'spy')\n"
        "assert not hasattr(numpy, 'spy')\nassert 'problem1' not in sys.modules\n",
    })  # fmt: skip

    assert report.score == report.max_score == 17


@at(PROCESS_ONLY)
def test_the_search_of_its_memory_finds_what_is_there(inside):
    found = inside("kept = 'needle-' + str(12345)\n" + SEARCH + "return found")

    assert found > 0


@at(PROCESS_ONLY)
def test_no_text_of_the_rubric_or_the_reference_is_in_its_memory(course, zygote, submit):
    for file in ("rubrics/tiny.yaml", "reference/tiny/problem1.py"):
        path = course / file
        path.write_text(path.read_text().replace("the sum", "needle-12345").replace("Sums", "needle-12345"))
    spy = SEARCH + "print('found', found)\n"
    assignment = Assignment(Course(course), "tiny")

    report, _ = grade(assignment, Submission(submit({"problem1.py": spy})), zygote)

    assert "needle-12345" in {part.criterion for part in report.parts}
    assert report.problems[0].printed == "found 0\n"


def test_no_expected_value_and_no_seed_is_sent_to_it(assignment, zygote, submit, monkeypatch):
    sent, send = [], Worker._send
    monkeypatch.setattr(
        Worker, "_send", lambda self, message, deadline: sent.append(message) or send(self, message, deadline)
    )
    # Whoever returns what came in gives the judge no right answer that could come back in a property.
    submission = submit({"problem1.py": "def centre(x): return x\ntotal = centre\n"})

    grade(assignment, Submission(submission), zygote, seed=271828182845)

    frames = b"".join(wire.encode(message, lambda _: 0) for message in sent)
    # The first message holds the trials; the later ones look for a small input that shows the mistake.
    trials = next(calls for kind, *rest in sent if kind == "calls" for calls in rest if calls[0][0] == "centre")
    inputs = [getattr(arguments[0], "array", arguments[0]) for _, arguments in trials]
    telling = [x for x in inputs if x.mean() != 0 and len(x) > 1]
    assert len(telling) >= 12
    assert {x.tobytes() in frames for x in telling} == {True}
    assert {(x - x.mean()).tobytes() in frames for x in telling} == {False}
    assert np.int64(271828182845).tobytes() not in frames
    assert b"271828182845" not in frames
