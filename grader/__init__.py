"""Grades machine-learning homework: a student's functions against references, with reasons."""

__version__ = "0.1.0"
