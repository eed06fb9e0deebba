"""Problem 3, the review of a paper, is written only: there is no code to judge and nothing to hand in but the text."""
