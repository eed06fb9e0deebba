"""Problem 1, with torch: its autograd and its linear algebra."""

import torch


def t64(array):
    return torch.as_tensor(array, dtype=torch.float64)


def equivalent_weight_decay(lr, gamma):
    """What one step of gradient descent on the penalty alone takes from a weight of 1."""
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    (gamma * weight.pow(2).sum()).backward()
    return lr * weight.grad


def is_equivalent(optimizer):
    return torch.tensor(optimizer not in ("rmsprop", "adam"))


def penalised(theta, grad, l2):
    """The gradient of L + l2 ||theta||^2."""
    weights = t64(theta).clone().requires_grad_()
    (t64(grad) @ weights + l2 * weights @ weights).backward()
    return weights.grad


def sgd_step(theta, grad, lr, l2=0.0, decay=0.0):
    return torch.sub((1 - decay) * t64(theta), penalised(theta, grad, l2), alpha=lr)


def rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2=0.0, decay=0.0):
    g = penalised(theta, grad, l2)
    sq_avg = torch.lerp(g**2, t64(sq_avg), rho)
    return t64(theta) * (1 - decay) - lr * g * torch.rsqrt(sq_avg + eps), sq_avg


def adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2=0.0, decay=0.0):
    g = penalised(theta, grad, l2)
    m, v = torch.lerp(g, t64(m), beta1), torch.lerp(g**2, t64(v), beta2)
    root = (v / (1 - beta2**t)).sqrt() + eps
    return torch.addcdiv((1 - decay) * t64(theta), m, root, value=-lr / (1 - beta1**t)), m, v


def loss(b, x, y):
    return ((y - b[0] - b[1] * x) ** 2).sum() / 2


def sse_conic(x, y):
    """Taylor's formula at b = 0, which is exact for a quadratic."""
    x, y = t64(x), t64(y)
    zero = torch.zeros(2, dtype=torch.float64)
    H = torch.autograd.functional.hessian(lambda b: loss(b, x, y), zero)
    D, E = torch.autograd.functional.jacobian(lambda b: loss(b, x, y), zero)
    return torch.stack([H[0, 0] / 2, H[0, 1], H[1, 1] / 2, D, E, loss(zero, x, y)])


def is_ellipse(x):
    return bool(t64(x).max() > t64(x).min())


def level_set_ellipse(x, y, level):
    x, y = t64(x), t64(y)
    X = torch.stack([torch.ones_like(x), x], dim=1)
    center = torch.linalg.lstsq(X, y[:, None]).solution  # (2, 1): an axis of length one is as good
    _, sizes, rows = torch.linalg.svd(X, full_matrices=False)
    above = level - loss(center[:, 0], x, y)
    order = torch.argsort(sizes)
    return center, torch.sqrt(2 * above) / sizes[order], rows[order].T


def lasso_orthonormal(z, lam):
    return torch.nn.functional.softshrink(t64(z), lam)


def ridge_orthonormal(z, lam):
    """The normal equations of the penalised problem, with X = I."""
    identity = torch.eye(len(z), dtype=torch.float64)
    return torch.linalg.solve((1 + 2 * lam) * identity, t64(z))
