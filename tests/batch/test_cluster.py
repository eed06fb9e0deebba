"""A class is judged on a real cluster as it is on one machine, also where a worker is lost in the middle."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest

from grader.assignment import Assignment
from grader.batch.cluster import Cluster
from grader.batch.crew import Crew
from grader.batch.journal import Journal
from grader.batch.progress import Progress
from grader.batch.work import work
from grader.course import Course
from grader.errors import SandboxError, UsageError

WRONG = {"problem1.py": "def centre(x): return x\n"}
SLOW = {"problem2.py": "import time\ntime.sleep(0.3)\n"}
NAMES = [f"student{number}" for number in range(8)]


@contextlib.contextmanager
def dask(*words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process of Dask that listens on the loopback interface alone."""
    command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
    with subprocess.Popen(
        command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def said(process: subprocess.Popen[str], words: str) -> str:
    """The first line with these words on the standard error of a process; what follows is read and dropped."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line
    raise AssertionError(f"the process ended and never said {words!r}")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a scheduler with two workers, and the processes of these."""
    env = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s"}
    folder = str(tmp_path_factory.mktemp("dask"))
    with dask("scheduler", "--port", "0", env=env) as head:
        address = said(head, "Scheduler at:").split()[-1]
        worker = ("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", folder)
        with dask(*worker, env=env) as first, dask(*worker, env=env) as second:
            yield address, (first, second)


@pytest.fixture
def run_on(tmp_path, course, orders):
    """`run_on(hands, everybody, folder)` grades them with these hands."""

    def graded(hands, everybody, name: str) -> list[str]:
        assignment = Assignment(Course(course), "tiny")
        with Journal(tmp_path / name) as journal, Progress(len(everybody), live=False) as told:
            return work(hands, assignment, journal, everybody, told)

    return graded


def test_a_cluster_finds_what_a_crew_finds_and_loses_nothing_with_a_worker(
    scheduler, run_on, orders, handed_in, scores, tmp_path
):
    address, (first, _) = scheduler
    everybody = [handed_in(name, {**SLOW, **WRONG} if name[-1] in "135" else SLOW) for name in NAMES]

    def kill_one() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (tmp_path / "cluster" / "journal.sqlite").exists():
            time.sleep(0.05)
        while time.monotonic() < deadline and not scores(tmp_path / "cluster"):
            time.sleep(0.05)
        os.killpg(first.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    errors = run_on(Cluster(orders, address), everybody, "cluster")
    killer.join()
    assert errors == run_on(Crew(orders, 1), everybody, "crew") == []

    assert first.wait(10) == -signal.SIGKILL
    assert scores(tmp_path / "cluster") == scores(tmp_path / "crew")
    assert len(scores(tmp_path / "cluster")) == len(NAMES)


def test_what_a_worker_cannot_do_ends_the_run(scheduler, run_on, orders, handed_in, tmp_path):
    broken = msgspec.structs.replace(orders, course=tmp_path / "nowhere")

    with pytest.raises(SandboxError):
        run_on(Cluster(broken, scheduler[0]), [handed_in("ada")], "broken")


def test_where_there_is_no_cluster_the_remedy_is_said(orders, monkeypatch):
    monkeypatch.setattr("grader.batch.cluster.CONNECT_SECONDS", 1)

    with pytest.raises(UsageError, match=r"there is no cluster at tcp://127\.0\.0\.1:9") as caught:
        Cluster(orders, "tcp://127.0.0.1:9")

    assert "dask scheduler" in caught.value.remedy


def test_the_command_hands_a_class_to_a_cluster(scheduler, submit, course, tmp_path, scores):
    submit({}, "class/ada")
    submit(WRONG, "class/bob")
    words = ["batch", tmp_path / "class", "-a", "tiny", "--course", course, "--run", tmp_path / "run"]
    command = [sys.executable, "-m", "grader", *map(str, words), "--dask", scheduler[0]]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert scores() == {"ada": 17, "bob": 8}
