"""Seeded, regime-aware randomness: what an input maker draws its arguments from.

A maker is written once; the regime decides how its numbers look:

    normal   ordinary size; constants off their defaults
    small    values times 3e-3; constants at their defaults
    large    values times about 50, logits times about 1000; the rows of a table differ in scale
    ties     values rounded to integers, so that equal entries occur
    offset   values plus 1e4
    const    every array of values holds one number

Whatever is drawn is exactly representable in single precision and handed out as float64, so that an
answer computed in either sees the same numbers.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.wire import MAX_SEED, Generator

REGIMES = ("normal", "small", "large", "ties", "offset", "const")
T = TypeVar("T")
Floats = NDArray[np.float64]

# Probabilities are multiples of this, so that they add up to 1 exactly and survive single precision.
_GRAIN = 2.0**-20


def single(values: Any) -> Any:
    """The nearest numbers that single precision can hold, as float64 (a float for a 0-d array)."""
    rounded = np.asarray(values, dtype=np.float32).astype(np.float64)
    return rounded if rounded.ndim else float(rounded)


def upstream(value: Any, index: int) -> Any:
    """What the gradient of a value is contracted with in the trial of this index: random numbers of its shape.

    Normal ones: with ones in their place, a gradient of which only the sum is right would pass.
    """
    return _upstream(value, np.random.default_rng(index))


def _upstream(value: Any, generator: "np.random.Generator") -> Any:
    if isinstance(value, tuple):
        return tuple(_upstream(item, generator) for item in value)
    return np.asarray(single(generator.standard_normal(np.shape(value))))


class Draw:
    """One trial's source of numbers. `generator` is there for what the methods do not offer."""

    def __init__(self, generator: "np.random.Generator", regime: str = "normal") -> None:
        self.generator = generator
        self.regime = regime

    # ---- values: what the regime shapes ----

    def normal(self, *shape: int) -> Any:
        """Standard normal values of this shape, a float without one; scaled and rounded by the regime."""
        return self._shaped(self.generator.standard_normal(shape), large=50.0)

    def logits(self, *shape: int) -> Any:
        """Scores of a softmax: like `normal`, but in the hundreds to thousands when large."""
        return self._shaped(self.generator.standard_normal(shape), large=1000.0)

    def _shaped(self, values: Any, *, large: float) -> Any:
        values = np.asarray(values)
        match self.regime:
            case "small":
                values = values * 3e-3
            case "large":
                values = values * self._row_scales(values, large)
            case "ties":
                values = np.round(values * 2)
            case "offset":
                values = values + 1e4
            case "const":
                values = np.full(values.shape, values.flat[0]) if values.size else values
        return single(values)

    def _row_scales(self, values: NDArray[Any], large: float) -> Any:
        if values.ndim < 2:
            return large
        return large * self.generator.uniform(0.1, 1.0, (len(values),) + (1,) * (values.ndim - 1))

    # ---- parameters: their range belongs to the mathematics, no regime touches it ----

    def uniform(self, low: float, high: float, *shape: int) -> Any:
        """Values in [low, high]."""
        return single(self.generator.uniform(low, high, shape))

    def signed_uniform(self, low: float, high: float, *shape: int) -> Any:
        """Sizes in [low, high] with random signs."""
        return single(self.generator.uniform(low, high, shape) * self.generator.choice([-1.0, 1.0], shape))

    def sign(self, *shape: int) -> Any:
        """Random signs, -1.0 or 1.0."""
        return single(self.generator.choice([-1.0, 1.0], shape))

    def mask(self, p: float, *shape: int) -> Floats:
        """1.0 with probability p, else 0.0."""
        return (self.generator.uniform(size=shape) < p).astype(np.float64)

    def ints(self, low: int, high: int, *shape: int) -> Any:
        """Integers in [low, high], both ends included; a python int without a shape."""
        values = self.generator.integers(low, high, shape, endpoint=True)
        return values if shape else int(values)

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self.generator.integers(len(options)))]

    def constant(self, default: float, off_default: tuple[float, float]) -> float:
        """A constant such as eps: at its default in the `small` regime, else somewhere off it (log-uniform)."""
        if self.regime == "small":
            return float(single(default))
        low, high = np.log(off_default)
        return float(single(np.exp(self.generator.uniform(low, high))))

    # ---- sources of randomness, for functions that draw themselves ----

    def rng(self) -> Generator:
        """A numpy generator of its own seed: every call of the student's function gets a fresh one."""
        return Generator("numpy", self._seed())

    def torch_rng(self) -> Generator:
        """A torch generator; the reference gets a numpy one, for nobody compares draws with the reference's."""
        return Generator("torch", self._seed())

    def _seed(self) -> int:
        return int(self.generator.integers(MAX_SEED, endpoint=True))

    # ---- structured values ----

    def probability(self, low: float = 0.0, high: float = 1.0) -> float:
        """A probability p in [low, high]; 1 - p is exact too."""
        grains = np.round(self.generator.uniform(low, high) / _GRAIN)
        return float(np.clip(grains, np.ceil(low / _GRAIN), np.floor(high / _GRAIN)) * _GRAIN)

    def simplex(self, n: int, concentration: float = 1.0) -> Floats:
        """n positive probabilities that add up to exactly 1; uneven when the concentration is small."""
        counts = np.maximum(1, np.round(self.generator.dirichlet(np.full(n, concentration)) / _GRAIN))
        counts[np.argmax(counts)] += 1 / _GRAIN - counts.sum()
        return np.asarray(counts * _GRAIN, dtype=np.float64)

    def labels(self, n: int, classes: int) -> NDArray[np.int64]:
        """n class labels from 1 to `classes`, every class occurring, in random order (n >= classes)."""
        extra = self.generator.integers(1, classes, n - classes, endpoint=True)
        return self.generator.permutation(np.concatenate([np.arange(1, classes + 1), extra])).astype(np.int64)

    def onehot(self, n: int, classes: int) -> Floats:
        """n rows with a single 1.0 each, every class occurring."""
        return np.asarray(np.eye(classes)[self.labels(n, classes) - 1], dtype=np.float64)

    def orthogonal(self, n: int) -> Floats:
        """A random rotation or reflection."""
        q, r = np.linalg.qr(self.generator.standard_normal((n, n)))
        rotation: Floats = single(q * np.sign(np.diag(r)))
        return rotation

    def spd(self, n: int, condition: float = 10.0, scale: float = 1.0) -> Floats:
        """A symmetric positive definite matrix; eigenvalues from scale / condition to scale, spread apart."""
        values = scale * np.geomspace(1.0, 1.0 / condition, n) if n > 1 else np.array([scale])
        basis = self.orthogonal(n)
        matrix: Floats = single((basis * values) @ basis.T)
        return np.tril(matrix) + np.tril(matrix, -1).T
