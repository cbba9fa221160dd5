"""Random ONNX models of every operator that is read, on small integers.

A model grows node by node; a node that onnxruntime refuses is dropped again, so that what remains
runs. Attributes are drawn wildly on purpose: negative axes, empty lists, lengths of 0 and 1.
"""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import AttributeProto, TensorProto, helper, numpy_helper

OPSETS = (8, 9, 10, 11, 12, 13, 14, 16, 18, 19, 20, 21, 22, 23, 24, 25)
MOST_ENTRIES = 400
onnxruntime.set_default_logger_severity(4)


class Builder:
    """A model in the making: nodes, constants, and the tensors that depend on the input."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.opset = int(self.rng.choice(OPSETS))
        self.nodes, self.constants, self.pool = [], {}, {}
        rank = int(self.rng.choice([0, 1, 2, 2, 3, 3, 4, 4, 4, 5]))
        self.shape = tuple(int(n) for n in self.rng.choice([1, 2, 3, 4, 5], rank))
        if rank and self.rng.random() < 0.04:
            self.shape = (*self.shape[:-1], 0)
        self.pool["x"] = self.shape
        self.point = self.integers(*self.shape).astype(np.float32)
        self.made = 0

    def integers(self, *shape, low=-3, high=4):
        return self.rng.integers(low, high, shape)

    def flip(self, chance=0.5):
        return bool(self.rng.random() < chance)

    def pick(self, choices):
        return choices[int(self.rng.integers(len(choices)))]

    def constant(self, array, name=None):
        name = name or f"c{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def floats(self, *shape):
        return self.constant(self.integers(*shape).astype(np.float32))

    def listed(self, entries):
        return self.constant(np.array(entries, np.int64).reshape(-1))

    def name(self):
        self.made += 1
        return f"t{self.made}"

    def any_tensor(self):
        names = list(self.pool)
        return names[-1] if self.flip(0.6) else self.pick(names)

    def broadcasting(self, shape):
        """Return a shape that broadcasts with another, mostly without growing it."""
        kept = [1 if self.flip(0.3) else n for n in shape]
        kept = kept[int(self.rng.integers(len(kept) + 1)) :]
        if self.flip(0.1):
            kept = [2, *([1] * (len(shape) - len(kept))), *kept]
        return tuple(kept)

    def axis(self, rank):
        return int(self.rng.integers(-rank, rank)) if rank else 0

    def axes(self, rank):
        count = int(self.rng.integers(0, rank + 1))
        chosen = self.rng.permutation(rank)[:count].tolist()
        return [axis - rank if self.flip(0.3) else axis for axis in chosen]

    def model(self, output=None, opset=None):
        names = list(self.pool)
        graph = helper.make_graph(
            self.nodes,
            "graph",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
                for name in ([output or names[-1]])
            ],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )
        version = opset or self.opset
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", version)],
            ir_version=min(max(version - 3, 4), 10),
        )

    def grow(self, kind=None):
        """Add a node, unless onnxruntime refuses it; return the model with the refused node."""
        before = len(self.nodes), dict(self.constants)
        kind = kind or self.pick(list(MAKERS))
        source = self.any_tensor()
        made = MAKERS[kind](self, kind, source, self.pool[source])
        if made is None:
            del self.nodes[before[0] :]
            self.constants = before[1]
            return None
        outputs = made if isinstance(made, list) else [made]
        values, model = {}, None
        for output in outputs:
            model = self.model(output)
            result = run(model, self.point)
            if result is None or result.size > MOST_ENTRIES or result.dtype != np.float32:
                del self.nodes[before[0] :]
                self.constants = before[1]
                return model
            values[output] = result.shape
        self.pool.update(values)
        return None

    def add(self, kind, *inputs, outputs=1, **attributes):
        names = [self.name() for _ in range(outputs)]
        node = helper.make_node(kind, list(inputs), names)
        for name, value in attributes.items():
            empty = AttributeProto.INTS if value == [] else None
            node.attribute.append(helper.make_attribute(name, value, attr_type=empty))
        self.nodes.append(node)
        return names[0] if outputs == 1 else names


def run(model, point, output=None):
    """Return what onnxruntime makes of a point, or None where it refuses."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        name = session.get_inputs()[0].name
        return session.run(output, {name: point})[0]
    except Exception:
        return None


def simple(build, kind, x, shape):
    return build.add(kind, x)


def alpha(build, kind, x, shape):
    return build.add(kind, x, alpha=build.pick([0.5, 2.0, -1.0, 0.0, 0.25, 1.0]))


def binary(build, kind, x, shape):
    if build.flip(0.4) and kind != "Mul":
        other = build.any_tensor()
    else:
        other = build.floats(*build.broadcasting(shape))
    pair = [x, other] if build.flip() else [other, x]
    return build.add(kind, *pair)


def quotient(build, kind, x, shape):
    powers = build.rng.choice([1.0, 2.0, -4.0, 0.5], build.broadcasting(shape))
    return build.add("Div", x, build.constant(powers.astype(np.float32)))


def many(build, kind, x, shape):
    others = [
        build.any_tensor() if build.flip() else build.floats(*build.broadcasting(shape))
        for _ in range(int(build.rng.integers(0, 4)))
    ]
    listed = [x, *others]
    build.rng.shuffle(listed)
    return build.add(kind, *listed)


def prelu(build, kind, x, shape):
    kept = [1 if build.flip(0.3) else n for n in shape][int(build.rng.integers(len(shape) + 1)) :]
    return build.add(kind, x, build.floats(*kept))


def clip(build, kind, x, shape):
    low, high = build.pick([-2.0, 0.0, 1.0, 3.0]), build.pick([0.0, 2.0, 6.0, -1.0])
    if build.opset < 11:
        given = {k: v for k, v in (("min", low), ("max", high)) if build.flip(0.7)}
        return build.add(kind, x, **given)
    bounds = [
        build.constant(np.array(v, np.float32)) if build.flip(0.7) else "" for v in (low, high)
    ]
    while bounds and not bounds[-1]:
        bounds.pop()
    return build.add(kind, x, *bounds)


def hard_sigmoid(build, kind, x, shape):
    return build.add(kind, x, alpha=build.pick([0.25, 0.5]), beta=build.pick([0.5, 0.0, 1.0]))


def thresholded(build, kind, x, shape):
    return build.add(kind, x, alpha=0.0)


def shrink(build, kind, x, shape):
    bound = build.pick([0.0, 0.5, 1.0])
    return build.add(kind, x, lambd=bound, bias=bound)


def matmul(build, kind, x, shape):
    if not shape:
        return None
    if build.flip():
        extra = [build.pick([1, 2])] if build.flip(0.3) else []
        width = [] if build.flip(0.2) and not extra else [build.pick([1, 2, 3])]
        return build.add(kind, x, build.floats(*extra, shape[-1], *width))
    inner = shape[-2] if len(shape) > 1 else shape[0]
    rows = [] if build.flip(0.2) else [build.pick([1, 2, 3])]
    return build.add(kind, build.floats(*rows, inner), x)


def gemm(build, kind, x, shape):
    if len(shape) != 2:
        return None
    left, flips = build.flip(0.7), (build.flip(), build.flip())
    inner = shape[::-1][flips[0]] if left else shape[flips[1]]
    width = build.pick([1, 2, 3])
    own_flip = flips[1] if left else not flips[0]
    weight = build.floats(*((width, inner) if own_flip else (inner, width)))
    outer = shape[flips[0]] if left else shape[1 - flips[1]]
    whole = (outer, width) if left else (width, outer)
    inputs = [x, weight] if left else [weight, x]
    if build.flip(0.6) or build.opset < 11:
        inputs.append(build.floats(*[1 if build.flip(0.3) else n for n in whole]))
    return build.add(
        kind,
        *inputs,
        transA=int(flips[0]),
        transB=int(flips[1]),
        alpha=build.pick([1.0, 0.5, -2.0]),
        beta=build.pick([1.0, 2.0, 0.0]),
    )


def sliding(build, axes, pooling=False):
    attributes = {}
    if build.flip():
        attributes["strides"] = build.integers(axes, low=1, high=4).tolist()
    if build.flip(0.4) and not (pooling == "average" and build.opset < 19):
        attributes["dilations"] = build.integers(axes, low=1, high=3).tolist()
    padding = build.pick(["none", "pads", "pads", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
    if padding == "pads":
        attributes["pads"] = build.integers(2 * axes, low=0, high=3).tolist()
    elif padding != "none":
        attributes["auto_pad"] = padding
    return attributes


def convolution(build, kind, x, shape):
    if len(shape) < 3:
        return None
    axes, channels = len(shape) - 2, shape[1]
    groups = channels if channels and build.flip(0.3) else 1
    kernel = build.integers(axes, low=1, high=4).tolist()
    outputs = build.pick([1, 2])
    attributes = sliding(build, axes)
    if kind == "ConvTranspose":
        weight = build.floats(channels, outputs, *kernel)
        if build.flip(0.3):
            attributes["output_padding"] = build.integers(axes, low=0, high=3).tolist()
        if build.flip(0.2):
            attributes["output_shape"] = build.integers(axes, low=1, high=8).tolist()
    else:
        weight = build.floats(outputs * groups, channels // groups, *kernel)
    inputs = [x, weight]
    if build.flip():
        inputs.append(build.floats(outputs * groups))
    if build.flip(0.3):
        attributes["kernel_shape"] = kernel
    return build.add(kind, *inputs, group=groups, **attributes)


def pooling(build, kind, x, shape):
    if len(shape) < 3:
        return None
    axes = len(shape) - 2
    attributes = sliding(build, axes, "average" if kind == "AveragePool" else "max")
    if build.flip(0.4) and build.opset >= 10:
        attributes["ceil_mode"] = 1
    if kind == "AveragePool" and build.flip():
        attributes["count_include_pad"] = 1
    kernel = build.rng.choice([1, 2, 3] if kind == "MaxPool" else [1, 2], axes).tolist()
    return build.add(kind, x, kernel_shape=kernel, **attributes)


def normalization(build, kind, x, shape):
    if len(shape) < 2:
        return None
    channels = shape[1]
    variance = build.rng.choice([0.75, 3.75, 15.75], channels).astype(np.float32)
    return build.add(
        kind,
        x,
        *(build.floats(channels) for _ in range(3)),
        build.constant(variance),
        epsilon=0.25,
    )


def pad(build, kind, x, shape):
    mode = build.pick(["constant", "constant", "edge", "reflect", "wrap"])
    rank = len(shape)
    pads = build.integers(2 * rank, low=-1 if build.flip(0.3) else 0, high=3).tolist()
    if build.opset < 11:
        return build.add(kind, x, pads=pads, mode=mode, value=2.0)
    inputs = [x, build.listed(pads)]
    if build.flip():
        inputs.append(build.constant(np.array(3, np.float32)))
    if build.opset >= 18 and build.flip(0.3):
        inputs += [""] * (3 - len(inputs))
        axes = build.axes(rank)
        inputs[1] = build.listed(build.integers(2 * len(axes), low=0, high=3))
        inputs.append(build.listed(axes))
    return build.add(kind, *inputs, mode=mode)


def transpose(build, kind, x, shape):
    if build.flip(0.2):
        return build.add(kind, x)
    return build.add(kind, x, perm=build.rng.permutation(len(shape)).tolist())


def reshape(build, kind, x, shape):
    size = int(np.prod(shape))
    divisors = [d for d in range(1, max(size, 1) + 1) if size and size % d == 0] or [0, 1]
    first = build.pick(divisors)
    target = build.pick([[-1], [first, -1], [-1, first], [0, -1], [1, -1, first], [0, 0, -1], []])
    extra = {"allowzero": 1} if build.opset >= 14 and build.flip(0.2) else {}
    return build.add(kind, x, build.listed(target), **extra)


def flatten(build, kind, x, shape):
    axis = int(build.rng.integers(-len(shape) if build.opset >= 11 else 0, len(shape) + 1))
    return build.add(kind, x, axis=axis)


def squeeze(build, kind, x, shape):
    rank = len(shape)
    if kind == "Squeeze":
        axes = [k for k, n in enumerate(shape) if n == 1 and build.flip()]
        if build.flip(0.3):
            return build.add(kind, x)
    else:
        axes = build.axes(rank + 1)[:1]
    axes = [
        axis - rank - (kind != "Squeeze") if axis >= 0 and build.flip(0.3) else axis
        for axis in axes
    ]
    if build.opset < 13:
        return build.add(kind, x, axes=axes)
    return build.add(kind, x, build.listed(axes))


def expand(build, kind, x, shape):
    target = [build.pick([1, 2]) if n == 1 else build.pick([1, n]) for n in shape]
    return build.add(kind, x, build.listed([2, *target] if build.flip(0.2) else target))


def tile(build, kind, x, shape):
    return build.add(kind, x, build.listed(build.rng.choice([0, 1, 1, 1, 2, 2], len(shape))))


def take_slice(build, kind, x, shape):
    axes = build.axes(len(shape))
    starts, ends = (build.integers(len(axes), low=-7, high=8).tolist() for _ in range(2))
    if build.flip(0.2):
        ends = [build.pick([2**63 - 1, -(2**63), 2**31 - 1])] * len(axes)
    if build.opset < 10:
        return build.add(kind, x, starts=starts, ends=ends, axes=axes)
    inputs = [build.listed(entries) for entries in (starts, ends, axes)]
    if build.flip(0.6):
        inputs.append(build.listed(build.rng.choice([-3, -2, -1, 1, 2, 3], len(axes))))
    return build.add(kind, x, *inputs)


def gather(build, kind, x, shape):
    if not shape:
        return None
    axis = build.axis(len(shape))
    length = shape[axis]
    if kind == "Gather":
        own = build.rng.choice([0, 1, 2, 3], int(build.rng.integers(0, 3)))
    else:
        own = [int(build.rng.integers(0, n + 1)) for n in shape]
        own[axis] = int(build.rng.integers(0, 4))
    low = -length if build.opset >= 11 else 0
    places = build.rng.integers(low, max(length, 1), own)
    return build.add(kind, x, build.constant(places.astype(np.int64)), axis=axis)


def gather_nd(build, kind, x, shape):
    if not shape:
        return None
    batches = int(build.rng.integers(0, len(shape))) if build.flip(0.4) and build.opset >= 12 else 0
    depth = int(build.rng.integers(1, len(shape) - batches + 1))
    own = (*shape[:batches], *([build.pick([1, 2])] if build.flip() else []))
    lengths = shape[batches : batches + depth]
    places = np.stack([build.rng.integers(-n, max(n, 1), own) for n in lengths], axis=-1)
    extra = {"batch_dims": batches} if batches else {}
    return build.add(kind, x, build.constant(places.astype(np.int64)), **extra)


def split(build, kind, x, shape):
    if not shape:
        return None
    axis = build.axis(len(shape))
    length, count = shape[axis], int(build.rng.integers(1, 4))
    cuts = np.sort(build.rng.integers(0, length + 1, count - 1))
    lengths = np.diff([0, *cuts, length]).tolist()
    inputs, attributes = [x], {"axis": axis}
    if build.flip(0.6):
        if build.opset < 13:
            attributes["split"] = lengths
        else:
            inputs.append(build.listed(lengths))
    elif build.opset >= 18:
        attributes["num_outputs"] = count
    return build.add(kind, *inputs, outputs=count, **attributes)


def concatenation(build, kind, x, shape):
    if not shape:
        return None
    axis = build.axis(len(shape))
    listed = [x]
    for _ in range(int(build.rng.integers(0, 3))):
        fitting = [
            name
            for name, own in build.pool.items()
            if len(own) == len(shape)
            and all(
                a == b
                for k, (a, b) in enumerate(zip(own, shape, strict=True))
                if k != axis % len(shape)
            )
        ]
        own = list(shape)
        own[axis] = build.pick([0, 1, 2])
        listed.append(build.pick(fitting) if build.flip(0.6) else build.floats(*own))
    build.rng.shuffle(listed)
    return build.add(kind, *listed, axis=axis)


def reduction(build, kind, x, shape):
    axes = build.axes(len(shape))
    attributes = {} if build.flip(0.3) else {"keepdims": int(build.flip())}
    as_input = build.opset >= (13 if kind == "ReduceSum" else 18)
    if as_input and build.flip(0.3):
        attributes["noop_with_empty_axes"] = 1
    if build.flip(0.2):
        return build.add(kind, x, **attributes)
    if as_input:
        return build.add(kind, x, build.listed(axes), **attributes)
    return build.add(kind, x, axes=axes, **attributes)


def depth(build, kind, x, shape):
    mode = (
        {"mode": build.pick(["DCR", "CRD"])} if kind == "DepthToSpace" and build.opset >= 11 else {}
    )
    return build.add(kind, x, blocksize=build.pick([1, 2]), **mode)


def resize(build, kind, x, shape):
    factors = build.rng.choice([1, 1, 2, 3], len(shape)).astype(np.float32)
    if build.opset < 9:
        return build.add("Upsample", x, scales=factors.tolist(), mode="nearest")
    if build.opset < 10:
        return build.add("Upsample", x, build.constant(factors), mode="nearest")
    if build.opset < 11:
        return build.add("Resize", x, build.constant(factors), mode="nearest")
    attributes = {"mode": "nearest"}
    if build.flip(0.7):
        attributes["coordinate_transformation_mode"] = build.pick(["asymmetric", "half_pixel"])
    if build.flip(0.7):
        attributes["nearest_mode"] = build.pick(
            ["floor", "round_prefer_floor", "round_prefer_ceil"]
        )
    roi = build.constant(np.zeros(0, np.float32)) if build.opset < 13 or build.flip() else ""
    if build.flip():
        return build.add("Resize", x, roi, build.constant(factors), **attributes)
    sizes = build.listed((factors * np.array(shape, np.float32)).astype(np.int64))
    empty = build.constant(np.zeros(0, np.float32)) if build.opset < 13 else ""
    return build.add("Resize", x, roi, empty, sizes, **attributes)


def chosen(build, kind, x, shape):
    condition = build.constant(build.integers(*build.broadcasting(shape), low=0, high=2) == 1)
    other = build.any_tensor() if build.flip() else build.floats(*build.broadcasting(shape))
    pair = [x, other] if build.flip() else [other, x]
    return build.add(kind, condition, *pair)


def softmax(build, kind, x, shape):
    if build.flip(0.8):
        return None
    return build.add(
        kind, x, **({"axis": build.axis(len(shape))} if build.flip() and shape else {})
    )


def cumulative(build, kind, x, shape):
    axis = build.constant(np.array(build.axis(len(shape)), np.int64))
    return build.add(kind, x, axis, exclusive=int(build.flip()), reverse=int(build.flip()))


def triangle(build, kind, x, shape):
    diagonal = [build.constant(np.array(build.pick([-9, -1, 0, 1, 2, 2**62])))]
    return build.add(kind, x, *(diagonal if build.flip() else []), upper=int(build.flip()))


def contraction(build, kind, x, shape):
    if 0 in shape:
        return None  # onnxruntime divides by this length, and dies
    letters = "".join(
        build.pick("ijk") if build.flip(0.1) else "abcdef"[k] for k in range(len(shape))
    )
    kept = [letter for letter in dict.fromkeys(letters) if build.flip(0.6)]
    if build.flip(0.3):
        build.rng.shuffle(kept)
        return build.add(kind, x, equation=f"{letters}->{''.join(kept)}")
    shared = [k for k in range(len(shape)) if build.flip()]
    other = "".join(letters[k] for k in shared) + "z" * build.flip()
    lengths = [shape[k] for k in shared] + [2] * other.count("z")
    result = kept + ["z"] * other.count("z")
    build.rng.shuffle(result)
    pair = [(x, letters), (build.floats(*lengths), other)]
    build.rng.shuffle(pair)
    arrow = f"->{''.join(result)}" if build.flip(0.8) else ""
    return build.add(kind, pair[0][0], pair[1][0], equation=f"{pair[0][1]},{pair[1][1]}{arrow}")


def scattered(build, kind, x, shape):
    if not shape:
        return None
    if kind == "ScatterND":
        depth = int(build.rng.integers(1, len(shape) + 1))
        count = build.pick([0, 1, 2])
        places = np.stack(
            [build.rng.integers(-n, max(n, 1), count) for n in shape[:depth]], axis=-1
        )
        updates = build.floats(count, *shape[depth:])
        return build.add(kind, x, build.constant(places.astype(np.int64)), updates)
    axis = build.axis(len(shape))
    own = list(shape)
    own[axis] = build.pick([1, 1, 2])
    line = build.rng.permutation(max(shape[axis], 1))[: own[axis]]
    own[axis] = len(line)
    places = np.broadcast_to(
        line.reshape([-1 if k == axis % len(shape) else 1 for k in range(len(shape))]), own
    )
    updates = (
        build.add("Slice", x, *map(build.listed, ([0], [len(line)], [axis])))
        if (build.opset >= 10 and build.flip())
        else build.floats(*own)
    )
    return build.add(kind, x, build.constant(places.astype(np.int64)), updates, axis=axis)


def through_shape(build, kind, x, shape):
    """The shape computations that exporters write: x.view(x.size(0), -1) and the like."""
    sizes = build.add("Shape", x)
    if build.flip() and shape:
        place = build.constant(np.array(build.axis(len(shape)) if build.opset >= 11 else 0))
        one = build.add("Gather", sizes, place, axis=0)
        if build.opset < 13:
            one = build.add("Unsqueeze", one, axes=[0])
        else:
            one = build.add("Unsqueeze", one, build.listed([0]))
        rest = build.add("Constant", value=numpy_helper.from_array(np.array([-1], np.int64)))
        target = build.add("Concat", one, rest, axis=0)
    else:
        factor = build.listed([1] * len(shape))
        target = build.add(build.pick(["Mul", "Div"]), sizes, factor)
        if build.flip() and build.opset >= 9:
            ones = build.add(
                "ConstantOfShape",
                build.listed([len(shape)]),
                value=numpy_helper.from_array(np.array([1], np.int64)),
            )
            same = build.add("Equal", target, ones) if build.opset >= 11 else None
            if same:
                target = build.add("Where", same, ones, target)
    return build.add("Reshape", x, target)


def dequantized(build, kind, x, shape):
    if build.opset < 10 or not shape:
        return None
    dtype = build.pick([np.int8, np.uint8])
    kept = tuple(shape)
    stored = build.integers(*kept, low=0, high=20).astype(dtype)
    axis = build.axis(len(shape))
    along = () if build.opset < 13 or build.flip() else (shape[axis],)
    scale = build.rng.choice([0.5, 2.0, 0.25], along).astype(np.float32)
    inputs = [build.constant(stored), build.constant(scale)]
    if build.flip(0.6):
        inputs.append(build.constant(build.integers(*along, low=0, high=9).astype(dtype)))
    weights = build.add("DequantizeLinear", *inputs, **({"axis": axis} if along else {}))
    return build.add(build.pick(["Add", "Mul", "Max"]), x, weights)


MAKERS = {
    **dict.fromkeys(
        ["Abs", "Identity", "Neg", "Relu", "GlobalAveragePool", "GlobalMaxPool", "Dropout"], simple
    ),
    "LeakyRelu": alpha,
    **dict.fromkeys(["Add", "Sub", "Mul"], binary),
    "Div": quotient,
    **dict.fromkeys(["Max", "Min", "Sum", "Mean"], many),
    "PRelu": prelu,
    "Clip": clip,
    "HardSigmoid": hard_sigmoid,
    "ThresholdedRelu": thresholded,
    "Shrink": shrink,
    "MatMul": matmul,
    "Gemm": gemm,
    **dict.fromkeys(["Conv", "ConvTranspose"], convolution),
    **dict.fromkeys(["AveragePool", "MaxPool"], pooling),
    "BatchNormalization": normalization,
    "Pad": pad,
    "Transpose": transpose,
    "Reshape": reshape,
    "Flatten": flatten,
    **dict.fromkeys(["Squeeze", "Unsqueeze"], squeeze),
    "Expand": expand,
    "Tile": tile,
    "Slice": take_slice,
    **dict.fromkeys(["Gather", "GatherElements"], gather),
    "GatherND": gather_nd,
    "Split": split,
    "Concat": concatenation,
    **dict.fromkeys(["ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "ReduceL1"], reduction),
    **dict.fromkeys(["DepthToSpace", "SpaceToDepth"], depth),
    "Resize": resize,
    "Where": chosen,
    "CumSum": cumulative,
    "Trilu": triangle,
    "Einsum": contraction,
    **dict.fromkeys(["ScatterElements", "ScatterND"], scattered),
    **dict.fromkeys(["Softmax", "LogSoftmax", "Sigmoid"], softmax),
    "Shape": through_shape,
    "DequantizeLinear": dequantized,
}


def grown(seed, nodes):
    """Return a builder with at most so many nodes, and the models that the runtime refused."""
    build, refused = Builder(seed), []
    for _ in range(nodes):
        model = build.grow()
        if model is not None:
            refused.append(model)
    return build, refused
