"""The course's policies: deadlines and lateness, which attempt counts, and groups.

`terms` has what a rubric or `course.yaml` says under `policy:`, and `marking` makes the lines of the gradebook with it.
Neither is imported here: who reads a rubric does not pay for a gradebook.
"""
