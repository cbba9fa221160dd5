"""Products of matrices and values of polynomials on a graphics card.

The functions have the names, the arguments and the results of their namesakes in `tropical`,
without ``threads``. Arrays that are on a card already, whatever has ``__cuda_array_interface__``
(CuPy, PyTorch, Numba), are read where they lie, and the result stays there: an array of Numba,
which ``cupy.asarray`` and ``torch.as_tensor(C, device="cuda")`` take without a copy. Numpy arrays
go to the card and come back. Work is queued on CUDA's default stream.

Needs a card of NVIDIA with its driver, and ``pip install 'tropical-bridge[cuda]'``.

Examples
--------
>>> import tropical.cuda
>>> tropical.cuda.is_available()  # doctest: +SKIP
True
>>> tropical.cuda.matmul([[3.0, 7.0], [2.0, 4.0]], [[0.0], [-1.0]])  # doctest: +SKIP
array([[6.],
       [3.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.arrays.integer_ranges import Extent, require_sums
from tropical.arrays.reading import WORKING, read_alike, zero
from tropical.errors import ArgumentError, ArgumentTypeError, DeviceError, DimensionError
from tropical.semiring import Semiring, max_plus, require_semiring
from tropical.typing import Array


def is_available() -> bool:
    """Tell whether there is a card, and what it takes to compute on it.

    Examples
    --------
    >>> import tropical.cuda
    >>> tropical.cuda.is_available() in {True, False}
    True
    """
    return _obstacle() is None


def matmul(
    A: Any,
    B: Any,
    *,
    out: Any = None,
    accumulate: bool = False,
    semiring: Semiring = max_plus,
) -> Any:
    r"""Return the product :math:`C_{ij} = \max_p (A_{ip} + B_{pj})`, computed on a card.

    Parameters
    ----------
    A, B : array_like, shape (m, k) and (k, n), or (s, m, k) and (s, k, n)
        Floats of 32 or 64 bits, or integers of such, both of one type if they are on a card. In a
        batch, one of them may have two dimensions, or 1 for s: it is a factor of all.
    out : array, optional
        Where the result is written, on a card or not. It may be A or B.
    accumulate : bool
        Add the product, tropically, to what ``out`` holds.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.

    Returns
    -------
    array, shape (m, n) or (s, m, n)
        ``out`` if it was given; otherwise a numpy array, or an array on the card if A or B is.

    Raises
    ------
    DeviceError
        If there is no card, or no driver, or no package that compiles for it.
    RangeError
        If the integers are so large that a sum could leave their type.

    Examples
    --------
    >>> import tropical.cuda
    >>> tropical.cuda.matmul([[3, 7], [2, 4]], [[3, 7], [2, 4]])  # doctest: +SKIP
    array([[ 9, 11],
           [ 6,  9]])
    """
    return _product(A, B, out, accumulate, semiring, with_winners=False)[0]


def matmul_argmax(A: Any, B: Any, *, semiring: Semiring = max_plus) -> tuple[Any, Any]:
    """Return the product, and for each entry the first index at which the maximum is attained.

    Takes and raises what `matmul` does.

    Returns
    -------
    C : array, shape (m, n) or (s, m, n)
        The product.
    index : array of int64
        The smallest p with ``C[i, j] == A[i, p] + B[p, j]``; -1 where that is the tropical zero or
        NaN.

    Examples
    --------
    >>> import tropical.cuda
    >>> C, index = tropical.cuda.matmul_argmax([[3, 7]], [[3], [2]])  # doctest: +SKIP
    >>> index  # doctest: +SKIP
    array([[1]])
    """
    return _product(A, B, None, False, semiring, with_winners=True)


def evaluate(
    coefficients: Any, exponents: Any, points: Any, *, semiring: Semiring = max_plus
) -> Any:
    r"""Return the values :math:`\max_i (c_i + E_i \cdot x)` of a polynomial at many points.

    A term whose coefficient is the tropical zero is none; an exponent 0 contributes 0, at an
    infinity too; a factor that is the tropical zero makes the zero of its term. Products are added
    variable by variable to the coefficient, with one rounding each.

    Unlike `tropical.evaluate`, this refuses no data: a NaN coefficient, or an exponent that is no
    finite number, makes every value NaN, and sums that overflow on the way come out infinite, or
    NaN where infinities of both signs meet.

    Parameters
    ----------
    coefficients : array_like, shape (m,)
    exponents : array_like, shape (m, n)
        Integers too, if they are not on a card.
    points : array_like, shape (k, n)
        Floats, all of one type if they are on a card.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.

    Returns
    -------
    array, shape (k,)
        A numpy array, or an array on the card if an argument is.

    Raises
    ------
    DeviceError
        If there is no card, or no driver, or no package that compiles for it.

    Examples
    --------
    >>> import tropical.cuda
    >>> points = [[0.0], [5.0]]
    >>> tropical.cuda.evaluate([0.0, -1.0], [[0.0], [1.0]], points)  # doctest: +SKIP
    array([0., 4.])
    """
    return _evaluation(coefficients, exponents, points, semiring, with_winners=False)[0]


def evaluate_argmax(
    coefficients: Any, exponents: Any, points: Any, *, semiring: Semiring = max_plus
) -> tuple[Any, Any]:
    """Return the values of a polynomial, and at each point the first term that attains it.

    Takes and raises what `evaluate` does.

    Returns
    -------
    values : array, shape (k,)
    index : array of int64, shape (k,)
        -1 where the value is the tropical zero or NaN.

    Examples
    --------
    >>> import tropical.cuda
    >>> values, index = tropical.cuda.evaluate_argmax(
    ...     [0.0, -1.0], [[0.0], [1.0]], [[5.0]]
    ... )  # doctest: +SKIP
    >>> index  # doctest: +SKIP
    array([1])
    """
    return _evaluation(coefficients, exponents, points, semiring, with_winners=True)


def _product(
    A: Any, B: Any, out: Any, accumulate: bool, semiring: Semiring, with_winners: bool
) -> tuple[Any, Any]:
    require_semiring(semiring)
    _require_card()
    from tropical.kernels.cuda import card, products
    from tropical.kernels.cuda.bounds import finite_bounds

    if accumulate and out is None:
        message = "out must be an array to accumulate into, got None"
        raise ArgumentTypeError(message)
    stays = card.is_on_card(A) or card.is_on_card(B)
    with card.computing(_index_of(A, B, out)):
        left, right = _read(semiring, A=A, B=B)
        k = tuple(left.shape)[-1]
        shape = _shape_of_product(tuple(left.shape), tuple(right.shape))
        if out is not None:
            _require_fit(out, shape, left.dtype)
        left, right = _batch(left), _batch(right)
        batch = (max(left.shape[0], right.shape[0]) if 0 not in shape else 0, *shape[-2:])
        number = np.dtype(left.dtype).type
        the_zero = number(zero(np.dtype(left.dtype), semiring))
        before = _batch(card.on_card(out)) if accumulate else None
        if 0 in shape or k == 0:
            C, winners = card.full(batch, the_zero), card.full(batch, np.int64(-1))
        else:
            C, winners = card.empty(batch, number), None
            if with_winners:
                winners = card.empty(batch, np.int64)
            if np.issubdtype(number, np.floating):
                absorbing, lowest = number(np.nan), number(-np.inf)
            else:
                extents = [
                    _extent(*finite_bounds(numbers, the_zero))
                    for numbers in (left, right, before)
                    if numbers is not None
                ]
                result = extents[2].size if accumulate else 0
                sums = require_sums(extents[0], extents[1], np.dtype(number), semiring, result)
                absorbing, lowest = number(sums.sentinel), number(sums.threshold)
            products.multiply(
                left, right, C, winners, number(semiring.sign), the_zero, absorbing, lowest
            )
        if accumulate and 0 not in shape:
            products.join(C, before, number(semiring.sign), the_zero)
        C = C.reshape(*shape)
        winners = winners.reshape(*shape) if with_winners else None
        if out is not None:
            card.write(C, out)
            return out, winners
        if stays:
            return C, winners
        return card.back(C), card.back(winners) if with_winners else None


def _evaluation(
    coefficients: Any, exponents: Any, points: Any, semiring: Semiring, with_winners: bool
) -> tuple[Any, Any]:
    require_semiring(semiring)
    _require_card()
    from tropical.kernels.cuda import card
    from tropical.kernels.cuda.evaluation import evaluate as evaluate_on_card

    if isinstance(exponents, np.ndarray | list | tuple):
        exponents = np.asarray(exponents)
        if exponents.dtype.kind in "iu":
            exponents = _as_floats(exponents, _type_of(points))
    given = (coefficients, exponents, points)
    stays = any(map(card.is_on_card, given))
    with card.computing(_index_of(*given)):
        c, E, X = _read(semiring, coefficients=coefficients, exponents=exponents, points=points)
        if c.ndim != 1:
            message = f"coefficients must have shape (m,), got {tuple(c.shape)}"
            raise DimensionError(message)
        m = c.shape[0]
        if E.ndim != 2 or E.shape[0] != m:
            message = (
                f"exponents must have shape ({m}, n), a row for each coefficient, got "
                f"{tuple(E.shape)}"
            )
            raise DimensionError(message)
        if X.ndim != 2 or X.shape[1] != E.shape[1]:
            message = (
                f"points must have shape (k, {E.shape[1]}), an entry for each column of exponents, "
                f"got {tuple(X.shape)}"
            )
            raise DimensionError(message)
        dtype = np.dtype(c.dtype)
        if dtype.kind != "f":
            message = f"the arrays must hold floats, got {dtype}; convert them with astype(float)"
            raise ArgumentTypeError(message)
        number = dtype.type
        the_zero = number(zero(dtype, semiring))
        k = X.shape[0]
        if not k or not m:
            values, winners = card.full((k,), the_zero), card.full((k,), np.int64(-1))
        else:
            values = card.empty((k,), number)
            winners = card.empty((k,), np.int64) if with_winners else None
            evaluate_on_card(c, E, X, values, winners, number(semiring.sign), the_zero)
        if stays:
            return values, winners
        return card.back(values), card.back(winners) if with_winners else None


def _obstacle() -> str | None:
    """Return why nothing can be computed on a card, or None."""
    try:
        from tropical.kernels.cuda.card import obstacle
    except ImportError as error:
        return str(error)
    return obstacle()


def _require_card() -> None:
    found = _obstacle()
    if found is not None:
        message = (
            "a graphics card of NVIDIA must be there with its driver and a compiler for it, got: "
            f"{found}; pip install 'tropical-bridge[cuda]' brings the compiler, and the functions "
            "of the same names in tropical compute without a card"
        )
        raise DeviceError(message)


def _index_of(*values: Any) -> int | None:
    """Return the index of the card on which the first tensor lies: torch and CuPy tell."""
    for value in values:
        device = getattr(value, "device", None)
        for attribute in ("index", "id"):
            index = getattr(device, attribute, None)
            if isinstance(index, int):
                return index
    return None


def _read(semiring: Semiring, **values: Any) -> list[Any]:
    """Return contiguous arrays on the card, all of one working type."""
    from tropical.kernels.cuda import card

    elsewhere = {name: v for name, v in values.items() if not card.is_on_card(v)}
    arrays = (
        dict(zip(elsewhere, read_alike(semiring, **elsewhere), strict=True)) if elsewhere else {}
    )
    for name, value in values.items():
        if name not in arrays:
            arrays[name] = card.seen(value)
    types = {name: np.dtype(arrays[name].dtype) for name in values}
    if len(set(types.values())) > 1 or f"{min(types.values()).str[1:]}" not in WORKING.values():
        got = ", ".join(f"{name} of {dtype}" for name, dtype in types.items())
        message = (
            "arrays on a card must hold float32, float64, int32 or int64, all of one type, got "
            f"{got}; convert them first"
        )
        raise ArgumentTypeError(message)
    return [card.on_card(arrays[name]) for name in values]


def _batch(array: Any) -> Any:
    """Return a contiguous array with a dimension for the batch."""
    return array.reshape(1, *array.shape) if array.ndim == 2 else array


def _shape_of_product(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a product, or raise."""
    fits = len(left) in {2, 3} and len(right) in {2, 3} and left[-1] == right[-2]
    batches = {shape[0] for shape in (left, right) if len(shape) == 3}
    if not fits or len(batches - {1}) > 1:
        message = (
            "A and B must have shapes (m, k) and (k, n), or (s, m, k) and (s, k, n), got "
            f"{left} and {right}"
        )
        raise DimensionError(message)
    several = batches - {1} or batches
    return (*several, left[-2], right[-1])


def _require_fit(out: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if tuple(out.shape) != shape or _type_of(out) != dtype:
        message = (
            f"out must have shape {shape} and hold {dtype}, as the product does, got shape "
            f"{tuple(out.shape)} and {_type_of(out)}"
        )
        raise DimensionError(message)


def _type_of(value: Any) -> np.dtype[Any]:
    """Return the type of an array as numpy names it."""
    interface = getattr(value, "__cuda_array_interface__", None)
    return np.dtype(interface["typestr"]) if interface else np.asarray(value).dtype


def _as_floats(exponents: Array, dtype: np.dtype[Any]) -> Array:
    """Return integers as floats of a type, or of the widest if that holds no floats."""
    floats: Array = exponents.astype(dtype if dtype.kind == "f" and dtype.itemsize > 2 else "f8")
    if (floats != exponents).any():
        message = (
            f"exponents must be exact in {floats.dtype}, got {exponents[floats != exponents][0]}"
        )
        raise ArgumentError(message)
    return floats


def _extent(low: int, high: int, has_zero: bool) -> Extent:
    return Extent(max(high, -low) if low <= high else 0, has_zero)
