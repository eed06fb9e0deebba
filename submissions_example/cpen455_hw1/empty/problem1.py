"""Problem 1: dropout."""
