"""torch throughout; derivatives by autograd."""

import torch
import torch.nn.functional as F


def softmax(z):
    return torch.softmax(torch.tensor(z), 0)


def softmax_jacobian(z):
    return torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), torch.tensor(z))


def cross_entropy_gradient(z, k):
    z = torch.tensor(z, requires_grad=True)
    F.cross_entropy(z[None], torch.tensor([k])).backward()
    return z.grad


def leaky_relu_grad(z, alpha=0.01):
    z = torch.tensor(z, requires_grad=True)
    F.leaky_relu(z, alpha).sum().backward()
    return z.grad


def inverted_dropout_mask(rng, size, p=0.2):
    kept = torch.from_numpy(rng.binomial(1, 1 - p, size))
    return kept / (1 - p)


def mlp_loss(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    hidden = F.leaky_relu(F.linear(x * 1, w1, b1) * mask, alpha)
    scores = F.linear(hidden, w2, b2)
    return F.cross_entropy(scores[None], y.argmax()[None])


def mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    tensors = [torch.tensor(a) for a in (x, y, w1, b1, w2, b2, mask)]
    tensors[2].requires_grad_(True)
    mlp_loss(*tensors, alpha).backward()
    return tensors[2].grad
