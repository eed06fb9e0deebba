"""One thread for every numerical library.

What is computed here is small, and threads of a library that wait for work take the time of other processes: OpenBLAS
alone doubles what `import numpy` costs on two cores.
"""

ONE_EACH = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
