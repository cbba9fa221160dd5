r"""Tropical products, polynomials and convolutions that PyTorch differentiates.

A maximum of affine functions is differentiable where one of them is the largest alone, and its
gradient is that of the largest. Where several are equal, **the first of them gets the whole
gradient**: the smallest index, as the argmax functions of `tropical` report it. That is an element
of the subdifferential, and a choice that needs no tolerance. Where the value is the tropical zero
or NaN no gradient flows.

The backward pass is made of PyTorch's operations, so it can be differentiated again; the
maximiser is constant then.

Tensors on the CPU go through the kernels of `tropical`, on as many threads as
``torch.get_num_threads()`` says; tensors on a card of NVIDIA through `tropical.cuda`.

Needs PyTorch: ``pip install 'tropical-bridge[torch]'``.
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("torch") is None:
    message = "tropical.torch needs the package torch: pip install 'tropical-bridge[torch]'"
    raise ImportError(message)

from tropical.torch.convolutions import convolve
from tropical.torch.layers import TropicalLinear, TropicalPolynomial
from tropical.torch.polynomials import evaluate
from tropical.torch.products import matmul

__all__ = ["TropicalLinear", "TropicalPolynomial", "convolve", "evaluate", "matmul"]
