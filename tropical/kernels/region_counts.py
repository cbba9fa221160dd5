r"""Contractions of vectors, and the flats, regions and faces that they count.

The vectors are the hyperplanes :math:`v_i^\perp` of a central arrangement, and the first of them is
the hyperplane at infinity of an affine one. They come in one of two forms, no two rows equal.

*Integers*: rows are primitive, their first nonzero entry is positive, and entries are below
``LIMIT``, so that the difference of two products is below :math:`2^{63}`. A projection that would
leave this range ends the count.

*Residues* modulo ``PRIME``, ``modular`` being true: the first nonzero entry of a row is 1. Rows
that differ modulo the prime differ; that rows which agree are parallel is a conjecture. Every such
conjecture is written down, for the caller to confirm, and the count ends when there is no room:
row 0 of ``merges`` holds the number of those that follow, each of them the numbers of the
contracted rows, then those of the two parallel ones, then -1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

LIMIT = 2**31
"""Absolute values of integer entries stay below it: 2 * (LIMIT - 1)**2 < 2**63."""

PRIME = 2**61 - 1
"""The modulus of residues."""


@kernel
def multiply(a: int, b: int) -> int:
    """Return the product modulo ``PRIME`` of two residues, in steps that stay below 2**63.

    With a = a1 * 2**31 + a0 and b likewise, 2**62 is 2 modulo the prime, and the middle part
    h * 2**30 + l, times 2**31, is h + l * 2**31.
    """
    high_a, low_a = a >> 31, a & 0x7FFFFFFF
    high_b, low_b = b >> 31, b & 0x7FFFFFFF
    middle = high_a * low_b + low_a * high_b
    low = low_a * low_b
    total = 2 * high_a * high_b + (middle >> 30) + (low & PRIME) + (low >> 61)
    total = (total & PRIME) + (total >> 61) + ((middle & 0x3FFFFFFF) << 31)
    total = (total & PRIME) + (total >> 61)
    return total - PRIME if total >= PRIME else total


@kernel
def inverse(a: int) -> int:
    """Return the inverse modulo ``PRIME`` of a residue other than 0: its power by PRIME - 2."""
    power, result, exponent = a, 1, PRIME - 2
    while exponent:
        if exponent & 1:
            result = multiply(result, power)
        power = multiply(power, power)
        exponent >>= 1
    return result


@kernel
def hash_table(m: int) -> Array:
    """Return an empty table for m rows: columns are stamps and places, the last row a clock."""
    size = 2
    while size < 2 * m:
        size *= 2
    return np.zeros((size + 1, 2), np.int64)


@kernel
def place_of(rows: Array, count: int, width: int, table: Array) -> Any:
    """Return the place of rows[count] among rows[:count], or count; it is entered in the table."""
    hashed = 0
    for j in range(width):
        hashed = (hashed * 1000003 + (rows[count, j] & 0x7FFFFFFF)) & 0x7FFFFFFF
    slots = table.shape[0] - 1
    stamp = table[slots, 0]
    slot = (hashed ^ (hashed >> 15)) & (slots - 1)
    while table[slot, 0] == stamp:
        place = table[slot, 1]
        same = True
        for j in range(width):
            if rows[place, j] != rows[count, j]:
                same = False
                break
        if same:
            return place
        slot = (slot + 1) & (slots - 1)
    table[slot, 0] = stamp
    table[slot, 1] = count
    return count


@kernel
def contract(
    rows: Array, k: int, stop: int, width: int, out: Array, image: Array, table: Array
) -> int:
    """Write the projections of integer rows[:stop] along rows[k], merged; return their number.

    rows, out (m, at least width), image (m,): row i other than k becomes row image[i] of ``out``,
    one entry shorter, and image[k] is -1. Merged rows keep the order of their first members.
    Returns -1 when an entry is not below ``LIMIT``: ``stop * width`` steps.
    """
    p = -1
    for j in range(width):
        if rows[k, j] != 0 and (p < 0 or abs(rows[k, j]) < abs(rows[k, p])):
            p = j
    a = rows[k, p]
    last = width - 1
    table[-1, 0] += 1
    count = 0
    for i in range(stop):
        if i == k:
            image[i] = -1
            continue
        b = rows[i, p]
        divisor = 0
        sign = 0
        for j in range(last):
            source = last if j == p else j
            # A row with a zero at the pivot is its own projection, and primitive already.
            value = rows[i, source]
            if b != 0:
                value = a * value - b * rows[k, source]
            out[count, j] = value
            if value != 0:
                if divisor != 1:
                    divisor = math.gcd(divisor, value) if b != 0 else 1
                if sign == 0:
                    sign = 1 if value > 0 else -1
        divisor *= sign
        for j in range(last):
            if divisor != 1:
                out[count, j] //= divisor
            if abs(out[count, j]) >= LIMIT:
                return -1
        image[i] = place_of(out, count, last, table)
        if image[i] == count:
            count += 1
    return count


@kernel
def contract_residues(
    rows: Array, k: int, stop: int, width: int, out: Array, image: Array, table: Array
) -> int:
    """Do the same with residues; rows that agree are merged.

    The leading entries are inverted together: their product is, once.
    """
    p = 0
    while rows[k, p] == 0:
        p += 1
    last = width - 1
    leads, products = np.empty(stop, np.int64), np.empty(stop + 1, np.int64)
    products[0] = 1
    for i in range(stop):
        leads[i] = 1
        b = rows[i, p]
        lead = 0
        for j in range(last if i != k else 0):
            source = j + 1 if j >= p else j
            value = rows[i, source]
            if b != 0 and rows[k, source] != 0:
                value -= multiply(b, rows[k, source])
                if value < 0:
                    value += PRIME
            out[i, j] = value
            if lead == 0:
                lead = value
        if i != k:
            leads[i] = lead
        products[i + 1] = products[i] if leads[i] == 1 else multiply(products[i], leads[i])
    back = inverse(products[stop])
    for i in range(stop - 1, -1, -1):
        if leads[i] != 1:
            factor = multiply(back, products[i])
            back = multiply(back, leads[i])
            for j in range(last):
                out[i, j] = multiply(out[i, j], factor)
    table[-1, 0] += 1
    count = 0
    for i in range(stop):
        if i == k:
            image[i] = -1
            continue
        if i != count:
            out[count, :last] = out[i, :last]
        image[i] = place_of(out, count, last, table)
        if image[i] == count:
            count += 1
    return count


@kernel
def note_merges(
    image: Array, stop: int, labels: Array, path: Array, depth: int, merges: Array
) -> bool:
    """Write down the rows that were merged with an earlier one; False when there is no room."""
    first = np.empty(stop, np.int64)
    seen = 0
    for i in range(stop):
        if image[i] == seen:
            first[seen] = i
            seen += 1
        elif image[i] >= 0:
            merges[0, 0] += 1
            if merges[0, 0] >= merges.shape[0]:
                return False
            record = merges[merges[0, 0]]
            record[:depth] = path[:depth]
            record[depth] = labels[first[image[i]]]
            record[depth + 1] = labels[i]
            record[depth + 2 :] = -1
    return True


@kernel
def descend(
    rows: Array,
    labels: Array,
    k: int,
    stop: int,
    width: int,
    out: Array,
    out_labels: Array,
    image: Array,
    table: Array,
    modular: bool,
    path: Array,
    depth: int,
    merges: Array,
) -> int:
    """Contract rows[:stop] by row k, path[depth], with the numbers of the rows; -1 ends the count.

    Of one entry, all rows are multiples: nothing is to be confirmed.
    """
    path[depth] = labels[k]
    if modular:
        size = contract_residues(rows, k, stop, width, out, image, table)
        if width > 2 and not note_merges(image, stop, labels, path, depth + 1, merges):
            return -1
    else:
        size = contract(rows, k, stop, width, out, image, table)
    seen = 0
    for i in range(stop):
        if image[i] == seen and size > 0:
            out_labels[seen] = labels[i]
            seen += 1
    return size


@kernel
def add_independent(
    rows: Array,
    labels: Array,
    width: int,
    start: int,
    stop: int,
    counts: Array,
    table: Array,
    modular: bool,
    path: Array,
    depth: int,
    merges: Array,
) -> bool:
    r"""Add to counts[r] the sets of r rows without broken circuits whose last row is in a range.

    rows (at least stop, at least width), counts (width,): the sets, r >= 1, of rows among rows[1:]
    that contain no broken circuit of the rows, the first one included, and whose last member k has
    start <= k < stop. They are the terms of deletion and restriction: those with last member k are
    k itself, and k with those of rows[:k] contracted by k. The rows are the contraction of others
    by path[:depth]. Returns False when the count ended early; each set of fewer than width - 1
    rows takes stop * width steps.
    """
    if width > 1:
        counts[1] += stop - start
    if width < 3:
        return True
    stack = np.empty((width - 1, stop, width), np.int64)
    names = np.empty((width - 1, stop), np.int64)
    sizes = np.empty(width, np.int64)
    places = np.empty(width, np.int64)
    image = np.empty(stop, np.int64)
    stack[0, :, :] = rows[:stop, :width]
    names[0, :] = labels[:stop]
    sizes[0], places[0] = stop, start
    level = 0
    while level >= 0:
        k = places[level]
        if k >= sizes[level]:
            level -= 1
            continue
        places[level] += 1
        size = descend(
            stack[level],
            names[level],
            k,
            k,
            width - level,
            stack[level + 1],
            names[level + 1],
            image,
            table,
            modular,
            path,
            depth + level,
            merges,
        )
        if size < 0:
            return False
        counts[level + 2] += size - 1
        if width - level > 3 and size > 2:
            level += 1
            sizes[level], places[level] = size, 1
    return True


@kernel(signatures=["(i8[:, ::1], i8, i8[::1], b1, i8[:, ::1])"])
def add_whitney_numbers(rows: Array, k: int, counts: Array, modular: bool, merges: Array) -> bool:
    """Add to counts[r] the sets of r rows without broken circuits whose last member is row k >= 1.

    rows (m, width), counts (width,), merges (at least 1, width).
    """
    m, width = rows.shape
    path = np.empty(width + 1, np.int64)
    labels = np.arange(m)
    table = hash_table(m)
    return add_independent(rows, labels, width, k, k + 1, counts, table, modular, path, 0, merges)


@kernel(signatures=["(i8[:, ::1], i8, i8[::1], b1, i8[:, ::1])"])
def add_face_numbers(rows: Array, k: int, faces: Array, modular: bool, merges: Array) -> bool:
    """Add to faces[r] the faces in flats of rank r whose first member is row k.

    rows (m, width), faces (width,), merges (at least 1, width). Row 0 stands for the empty flat;
    any other that avoids row 0 is reached once, by its lexicographically first basis, and
    contributes the regions of its restriction.
    """
    m, width = rows.shape
    stack = np.empty((width + 1, m, width), np.int64)
    labels = np.empty((width + 1, m), np.int64)
    sizes = np.empty(width + 1, np.int64)
    places = np.empty(width + 1, np.int64)
    path = np.empty(2 * width + 2, np.int64)
    image = np.empty(m, np.int64)
    counts = np.empty(width, np.int64)
    table = hash_table(m)
    stack[0, :, :] = rows
    labels[0, :] = np.arange(m)
    level = 0
    sizes[0], places[0] = m, k
    while level >= 0:
        j = places[level]
        if j >= sizes[level] or (level == 0 and j > k):
            level -= 1
            continue
        places[level] += 1
        if k > 0:
            if level > 0 and labels[level, j] < path[level - 1]:
                continue
            size = descend(
                stack[level],
                labels[level],
                j,
                sizes[level],
                width - level,
                stack[level + 1],
                labels[level + 1],
                image,
                table,
                modular,
                path,
                level,
                merges,
            )
            if size < 0:
                return False
            level += 1
            sizes[level], places[level] = size, 1
        counts[:] = 0
        left, size = width - level, sizes[level]
        if not add_independent(
            stack[level],
            labels[level],
            left,
            1,
            size,
            counts,
            table,
            modular,
            path,
            level,
            merges,
        ):
            return False
        faces[level] += 1 + counts[1:].sum()
        if left == 2 and k > 0:
            for i in range(1, size):
                if labels[level, i] > path[level - 1]:
                    faces[level + 1] += 1
        if left < 3 and k > 0:
            level -= 1
    return True


@kernel(signatures=["(i8[:, ::1], i8[:, ::1], i8[:, ::1], b1, i8[:, ::1])"])
def classes_above(rows: Array, bases: Array, out: Array, modular: bool, merges: Array) -> bool:
    """Write which rows become parallel when the span of a basis is contracted.

    rows (m, width), bases (f, r) independent rows, out (f, m), merges (at least 1, width): the
    first row of the class, or -1 for a row in the span: f * r * m * width steps.
    """
    m, width = rows.shape
    here, there = np.empty((m, width), np.int64), np.empty((m, width), np.int64)
    labels, others = np.empty(m, np.int64), np.empty(m, np.int64)
    path = np.empty(width + 1, np.int64)
    image = np.empty(m, np.int64)
    places = np.empty(m, np.int64)
    table = hash_table(m)
    for f in range(bases.shape[0]):
        here[:, :] = rows
        labels[:] = np.arange(m)
        places[:] = labels
        size = m
        for r in range(bases.shape[1]):
            k = places[bases[f, r]]
            size = descend(
                here,
                labels,
                k,
                size,
                width - r,
                there,
                others,
                image,
                table,
                modular,
                path,
                r,
                merges,
            )
            if size < 0:
                return False
            here, there = there, here
            labels, others = others, labels
            for i in range(m):
                if places[i] >= 0:
                    places[i] = image[places[i]]
        for i in range(m):
            out[f, i] = -1 if places[i] < 0 else labels[places[i]]
    return True
