"""Gradients of products, polynomials and convolutions: numerical away from ties, stated at them."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

torch = pytest.importorskip("torch")
tt = pytest.importorskip("tropical.torch")

SEMIRINGS = pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus], ids=str)
INF = float("inf")


def apart(*shapes, seed=0):
    """Doubles whose sums of any two from different arrays are at least 1/1024 apart."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    generator = np.random.default_rng(seed)
    places = np.arange(sum(sizes)) ** 2 + generator.permutation(sum(sizes)) / 2
    places = generator.permutation(places) / 512
    parts = np.split(places, np.cumsum(sizes)[:-1])
    return [
        torch.tensor(part.reshape(shape), requires_grad=True)
        for part, shape in zip(parts, shapes, strict=True)
    ]


def margin(sums):
    """The smallest difference between the two largest entries of each row."""
    if sums.shape[-1] < 2:
        return INF
    two = sums.topk(2).values
    return (two[..., 0] - two[..., 1]).min().item()


@SEMIRINGS
@pytest.mark.parametrize(
    "shapes",
    [
        ((3, 4), (4, 5)),
        ((1, 1), (1, 1)),
        ((4,), (4, 3)),
        ((3, 4), (4,)),
        ((4,), (4,)),
        ((2, 3, 4), (2, 4, 2)),
        ((2, 3, 4), (4, 2)),
        ((3, 4), (2, 4, 2)),
        ((2, 1, 3, 4), (3, 4, 2)),
        ((0, 4), (4, 2)),
        ((2, 0), (0, 3)),
    ],
    ids=str,
)
def test_gradients_of_products(shapes, semiring):
    for seed in range(20):
        A, B = apart(*shapes, seed=seed)
        left = A.detach() if A.ndim > 1 else A.detach()[None]
        right = B.detach() if B.ndim > 1 else B.detach()[:, None]
        sums = semiring.sign * (left[..., :, None, :] + right.mT[..., None, :, :])
        if not sums.numel() or margin(sums) > 1e-4:
            break
    else:
        pytest.fail("every seed has a tie")
    assert torch.autograd.gradcheck(lambda A, B: tt.matmul(A, B, semiring), (A, B))
    assert torch.autograd.gradgradcheck(lambda A, B: tt.matmul(A, B, semiring), (A, B))


@SEMIRINGS
@pytest.mark.parametrize("shape", [(5, 3, 4), (1, 1, 1), (6, 0, 2), (3, 2, 0)], ids=str)
def test_gradients_of_polynomials(shape, semiring):
    m, n, k = shape
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        c, E, X = (
            torch.randn(s, dtype=torch.float64, generator=generator, requires_grad=True)
            for s in ((m,), (m, n), (k, n))
        )
        terms = semiring.sign * (c + X @ E.mT).detach()
        if not k or margin(terms) > 1e-2:
            break
    else:
        pytest.fail("every draw has a tie")
    assert torch.autograd.gradcheck(lambda *given: tt.evaluate(*given, semiring), (c, E, X))
    assert torch.autograd.gradgradcheck(lambda *given: tt.evaluate(*given, semiring), (c, E, X))


@SEMIRINGS
@pytest.mark.parametrize("lengths", [(4, 6), (1, 1), (5, 1), (1, 3)], ids=str)
def test_gradients_of_convolutions(lengths, semiring):
    for seed in range(20):
        a, b = apart(*lengths, seed=seed)
        m, n = lengths
        smallest = INF
        for k in range(m + n - 1):
            sums = torch.stack([a[i] + b[k - i] for i in range(m) if 0 <= k - i < n])
            smallest = min(smallest, margin(semiring.sign * sums.detach()))
        if smallest > 1e-4:
            break
    else:
        pytest.fail("every seed has a tie")
    assert torch.autograd.gradcheck(lambda a, b: tt.convolve(a, b, semiring), (a, b))
    assert torch.autograd.gradgradcheck(lambda a, b: tt.convolve(a, b, semiring), (a, b))


# --- at ties, infinities and NaN ---------------------------------------------------------------


@SEMIRINGS
def test_at_a_tie_the_first_gets_all(semiring):
    A = torch.zeros(2, 3, requires_grad=True)
    B = torch.zeros(3, 2, requires_grad=True)
    tt.matmul(A, B, semiring).sum().backward()
    assert A.grad.tolist() == [[2, 0, 0], [2, 0, 0]]
    assert B.grad.tolist() == [[2, 2], [0, 0], [0, 0]]
    c, E = torch.zeros(3, requires_grad=True), torch.eye(3, requires_grad=True)
    x = torch.ones(1, 3, requires_grad=True)
    tt.evaluate(c, E, x, semiring).sum().backward()
    assert c.grad.tolist() == [1, 0, 0]
    assert E.grad.tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert x.grad.tolist() == [[1, 0, 0]]
    a, b = torch.zeros(2, requires_grad=True), torch.zeros(3, requires_grad=True)
    tt.convolve(a, b, semiring).sum().backward()
    assert a.grad.tolist() == [3, 1]
    assert b.grad.tolist() == [1, 1, 2]


@SEMIRINGS
def test_where_the_value_is_the_zero_or_nan_no_gradient_flows(semiring):
    zero = -INF * semiring.sign
    A = torch.tensor([[zero, zero], [1.0, zero], [float("nan"), 0]], requires_grad=True)
    B = torch.tensor([[2.0], [zero]], requires_grad=True)
    C = tt.matmul(A, B, semiring)
    C.sum().backward()
    assert C[0].item() == zero
    assert A.grad.tolist() == [[0, 0], [1, 0], [0, 0]]
    assert B.grad.tolist() == [[1], [0]]
    c = torch.tensor([zero, 1.0], requires_grad=True)
    E = torch.tensor([[1.0], [0.0]], requires_grad=True)
    x = torch.tensor([[9.0], [zero], [float("nan")]], requires_grad=True)
    tt.evaluate(c, E, x, semiring).sum().backward()
    assert c.grad.tolist() == [0, 2]
    assert E.grad.tolist() == [[0], [9]]
    assert x.grad.tolist() == [[0], [0], [0]]
    a = torch.tensor([zero, 1.0], requires_grad=True)
    tt.convolve(a, torch.tensor([zero, 0.0]), semiring).sum().backward()
    assert a.grad.tolist() == [0, 1]


entries = st.integers(-2, 2).map(float)
few = st.integers(1, 4)


@st.composite
def pairs(draw):
    m, k, n = draw(few), draw(few), draw(few)
    A, B = (draw(st.lists(entries, min_size=s, max_size=s)) for s in (m * k, k * n))
    return np.array(A).reshape(m, k), np.array(B).reshape(k, n)


@given(pairs(), st.sampled_from([tp.max_plus, tp.min_plus]), st.sampled_from(["f4", "f8"]))
def test_the_gradient_is_that_of_the_first_winner_in_either_argument(pair, semiring, dtype):
    A, B = (matrix.astype(dtype) for matrix in pair)
    sums = semiring.sign * (A[:, :, None] + B[None])
    winners = sums.argmax(axis=1)
    weights = np.arange(1, 1 + winners.size, dtype=dtype).reshape(winners.shape)
    of_A, of_B = np.zeros_like(A), np.zeros_like(B)
    for (i, j), p in np.ndenumerate(winners):
        of_A[i, p] += weights[i, j]
        of_B[p, j] += weights[i, j]
    for of_left, of_right in ((True, True), (True, False), (False, True)):
        left = torch.tensor(A, requires_grad=of_left)
        right = torch.tensor(B, requires_grad=of_right)
        tt.matmul(left, right, semiring).backward(torch.tensor(weights))
        assert left.grad is None or np.array_equal(left.grad, of_A)
        assert right.grad is None or np.array_equal(right.grad, of_B)
        assert (left.grad is not None, right.grad is not None) == (of_left, of_right)


# --- tensors of every kind ---------------------------------------------------------------------


@given(pairs(), st.sampled_from([tp.max_plus, tp.min_plus]))
def test_values_are_those_of_the_arrays(pair, semiring):
    A, B = map(torch.tensor, pair)
    expected = tp.matmul(*pair, semiring=semiring)
    with_gradient = tt.matmul(A.requires_grad_(), B, semiring)
    assert np.array_equal(with_gradient.detach(), expected)
    with torch.no_grad():
        found = tt.matmul(A, B, semiring)
    assert not found.requires_grad
    assert np.array_equal(found, expected)
    assert np.array_equal(tp.matmul(A.detach(), B, semiring=semiring), expected)


def test_views_that_are_not_contiguous():
    whole = torch.randn(6, 8, dtype=torch.float64, requires_grad=True)
    A, B = whole.T[::2], whole[:, 1::3]
    expected = tp.matmul(A.detach().numpy(), B.detach().numpy())
    C = tt.matmul(A, B)
    assert np.array_equal(C.detach(), expected)
    C.sum().backward()
    assert whole.grad.sum() == 2 * C.numel()
    assert np.array_equal(tp.matmul(A.detach(), B.detach()), expected)
    shared = torch.zeros(1, dtype=torch.float64).expand(3, 3)
    assert tt.matmul(shared, shared).tolist() == [[0.0] * 3] * 3


def test_integers_and_other_strangers_are_refused():
    one = torch.ones(1, 1)
    for other, words in (
        (np.ones((1, 1)), "torch tensor, got ndarray"),
        (torch.ones(1, 1, dtype=torch.int64), "float32 or float64"),
        (torch.ones(1, 1, dtype=torch.bfloat16), "bfloat16"),
        (torch.ones(1, 1).to_sparse(), "dense"),
        (torch.ones(1, 1, dtype=torch.float64), r"one type .* write B\.to\(A\)"),
        (torch.ones(1, 1, device="meta"), "meta"),
    ):
        with pytest.raises(ArgumentTypeError, match=words):
            tt.matmul(one, other)
    with pytest.raises(DimensionError, match="at least one dimension"):
        tt.matmul(torch.tensor(1.0), one)
    with pytest.raises(DimensionError, match="B must have 1 row, one for each column of A"):
        tt.matmul(one, torch.ones(2, 1))
    with pytest.raises(DimensionError, match="shapes"):
        tt.evaluate(one[0], one, one[0])
    with pytest.raises(DimensionError, match=r"\(\.\.\., 3\), got \(1, 1\)"):
        tt.TropicalLinear(3, 2)(one)


@pytest.mark.parametrize("gradient", [False, True])
@pytest.mark.parametrize("semiring", ["min", None])
def test_a_misspelt_semiring_is_named(semiring, gradient):
    A = torch.ones(2, 2, requires_grad=gradient)
    calls = (
        lambda: tt.matmul(A, A, semiring),
        lambda: tt.evaluate(A[0], A, A, semiring),
        lambda: tt.convolve(A[0], A[0], semiring),
        lambda: tt.TropicalLinear(2, 3, semiring=semiring),
        lambda: tt.TropicalPolynomial(2, 3, semiring=semiring),
    )
    for call in calls:
        with pytest.raises(
            ArgumentTypeError, match=f"must be max_plus or min_plus, got {semiring!r}"
        ):
            call()


# --- layers ------------------------------------------------------------------------------------


def test_layers_name_the_size_or_the_input_that_is_wrong():
    for sizes, error, words in (
        ((2.0, 3), ArgumentTypeError, "in_features must be an integer, got 2.0 of type float"),
        ((2, None), ArgumentTypeError, "out_features must be an integer, got None"),
        ((2, -1), ArgumentError, "out_features must not be negative, got -1"),
    ):
        with pytest.raises(error, match=words):
            tt.TropicalLinear(*sizes)
    with pytest.raises(ArgumentTypeError, match="terms must be an integer, got 'two'"):
        tt.TropicalPolynomial("two", 2)
    with pytest.raises(ArgumentError, match="variables must not be negative, got -2"):
        tt.TropicalPolynomial(2, -2)
    for layer, weights in (
        (tt.TropicalLinear(2, 3), "weight"),
        (tt.TropicalPolynomial(4, 2), "coefficients"),
    ):
        for x, words in (
            (None, "x must be a torch tensor, got NoneType"),
            ([[1.0, 2.0]], "x must be a torch tensor, got list"),
            (torch.ones(1, 2).to_sparse(), "x must be a dense tensor"),
            (torch.ones(1, 2, dtype=torch.float64), rf"write x\.to\({weights}\)"),
        ):
            with pytest.raises(ArgumentTypeError, match=words):
                layer(x)


@SEMIRINGS
def test_layers_are_their_formulas(semiring):
    torch.manual_seed(0)
    linear = tt.TropicalLinear(3, 4, semiring)
    x = torch.randn(2, 5, 3)
    best = torch.amax if semiring is tp.max_plus else torch.amin
    assert torch.equal(linear(x), best(x[..., None, :] + linear.weight, dim=-1))
    assert linear(x[0, 0]).shape == (4,)
    f = tt.TropicalPolynomial(6, 3, semiring)
    expected = best(f.coefficients + x @ f.exponents.T, dim=-1)
    torch.testing.assert_close(f(x), expected)
    assert f(x[0, 0]).shape == ()
    assert sum(p.numel() for p in [*linear.parameters(), *f.parameters()]) == 12 + 24
    assert tt.TropicalLinear(3, 4, dtype=torch.float64)(x.double()).dtype == torch.float64


def test_a_polynomial_learns_an_absolute_value():
    torch.manual_seed(3)
    x = torch.linspace(-1, 1, 41)[:, None]
    f = tt.TropicalPolynomial(4, 1)
    optimizer = torch.optim.Adam(f.parameters(), lr=0.05)
    for _ in range(150):
        optimizer.zero_grad()
        loss = (f(x) - x[:, 0].abs()).pow(2).mean()
        loss.backward()
        optimizer.step()
    assert loss < 1e-3


def test_layers_copy_pickle_and_load():
    layer = tt.TropicalLinear(3, 2, tp.min_plus)
    other = tt.TropicalLinear(3, 2, tp.min_plus)
    other.load_state_dict(layer.state_dict())
    x = torch.randn(4, 3)
    assert torch.equal(layer(x), other(x))
    assert torch.equal(pickle.loads(pickle.dumps(layer))(x), layer(x))
    assert copy.deepcopy(layer).semiring is tp.min_plus


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # PyTorch warns of what it does itself while it traces
def test_compiled_functions_are_the_same():
    layer = tt.TropicalLinear(3, 2)
    x = torch.randn(4, 3)
    layer(x).sum().backward()
    expected, layer.weight.grad = layer.weight.grad, None
    compiled = torch.compile(lambda x: 2 * layer(x), backend="eager")
    y = compiled(x)
    assert torch.equal(y, 2 * layer(x))
    y.sum().backward()
    assert torch.equal(layer.weight.grad, 2 * expected)
