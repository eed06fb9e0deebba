"""A failing input made simpler, while it stays an input that the maker could have made and still fails."""

from grader.feedback.shrinking.search import Budget, Surroundings, shrunk, surroundings

__all__ = ["Budget", "Surroundings", "shrunk", "surroundings"]
