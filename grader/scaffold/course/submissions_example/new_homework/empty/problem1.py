# Not started yet.
