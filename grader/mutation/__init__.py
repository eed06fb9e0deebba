"""Does a rubric tell right from wrong: each reference function with one mistake in it has to lose its parts."""
