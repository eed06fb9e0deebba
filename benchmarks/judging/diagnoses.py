"""Diagnoses."""


def table() -> None:
    """To come."""
