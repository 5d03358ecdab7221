"""Writes a module as ONNX from what it does in one pass.

torch's own exporter takes 3 to 8 s for a convolutional network, more than an engine gains in a run
of a thousand images; this takes a fifth of a second, touches nothing outside of its thread, and
knows only the operations of such networks. What it gives is no export: whoever takes it compares it
with the module first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakIdKeyDictionary

INPUT = "images"
OPSET = 20
BATCH = 5  # images of the pass; a number that is no other axis' length by chance
MAX_BYTES = 1_500_000_000  # of parameters; a message of ONNX holds 2 GB


class NotRecordable(Exception):  # noqa: N818 - it is no fault
    """The module does something that has no entry in `_OPERATIONS`."""


@torch.no_grad()
def recorded(module: nn.Module, images: torch.Tensor) -> bytes:
    """Return the module, as it is now, as an ONNX model whose batches may have any size.

    Args:
        module: in the mode in which it is to be written; takes float32 images on the CPU, returns
            a tensor or several, each with a row for each image.
        images: any of them, ``[B, C, H, W]``.

    Raises:
        NotRecordable: it cannot be written.
    """
    if sum(tensor.nbytes for tensor in module.state_dict().values()) > MAX_BYTES:
        raise NotRecordable("it is too large")
    batch = images[torch.arange(BATCH) % len(images)]
    recorder = _Recorder(batch)
    # In the thread's device context attention takes its plain path, of steps that are known.
    with torch.device("cpu"), recorder:
        values = module(batch)
    outputs = (values,) if isinstance(values, torch.Tensor) else tuple(values)
    return recorder.graph.model([recorder.graph.name(value) for value in outputs])


class _Graph:
    """Nodes and constants of an ONNX model, and the name in it of each tensor of the pass."""

    def __init__(self, images: torch.Tensor) -> None:
        from onnx import helper, numpy_helper  # not before something is to be written

        self._helper, self._numpy = helper, numpy_helper
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._names = WeakIdKeyDictionary({images: INPUT})
        self._of_images = WeakIdKeyDictionary({images: True})
        self._shape = ["batch", *images.shape[1:]]

    def name(self, value: torch.Tensor) -> str:
        """The name of a tensor; one that does not come from the images becomes a constant."""
        if value not in self._names:
            if value.dtype in (torch.bfloat16, torch.float16):
                raise NotRecordable(f"a constant is {value.dtype}")
            is_of_all = value.dim() > 1 and len(value) == BATCH and value.stride(0) == 0
            rows = value[:1] if is_of_all else value
            name = self.constant(rows.detach().cpu().contiguous().numpy())
            self._names[value] = self._for_each_image(name, value.dim()) if is_of_all else name
        return str(self._names[value])

    def _for_each_image(self, name: str, dims: int) -> str:
        """One row, such as a class token, as often as there are images."""
        count = self.add("Shape", INPUT, start=0, end=1)
        shape = self.add("Concat", count, self.ints([1] * (dims - 1)), axis=0)
        return str(self.add("Expand", name, shape))

    def constant(self, value: Any) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(self._numpy.from_array(value, name))
        return name

    def ints(self, values: Sequence[int]) -> str:
        return self.constant(torch.tensor(list(values), dtype=torch.int64).numpy())

    def number(self, value: float) -> str:
        return self.constant(torch.tensor(value, dtype=torch.float32).numpy())

    def add(self, operation: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; returns the name of its output, or a list of them."""
        names = [f"value_{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(self._helper.make_node(operation, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def comes_from_images(self, value: object) -> bool:
        if isinstance(value, list | tuple):
            return any(self.comes_from_images(item) for item in value)
        return isinstance(value, torch.Tensor) and value in self._of_images

    def set(self, value: torch.Tensor, name: str) -> None:
        self._names[value] = name
        self._of_images[value] = True

    def model(self, outputs: Sequence[str]) -> bytes:
        kind = self._helper.make_tensor_value_info
        last = [f"output_{number}" for number in range(len(outputs))]
        for name, output in zip(outputs, last, strict=True):
            self._nodes.append(self._helper.make_node("Identity", [name], [output]))
        graph = self._helper.make_graph(
            self._nodes,
            "recorded",
            [kind(INPUT, 1, self._shape)],
            [kind(name, 1, None) for name in last],
            self._constants,
        )
        opset = self._helper.make_opsetid("", OPSET)
        model = self._helper.make_model(graph, opset_imports=[opset], ir_version=9)
        return bytes(model.SerializeToString())


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Writes down every operation of the thread's pass that works on what the images became."""

    def __init__(self, images: torch.Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.graph = _Graph(images)

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else each pass imports torch's compiler, to tell it to keep away

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        graph = self.graph
        operation = func.overloadpacket.__name__
        if operation in _NEW or not graph.comes_from_images((*args, *kwargs.values())):
            return func(*args, **kwargs)
        in_place = operation.endswith("_")
        write = _OPERATIONS.get(operation.rstrip("_") if in_place else operation)
        if write is None:
            raise NotRecordable(f"{func} is not known")
        names = write(graph, *args, **kwargs)
        result = func(*args, **kwargs)
        results = list(result) if isinstance(result, list | tuple) else [result]
        for value, name in zip(
            results, names if isinstance(names, list) else [names], strict=False
        ):
            graph.set(value, name)
        return result


def _simple(operation: str, **attributes: Any) -> Callable[..., str]:
    def write(graph: _Graph, x: torch.Tensor) -> Any:
        return graph.add(operation, graph.name(x), **attributes)

    return write


def _same(graph: _Graph, x: torch.Tensor, *_: Any, **__: Any) -> str:
    return graph.name(x)


def _as_strided(graph: _Graph, x: torch.Tensor, size: Sequence[int], *_: Any) -> str:
    if list(size) != list(x.shape):
        raise NotRecordable("a window of memory")
    return graph.name(x)


def _to_copy(graph: _Graph, x: torch.Tensor, *, dtype: Any = None, **_: Any) -> str:
    if dtype not in (None, x.dtype):
        raise NotRecordable(f"{x.dtype} becomes {dtype}")
    return graph.name(x)


def _binary(operation: str) -> Callable[..., str]:
    def write(graph: _Graph, a: Any, b: Any, alpha: float = 1) -> Any:
        if alpha != 1:
            raise NotRecordable("a factor")
        names = (graph.name(v) if isinstance(v, torch.Tensor) else graph.number(v) for v in (a, b))
        return graph.add(operation, *names)

    return write


def _hardtanh(graph: _Graph, x: torch.Tensor, low: float = -1.0, high: float = 1.0) -> Any:
    return graph.add("Clip", graph.name(x), graph.number(low), graph.number(high))


def _silu(graph: _Graph, x: torch.Tensor) -> Any:
    return graph.add("Mul", graph.name(x), graph.add("Sigmoid", graph.name(x)))


def _gelu(graph: _Graph, x: torch.Tensor, approximate: str = "none") -> Any:
    return graph.add("Gelu", graph.name(x), approximate=approximate)


def _leaky_relu(graph: _Graph, x: torch.Tensor, slope: float = 0.01) -> Any:
    return graph.add("LeakyRelu", graph.name(x), alpha=slope)


def _convolution(
    graph: _Graph,
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    is_transposed: bool,
    _output_padding: list[int],
    groups: int,
) -> Any:
    if is_transposed or x.dim() != 4:
        raise NotRecordable("a convolution of another kind")
    inputs = [graph.name(value) for value in (x, weight, bias) if value is not None]
    return graph.add(
        "Conv",
        *inputs,
        strides=stride,
        pads=[*padding, *padding],
        dilations=dilation,
        group=groups,
        kernel_shape=list(weight.shape[2:]),
    )


def _batch_norm(
    graph: _Graph,
    x: torch.Tensor,
    weight: torch.Tensor | None,
    bias: torch.Tensor | None,
    mean: torch.Tensor | None,
    var: torch.Tensor | None,
    training: bool,
    _momentum: float,
    eps: float,
) -> list[str]:
    if training or mean is None or var is None:
        raise NotRecordable("statistics of the batch")
    weight = torch.ones_like(mean) if weight is None else weight
    bias = torch.zeros_like(mean) if bias is None else bias
    inputs = [graph.name(value) for value in (x, weight, bias, mean, var)]
    return [graph.add("BatchNormalization", *inputs, epsilon=eps)]


def _layer_norm(
    graph: _Graph,
    x: torch.Tensor,
    shape: Sequence[int],
    weight: torch.Tensor | None,
    bias: torch.Tensor | None,
    eps: float,
) -> list[str]:
    weight = torch.ones(list(shape)) if weight is None else weight
    inputs = [graph.name(value) for value in (x, weight, bias) if value is not None]
    return [graph.add("LayerNormalization", *inputs, axis=-len(shape), epsilon=eps)]


def _max_pool(
    graph: _Graph,
    x: torch.Tensor,
    kernel: list[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0, 0),
    dilation: Sequence[int] = (1, 1),
    ceil_mode: bool = False,
) -> list[str]:
    pads = _pair(padding)
    return [
        graph.add(
            "MaxPool",
            graph.name(x),
            kernel_shape=_pair(kernel),
            strides=_pair(stride or kernel),
            pads=pads + pads,
            dilations=_pair(dilation),
            ceil_mode=int(ceil_mode),
        )
    ]


def _avg_pool(
    graph: _Graph,
    x: torch.Tensor,
    kernel: list[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor: int | None = None,
) -> Any:
    if divisor is not None:
        raise NotRecordable("a divisor of its own")
    pads = _pair(padding)
    return graph.add(
        "AveragePool",
        graph.name(x),
        kernel_shape=_pair(kernel),
        strides=_pair(stride or kernel),
        pads=pads + pads,
        ceil_mode=int(ceil_mode),
        count_include_pad=int(count_include_pad),
    )


def _adaptive_avg_pool(graph: _Graph, x: torch.Tensor, size: Sequence[int]) -> Any:
    sides = list(x.shape[2:])
    if sides == list(size):
        return graph.name(x)
    down, along = (_averaging(side, wanted) for side, wanted in zip(sides, size, strict=True))
    rows = graph.add("MatMul", graph.constant(down.numpy()), graph.name(x))
    return graph.add("MatMul", rows, graph.constant(along.T.contiguous().numpy()))


def _averaging(side: int, wanted: int) -> torch.Tensor:
    """The matrix ``[wanted, side]`` that averages windows, which overlap where they must."""
    matrix = torch.zeros(wanted, side)
    for number in range(wanted):
        first, last = number * side // wanted, -(-(number + 1) * side // wanted)
        matrix[number, first:last] = 1 / (last - first)
    return matrix


def _mean(
    graph: _Graph, x: torch.Tensor, axes: Sequence[int], keep: bool = False, **kwargs: Any
) -> Any:
    if kwargs.get("dtype") not in (None, x.dtype):
        raise NotRecordable("a mean of another precision")
    return graph.add("ReduceMean", graph.name(x), graph.ints(axes), keepdims=int(keep))


def _view(graph: _Graph, x: torch.Tensor, size: Sequence[int]) -> Any:
    sizes = list(size)
    if -1 in sizes:
        sizes[sizes.index(-1)] = x.numel() // -math.prod(sizes)
    of_images = next((axis for axis, size in enumerate(sizes) if size % BATCH == 0), None)
    if of_images is not None:
        sizes[of_images] = -1
    return graph.add("Reshape", graph.name(x), graph.ints(sizes))


def _expand(graph: _Graph, x: torch.Tensor, size: Sequence[int], **_: Any) -> Any:
    lengths = [1] * (len(size) - x.dim()) + list(x.shape)
    sizes = [1 if n in (-1, length) else n for n, length in zip(size, lengths, strict=True)]
    if BATCH in sizes[:1]:
        raise NotRecordable("one thing for all images")
    return graph.add("Expand", graph.name(x), graph.ints(sizes))


def _permute(graph: _Graph, x: torch.Tensor, axes: Sequence[int]) -> Any:
    return graph.add("Transpose", graph.name(x), perm=[axis % x.dim() for axis in axes])


def _transpose(graph: _Graph, x: torch.Tensor, a: int = 0, b: int = 1) -> Any:
    axes = list(range(x.dim()))
    axes[a], axes[b] = axes[b], axes[a]
    return _permute(graph, x, axes)


def _addmm(
    graph: _Graph,
    bias: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    *,
    beta: float = 1,
    alpha: float = 1,
) -> Any:
    names = [graph.name(value) for value in (a, b, bias)]
    return graph.add("Gemm", *names, alpha=float(alpha), beta=float(beta))


def _cat(graph: _Graph, parts: Sequence[torch.Tensor], axis: int = 0) -> Any:
    return graph.add("Concat", *(graph.name(part) for part in parts), axis=axis)


def _split(graph: _Graph, x: torch.Tensor, size: int, axis: int = 0) -> list[str]:
    whole = x.shape[axis]
    return _split_sizes(graph, x, [min(size, whole - n) for n in range(0, whole, size)], axis)


def _split_sizes(graph: _Graph, x: torch.Tensor, sizes: Sequence[int], axis: int = 0) -> list[str]:
    if axis % x.dim() == 0:
        raise NotRecordable("images apart")
    names = graph.add("Split", graph.name(x), graph.ints(sizes), outputs=len(sizes), axis=axis)
    return [names] if isinstance(names, str) else list(names)


def _unbind(graph: _Graph, x: torch.Tensor, axis: int = 0) -> list[str]:
    return [_select(graph, x, axis, index) for index in range(x.shape[axis])]


def _select(graph: _Graph, x: torch.Tensor, axis: int, index: int) -> Any:
    place = graph.constant(torch.tensor(index, dtype=torch.int64).numpy())
    return graph.add("Gather", graph.name(x), place, axis=axis)


def _slice(
    graph: _Graph,
    x: torch.Tensor,
    axis: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Any:
    values = (start or 0, 2**31 if end is None else end, axis, step)
    begin, finish, along, pace = (graph.ints([value]) for value in values)
    return graph.add("Slice", graph.name(x), begin, finish, along, pace)


def _unsqueeze(graph: _Graph, x: torch.Tensor, axis: int) -> Any:
    return graph.add("Unsqueeze", graph.name(x), graph.ints([axis]))


def _squeeze(graph: _Graph, x: torch.Tensor, axes: int | Sequence[int]) -> Any:
    wanted = [axes] if isinstance(axes, int) else list(axes)
    return graph.add(
        "Squeeze", graph.name(x), graph.ints([axis for axis in wanted if x.shape[axis] == 1])
    )


def _roll(graph: _Graph, x: torch.Tensor, shifts: Sequence[int], axes: Sequence[int] = ()) -> Any:
    if not axes:
        raise NotRecordable("a roll over all axes")
    name = graph.name(x)
    for shift, axis in zip(shifts, axes, strict=True):
        size = x.shape[axis]
        ahead = shift % size
        if ahead and axis % x.dim() == 0:
            raise NotRecordable("images apart")
        if ahead:
            sizes = graph.ints([size - ahead, ahead])
            first, last = graph.add("Split", name, sizes, outputs=2, axis=axis)
            name = graph.add("Concat", last, first, axis=axis)
    return name


def _softmax(graph: _Graph, x: torch.Tensor, axis: int, _to_float: bool) -> Any:
    return graph.add("Softmax", graph.name(x), axis=axis)


def _pad(graph: _Graph, x: torch.Tensor, pads: Sequence[int], value: float = 0.0) -> Any:
    pairs = [(0, 0)] * x.dim()
    for number in range(len(pads) // 2):
        pairs[-1 - number] = (pads[2 * number], pads[2 * number + 1])
    both = [before for before, _ in pairs] + [after for _, after in pairs]
    return graph.add("Pad", graph.name(x), graph.ints(both), graph.number(value))


def _attention(
    graph: _Graph,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    dropout: float = 0.0,
    is_causal: bool = False,
    *,
    attn_mask: torch.Tensor | None = None,
    scale: float | None = None,
) -> list[str]:
    if dropout or is_causal:
        raise NotRecordable("attention of another kind")
    factor = graph.number(1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    turned = _transpose(graph, key, -1, -2)
    scores = graph.add("MatMul", graph.add("Mul", graph.name(query), factor), turned)
    if attn_mask is not None:
        scores = graph.add("Add", scores, graph.name(attn_mask))
    return [graph.add("MatMul", graph.add("Softmax", scores, axis=-1), graph.name(value))]


def _pair(value: Sequence[int]) -> list[int]:
    return list(value) * (2 // len(value))


# They take no values from what they are asked of.
_NEW = ("new_empty", "new_full", "new_ones", "new_zeros", "zeros_like", "ones_like")

# What each of torch's operations is in ONNX; one that works in place has an underscore more.
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "_adaptive_avg_pool2d": _adaptive_avg_pool,
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "_softmax": _softmax,
    "_to_copy": _to_copy,
    "_unsafe_view": _view,
    "add": _binary("Add"),
    "addmm": _addmm,
    "alias": _same,
    "as_strided": _as_strided,
    "avg_pool2d": _avg_pool,
    "bmm": _binary("MatMul"),
    "cat": _cat,
    "clone": _same,
    "constant_pad_nd": _pad,
    "convolution": _convolution,
    "detach": _same,
    "div": _binary("Div"),
    "expand": _expand,
    "gelu": _gelu,
    "hardsigmoid": _simple("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hardswish": _simple("HardSwish"),
    "hardtanh": _hardtanh,
    "leaky_relu": _leaky_relu,
    "max_pool2d_with_indices": _max_pool,
    "mean": _mean,
    "mm": _binary("MatMul"),
    "mul": _binary("Mul"),
    "native_batch_norm": _batch_norm,
    "native_layer_norm": _layer_norm,
    "permute": _permute,
    "relu": _simple("Relu"),
    "roll": _roll,
    "select": _select,
    "sigmoid": _simple("Sigmoid"),
    "silu": _silu,
    "slice": _slice,
    "split": _split,
    "split_with_sizes": _split_sizes,
    "squeeze": _squeeze,
    "sub": _binary("Sub"),
    "t": _transpose,
    "tanh": _simple("Tanh"),
    "transpose": _transpose,
    "unbind": _unbind,
    "unsqueeze": _unsqueeze,
    "view": _view,
}
