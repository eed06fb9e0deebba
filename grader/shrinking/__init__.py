"""A failing input made simpler, while it stays an input that the maker could have made and still fails."""

from grader.shrinking.search import Budget, shrunk

__all__ = ["Budget", "shrunk"]
