"""Mistakes that the diagnosis was not built with, in right example submissions.

(file, function, what stands there once, what the student writes, the kinds that it may be called)
"""

BUGS: list[tuple[str, str, str, str, str]] = []
