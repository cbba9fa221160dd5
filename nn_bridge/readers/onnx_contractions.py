"""Linear maps along axes: contractions by letters, cumulative sums, triangles."""

from __future__ import annotations

from math import prod

import numpy as np

from nn_bridge.index_map import require_budget, sums
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    exact_constant,
    live_operand,
    one_live_operand,
    single_operand,
)
from nn_bridge.readers.onnx_shapes import axis_of
from tropical.typing import Array
from tropical.wording import counted


def einsum(node: Node, operands: Operands) -> Live:
    """Contract one tensor, or one with a constant, as Einstein's notation says."""
    terms, result = _letters(node, len(operands))
    if len(operands) == 1:
        live = live_operand(node, operands)
        constants: Array = exact_constant(node, np.ones((), np.float32), "factor")
        terms = [*terms, ""]
    else:
        live, given, left = one_live_operand(node, operands, "a contraction")
        constants = exact_constant(node, given, "factors")
        terms = terms if left else terms[::-1]
    lengths = _lengths(node, terms, (live.shape, constants.shape))
    own = set(terms[0])
    summed = [letter for letter in dict.fromkeys(terms[0]) if letter not in result]
    if set(terms[1]) - own - set(result):
        node.refuse_unsupported(
            "add up along axes of the tensor that depends on the network's input", "others"
        )
    letters = [*result, *summed]
    shape = tuple(lengths[letter] for letter in result)
    terms_each = prod(lengths[letter] for letter in summed)
    require_budget(max(prod(shape), 1) * max(terms_each, 1), "the contraction")
    places = np.arange(live.tensor.size).reshape(live.shape)
    columns = _along(places, terms[0], letters, lengths)
    factors = _along(constants, terms[1], letters, lengths)
    flat = (*shape, terms_each)
    weight = sums(columns.reshape(flat), factors.reshape(flat), live.tensor.size)
    return live.become(live.tensor.linear(weight, None, shape))


def cumulative_sum(node: Node, operands: Operands) -> Live:
    """Add up what precedes along an axis."""
    live = live_operand(node, operands)
    given = single_operand(node, operands, 1, "an axis")
    if given is None or given.dtype.kind not in "iu":
        node.refuse("have an axis that is an integer", "another")
    axis = axis_of(node, int(given.item()), len(live.shape))
    length = live.shape[axis]
    require_budget(live.tensor.size * max(length, 1), "the sums")
    before = np.tril(np.ones((length, length)), -1 if node.flag("exclusive") else 0)
    rows = before.T if node.flag("reverse") else before
    order = [*(k for k in range(len(live.shape)) if k != axis), axis]
    last = live.tensor.transpose(order).dense(rows)
    return live.become(last.transpose(np.argsort(order).tolist()))


def triangle(node: Node, operands: Operands) -> Live:
    """Keep the upper or lower triangle of matrices, and put 0 elsewhere."""
    live = live_operand(node, operands)
    given = single_operand(node, operands, 1, "a diagonal")
    if len(live.shape) < 2 or (given is not None and given.dtype.kind not in "iu"):
        node.refuse("take matrices and an integer", f"shape {live.shape}")
    rows, columns = live.shape[-2:]
    diagonal = 0 if given is None else int(given.item())
    offset = np.arange(columns) - np.arange(rows)[:, None]
    bounded = min(max(diagonal, -rows), columns)
    kept = offset >= bounded if node.flag("upper", True) else offset <= bounded
    return live.become(live.tensor * kept.astype(np.float64))


def _letters(node: Node, count: int) -> tuple[list[str], str]:
    """Return the letters of the operands and of the result."""
    equation = node.text("equation", "").replace(" ", "")
    left, arrow, result = equation.partition("->")
    terms = left.split(",")
    if not arrow:
        result = "".join(sorted(letter for letter in set(left) if left.count(letter) == 1))
        result = result.replace(",", "")
    plain = all(letter.isascii() and letter.isalpha() for letter in "".join(terms) + result)
    if not plain or count not in {1, 2}:
        node.refuse_unsupported(
            "contract one or two tensors by letters, without an ellipsis", repr(equation)
        )
    if len(terms) != count or len(set(result)) < len(result) or set(result) - set(left):
        node.refuse(f"have an equation for {counted(count, 'tensor')}", repr(equation))
    return terms, result


def _lengths(node: Node, terms: list[str], shapes: tuple[tuple[int, ...], ...]) -> dict[str, int]:
    """Return the length that each letter stands for."""
    lengths: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if len(term) != len(shape):
            node.refuse(
                f"have {counted(len(shape), 'letter')} for a tensor of shape {shape}", repr(term)
            )
        for letter, length in zip(term, shape, strict=True):
            if lengths.setdefault(letter, length) != length:
                node.refuse(f"have one length for {letter!r}", f"{lengths[letter]} and {length}")
    return lengths


def _along(array: Array, term: str, letters: list[str], lengths: dict[str, int]) -> Array:
    """Return the entries of an array for all values of the letters, of which it has some."""
    grid = np.ix_(*(np.arange(lengths[letter]) for letter in letters))
    named = dict(zip(letters, grid, strict=True))
    picked = array[tuple(named[letter] for letter in term)]
    return np.broadcast_to(picked, tuple(lengths[letter] for letter in letters))
