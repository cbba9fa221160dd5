"""How fast are products and convolutions of arrays, beside tropical-gemm and numpy?"""

from __future__ import annotations

import pytest

import tropical as tp
from benchmarks import kernel_instances as instances
from benchmarks import kernel_peers as peers


def run(benchmark, function, *arguments, **options):
    function(*arguments, **options)  # compile before the clock starts
    return benchmark(function, *arguments, **options)


@pytest.mark.parametrize("n", [64, 256, 1024], ids="n={}".format)
@pytest.mark.parametrize("dtype", instances.TYPES)
@pytest.mark.parametrize("function", [tp.matmul, tp.matmul_argmax], ids=["plain", "argmax"])
@pytest.mark.benchmark(group="product: square matrices")
def test_product(benchmark, function, dtype, n):
    run(benchmark, function, *instances.factors(dtype, n))


@pytest.mark.parametrize("n", [64, 256, 1024], ids="n={}".format)
@pytest.mark.parametrize("dtype", instances.TYPES)
@pytest.mark.benchmark(group="product: square matrices")
def test_product_by_tropical_gemm(benchmark, dtype, n):
    pytest.importorskip("tropical_gemm")
    run(benchmark, peers.tropical_gemm()[dtype], *instances.factors(dtype, n))


@pytest.mark.parametrize("n", [64, 256], ids="n={}".format)
@pytest.mark.parametrize("dtype", instances.TYPES)
@pytest.mark.benchmark(group="product: square matrices")
def test_product_by_broadcasting(benchmark, dtype, n):
    run(benchmark, peers.product_by_rows, *instances.factors(dtype, n))


@pytest.mark.parametrize("n", [64, 512, 4096], ids="n={}".format)
@pytest.mark.parametrize("dtype", instances.TYPES)
@pytest.mark.benchmark(group="product: square matrix and vector")
def test_vector(benchmark, dtype, n):
    run(benchmark, tp.matmul, instances.numbers(dtype, n, n), instances.numbers(dtype, n, seed=1))


@pytest.mark.parametrize("count", [100, 10_000, 100_000], ids="count={}".format)
@pytest.mark.parametrize("how", [tp.matmul, peers.products_of_stacks], ids=["tropical", "numpy"])
@pytest.mark.benchmark(group="product: stacks of 8 x 8, float64")
def test_stack(benchmark, how, count):
    run(benchmark, how, *instances.stacks("f8", count, 8))


@pytest.mark.parametrize("n", [64, 1024, 16_384], ids="n={}".format)
@pytest.mark.parametrize(
    "how", [tp.convolve, tp.convolve_argmax, peers.convolved_by_slices],
    ids=["value", "argmax", "numpy"],
)  # fmt: skip
@pytest.mark.benchmark(group="convolve: two vectors of one length, float32")
def test_convolution(benchmark, how, n):
    run(benchmark, how, instances.numbers("f4", n), instances.numbers("f4", n, seed=1))


@pytest.mark.parametrize("n", [64, 1024, 16_384], ids="n={}".format)
@pytest.mark.benchmark(group="convolve: two concave vectors, float64")
def test_concave_convolution(benchmark, n):
    run(benchmark, tp.convolve, instances.concave("f8", n), instances.concave("f8", n))
