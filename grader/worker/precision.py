"""torch as exact and as repeatable as it can be: full single precision, the same algorithms every time, one thread."""

from typing import Any


def settle(torch: Any) -> None:
    """Sets it so. This computes nothing, and is the same with and without CUDA.

    torch has two interfaces for precision. Set through the new one alone, asking the old one raises, also inside of
    `torch.backends.cudnn.flags`, which students use; set through both, in this order, either answers.
    """
    torch.set_num_threads(1)
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    matmul.allow_tf32 = cudnn.allow_tf32 = False
    if hasattr(matmul, "fp32_precision"):
        for settings in (matmul, cudnn.conv, cudnn.rnn):
            settings.fp32_precision = "ieee"
    cudnn.deterministic, cudnn.benchmark = True, False
