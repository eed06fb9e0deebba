"""Grades machine-learning homework: a student's functions against references, with reasons."""
