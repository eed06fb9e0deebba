"""Processes do tasks side by side; one that ends or hangs costs the task that it is at, and none of the others."""

import os
import time
from collections.abc import Iterator

import pytest

from grader.processes import Processes

PATIENCE = 1.5


def _served(orders: bytes, tasks: Iterator[bytes]) -> Iterator[bytes]:
    """Answers each task with the orders and the task, unless it is told to end or to hang."""
    for task in tasks:
        if task == b"end":
            os._exit(1)
        if task == b"hang":
            time.sleep(60)
        yield orders + task


@pytest.fixture
def processes() -> Iterator[Processes[str]]:
    """Two of them, for texts."""
    with Processes[str](_served, b"done: ", str.encode, 2, patience=PATIENCE) as made:
        yield made


def test_every_task_is_answered(processes):
    left = iter("abcd")

    answers = dict(processes.answers(lambda: next(left, None)))

    assert answers == {name: f"done: {name}".encode() for name in "abcd"}


@pytest.mark.parametrize("fate", ["end", "hang"])
def test_a_task_that_ends_or_holds_its_process_is_answered_by_nobody_and_the_others_are(processes, fate):
    left = iter([fate, *"abcd"])
    start = time.monotonic()

    answers = dict(processes.answers(lambda: next(left, None)))

    assert answers.pop(fate) is None
    assert answers == {name: f"done: {name}".encode() for name in "abcd"}
    assert time.monotonic() - start < 30


def test_processes_that_are_given_up_are_gone(processes):
    left = iter(["hang", "hang"])
    answers = processes.answers(lambda: next(left, None))

    given_up = [next(answers)]
    started = list(processes.all.values())
    given_up += answers

    assert given_up == [("hang", None), ("hang", None)]
    assert not any(process.is_alive() for process in started)
    assert processes.all == {}
