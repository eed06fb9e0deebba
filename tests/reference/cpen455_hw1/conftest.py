"""The laws of cpen455_hw1, to be asked about draws."""

from collections.abc import Callable
from typing import Any

import pytest

from grader.checks.sampler import ALPHA


@pytest.fixture(scope="module")
def law_objects(assignment) -> Callable[..., str]:
    """`law_objects("2", "law", draws, inputs)` is what a law has against draws, '' for nothing."""

    def objection(id: str, law: str, draws: Any, inputs: dict[str, Any]) -> str:
        reference = assignment.references[id]
        arguments = [draws if name == "draws" else inputs[name] for name in reference.argument_names(law)]
        claims, asserted = reference.claims(law, arguments)
        return asserted or next((claim.sentence for claim in claims if claim.p < ALPHA), "")

    return objection
