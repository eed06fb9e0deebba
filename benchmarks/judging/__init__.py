"""Measures how well answers are judged."""
