"""Grading inside Gradescope: `archive` makes the zip of an autograder, and `autograder` is what runs in it."""
