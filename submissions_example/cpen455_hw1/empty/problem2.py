"""Problem 2: batch normalisation."""
