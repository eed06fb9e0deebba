"""Wrong answers to problem 4, gradients, Jacobians and Hessians, each with what to tell the student who gives it."""

import numpy as np

from .problem4 import gradient, hessian, jacobian, peano_hessian

# ---- the gradient ----


def gradient_added_up(f, p):
    """You return one number: the sum of the partial derivatives. Keep them apart, one for each variable."""
    return float(np.sum(gradient(f, p)))


def gradient_of_unit_length(f, p):
    """Your gradient has length 1. Its length says how steep f is."""
    slope = gradient(f, p)
    return slope / np.linalg.norm(slope)


def gradient_negative(f, p):
    """Your gradient points downhill. It is the direction in which f grows."""
    return -gradient(f, p)


def gradient_accumulated_twice(f, p):
    """Your gradient is twice as large as it should be: did two calls of backward() add up in p.grad?"""
    return 2 * gradient(f, p)


def gradient_times_the_point(f, p):
    """Your entries are x_i df/dx_i. Is there a factor p too many?"""
    return p * gradient(f, p)


def gradient_by_coarse_differences(f, p):
    """Your gradient looks like one-sided differences with a step of 0.001, which are right to three digits. autograd
    gives all of them."""
    steps = np.array([f(p + 1e-3 * e) for e in np.eye(len(p))])
    return (steps - f(p)) / 1e-3


# ---- the Jacobian ----


def jacobian_transposed(F, p):
    """Your Jacobian is transposed. Rows are components, columns are variables."""
    return jacobian(F, p).T


def jacobian_added_up(F, p):
    """You return the gradient of the sum of all components: backward() on a vector needs one call for each of them."""
    return np.sum(jacobian(F, p), axis=0)


def jacobian_of_the_sum_in_every_row(F, p):
    """Every row of your Jacobian holds the gradient of the sum of all components. Differentiate F[i] in row i."""
    found = jacobian(F, p)
    return np.tile(np.sum(found, axis=0), (len(found), 1))


def jacobian_accumulated_row_by_row(F, p):
    """Row i of your Jacobian holds the sum of rows 0 to i. Gradients add up in p.grad: clear it between rows."""
    return np.cumsum(jacobian(F, p), axis=0)


def jacobian_of_the_first_component(F, p):
    """Every row of your Jacobian is that of the first component. Use the index of the row."""
    found = jacobian(F, p)
    return np.tile(found[0], (len(found), 1))


def jacobian_times_the_point(F, p):
    """You return the Jacobian times p, one number for each component. The matrix itself is asked for."""
    return jacobian(F, p) @ p


def jacobian_negative(F, p):
    """Your Jacobian has the wrong sign."""
    return -jacobian(F, p)


# ---- the Hessian ----


def hessian_of_pure_derivatives_in_every_column(f, p):
    """Every column of your Hessian holds the pure second derivatives d/dx_i (df/dx_i). The second derivative of entry
    (i, j) is by x_j."""
    return np.tile(np.diag(hessian(f, p))[:, None], (1, len(p)))


def hessian_diagonal(f, p):
    """Your Hessian is diagonal: the mixed derivatives are missing."""
    return np.diag(np.diag(hessian(f, p)))


def hessian_of_the_sum(f, p):
    """You return the gradient of the sum of the partial derivatives. Differentiate each of them by itself."""
    return np.sum(hessian(f, p), axis=0)


def hessian_as_product_of_gradients(f, p):
    """You return the outer product of the gradient with itself. The gradient is to be differentiated once more."""
    return np.outer(gradient(f, p), gradient(f, p))


def hessian_upper_triangle(f, p):
    """Only one triangle of your Hessian is filled. The other one holds the same numbers."""
    return np.triu(hessian(f, p))


def hessian_halved(f, p):
    """Your Hessian is half of what it should be. The factor 1/2 belongs to Taylor's formula."""
    return hessian(f, p) / 2


def hessian_accumulated_row_by_row(f, p):
    """Row i of your Hessian holds the sum of rows 0 to i. Gradients add up in p.grad: clear it between rows."""
    return np.cumsum(hessian(f, p), axis=0)


# ---- Peano's function ----


def peano_with_rows_and_columns_swapped():
    """Your matrix is transposed: entry [i, j] is d/dx_j of dy/dx_i. For this function the order matters."""
    return peano_hessian().T


def peano_symmetric():
    """Your matrix is symmetric, as it would be for continuous second derivatives. Compute dy/du on the v-axis and dy/dv
    on the u-axis."""
    return np.array([[0.0, 1.0], [1.0, 0.0]])


def peano_with_two_minus_ones():
    """Your two mixed derivatives are equal. Compute dy/du on the v-axis and dy/dv on the u-axis: they differ."""
    return np.array([[0.0, -1.0], [-1.0, 0.0]])


def peano_zero():
    """You say that all second derivatives are 0 at the origin. Compute dy/du at (0, v) first, then differentiate by
    v."""
    return np.zeros((2, 2))


def peano_identity():
    """You have the ones on the diagonal. Along the axes y is 0: what are its pure second derivatives there?"""
    return np.eye(2)
