"""The isolation levels, best first: said here once, for both sides of the boundary."""

LEVELS = FULL, PARTIAL, PROCESS_ONLY = "full", "partial: no namespaces", "process only"
