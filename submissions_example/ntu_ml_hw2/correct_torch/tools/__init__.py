"""What several problems share: conversions and Gaussian densities."""

from .conversion import array, tensor
from .gaussian import covariance, log_gaussian

__all__ = ["array", "covariance", "log_gaussian", "tensor"]
