"""The judge's side of the trust boundary: the zygote, its workers, and a student's functions as values."""
