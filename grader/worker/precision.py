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
    # Looked up once, here: in a worker, without /proc, torch would find no processor, use its slowest kernels and say
    # so on the student's output. NNPACK would say that it cannot start there.
    torch.backends.cpu.get_cpu_capability()
    torch.backends.nnpack.set_flags(False)
