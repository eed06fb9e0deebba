"""Problem 1: all gates of all steps in one product."""

import torch

from tools import tensor


def sigmoid(z):
    return torch.sigmoid(tensor(z))


def lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    table = lstm_table(x[None, :], c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return table[8, 0], table[7, 0]


def lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    weights = torch.stack([tensor(v) for v in (w_i, w_f, w_o, w)])
    z_i, z_f, z_o, z = weights @ tensor(X).T + tensor([b_i, b_f, b_o, b])[:, None]
    i, f, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.sigmoid(z_o)
    memory, c = [], tensor(c0)
    for t in range(len(X)):
        c = torch.lerp(torch.zeros_like(c), c, f[t]) + i[t] * z[t]
        memory.append(c)
    memory = torch.stack(memory)
    return torch.stack([z_i, i, z_f, f, z_o, o, z, memory, o * memory])
