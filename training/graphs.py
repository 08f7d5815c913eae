"""The three networks of the local model, written as ONNX graphs straight from their tensors.

Weights are stored small and widened when a session opens (ONNX Runtime folds the constants), while all arithmetic
at run time stays float32. Nothing is quantised per batch: a vector does not depend on its neighbours in the batch.
Text and sound keep eight-bit integers with one scale per output channel; the picture network keeps float16, because
its depthwise kernels lose too much in eight bits (correlation of the logits 0.996 instead of 0.99999).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Tensors = Mapping[str, np.ndarray]

OPSET = 20
IR_VERSION = 9  # read by every ONNX Runtime since 1.17


class Graph:
    """A growing ONNX graph: `node` appends an operation and returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, operation: str, *inputs: str, **attributes: object) -> str:
        output = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output

    def split(self, source: str, parts: int, axis: int) -> list[str]:
        outputs = [f"split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [source], outputs, axis=axis, num_outputs=parts))
        return outputs

    def constant(self, array: np.ndarray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, array: np.ndarray, *, channel: int) -> str:
        """Store a weight as int8, one scale for each index of axis ``channel``; the output is float32."""
        integers, scale = round_to_int8(array, channel=channel)
        return self.node("Mul", self.node("Cast", self.constant(integers), to=TensorProto.FLOAT), self.constant(scale))

    def half(self, array: np.ndarray) -> str:
        """Store a weight as float16; the output is float32."""
        return self.node("Cast", self.constant(array.astype(np.float16)), to=TensorProto.FLOAT)

    def save(
        self, path: Path, inputs: Mapping[str, tuple[int, list[str | int]]], outputs: Mapping[str, tuple[str, int]]
    ) -> None:
        """Write the graph; ``outputs`` maps each public name to the inner one and its width."""
        self.nodes += [helper.make_node("Identity", [inner], [name]) for name, (inner, _) in outputs.items()]
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
                for name, (_, width) in outputs.items()
            ],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))


def round_to_int8(array: np.ndarray, *, channel: int) -> tuple[np.ndarray, np.ndarray]:
    """Round to the nearest of 255 steps, symmetric about zero, one step size for each index of axis ``channel``."""
    others = tuple(axis for axis in range(array.ndim) if axis != channel)
    scale = np.maximum(np.abs(array).max(axis=others, keepdims=True), 1e-12) / 127
    return np.rint(array / scale).astype(np.int8), scale.astype(np.float32)


def write_text_encoder(
    tensors: Tensors, path: Path, *, layers: int = 6, heads: int = 12, epsilon: float = 1e-12
) -> None:
    """BERT encoder with mean pooling over the real tokens (Reimers & Gurevych 2019, doi:10.18653/v1/D19-1410).

    Inputs ``ids`` (n, t) int64 and ``mask`` (n, t) float32, 1 for a real token; output ``vector`` (n, 384), of any
    length.
    """
    graph = Graph()
    width = tensors["embeddings.word_embeddings.weight"].shape[1]

    def linear(source: str, weight: np.ndarray, bias: np.ndarray) -> str:
        product = graph.node("MatMul", source, graph.weight(weight.T, channel=1))
        return graph.node("Add", product, graph.constant(bias))

    def normalise(source: str, name: str) -> str:
        parameters = (graph.constant(tensors[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return graph.node("LayerNormalization", source, *parameters, axis=-1, epsilon=epsilon)

    words, scales = round_to_int8(tensors["embeddings.word_embeddings.weight"], channel=0)
    picked = graph.node("Cast", graph.node("Gather", graph.constant(words), "ids"), to=TensorProto.FLOAT)
    picked = graph.node("Mul", picked, graph.node("Gather", graph.constant(scales), "ids"))
    # All input is one sentence, so its token type is part of the position's vector.
    positions = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    length = graph.node("Shape", "ids", start=1, end=2)
    places = graph.node("Slice", graph.constant(positions.astype(np.float32)), graph.constant(np.array([0])), length)
    hidden = normalise(graph.node("Add", picked, places), "embeddings")

    hidden_mask = graph.node("Sub", "mask", graph.constant(np.float32(1)))
    penalty = graph.node("Mul", hidden_mask, graph.constant(np.float32(1e9)))
    penalty = graph.node("Unsqueeze", penalty, graph.constant(np.array([1, 2])))
    by_head = graph.constant(np.array([0, 0, heads, width // heads]))
    joined = graph.constant(np.array([0, 0, width]))
    for layer in range(layers):
        name = f"encoder.layer.{layer}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        mixed = linear(
            hidden,
            np.concatenate([tensors[f"{part}.weight"] for part in parts]),
            np.concatenate([tensors[f"{part}.bias"] for part in parts]),
        )
        query, key, value = (graph.node("Reshape", part, by_head) for part in graph.split(mixed, 3, -1))
        query = graph.node("Transpose", query, perm=[0, 2, 1, 3])
        key = graph.node("Transpose", key, perm=[0, 2, 3, 1])
        value = graph.node("Transpose", value, perm=[0, 2, 1, 3])
        scores = graph.node(
            "Mul", graph.node("MatMul", query, key), graph.constant(np.float32((width // heads) ** -0.5))
        )
        attention = graph.node("Softmax", graph.node("Add", scores, penalty), axis=-1)
        context = graph.node("Transpose", graph.node("MatMul", attention, value), perm=[0, 2, 1, 3])
        context = graph.node("Reshape", context, joined)
        out = f"{name}.attention.output"
        attended = linear(context, tensors[f"{out}.dense.weight"], tensors[f"{out}.dense.bias"])
        hidden = normalise(graph.node("Add", attended, hidden), out)
        wide = linear(hidden, tensors[f"{name}.intermediate.dense.weight"], tensors[f"{name}.intermediate.dense.bias"])
        narrow = linear(
            graph.node("Gelu", wide), tensors[f"{name}.output.dense.weight"], tensors[f"{name}.output.dense.bias"]
        )
        hidden = normalise(graph.node("Add", narrow, hidden), f"{name}.output")

    weights = graph.node("Unsqueeze", "mask", graph.constant(np.array([2])))
    axis = graph.constant(np.array([1]))
    total = graph.node("ReduceSum", graph.node("Mul", hidden, weights), axis, keepdims=0)
    mean = graph.node("Div", total, graph.node("ReduceSum", weights, axis, keepdims=0))
    shape: list[str | int] = ["n", "t"]
    graph.save(path, {"ids": (TensorProto.INT64, shape), "mask": (TensorProto.FLOAT, shape)}, {"vector": (mean, width)})


def fold_batch_norm(
    kernel: np.ndarray, tensors: Tensors, name: str, *, epsilon: float
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of a convolution with the batch normalisation after it multiplied in."""
    gain = tensors[f"{name}.weight"] / np.sqrt(tensors[f"{name}.running_var"] + epsilon)
    bias = tensors[f"{name}.bias"] - tensors[f"{name}.running_mean"] * gain
    return kernel * gain[:, None, None, None], bias.astype(np.float32)


def write_picture_network(tensors: Tensors, path: Path) -> None:
    """EfficientNet-Lite (Tan & Le 2019, arXiv:1905.11946; the Lite form has ReLU6 and no squeeze-and-excitation).

    Input ``pixels`` (n, 3, h, w) float32 in [-1, 1); outputs ``features`` (n, 1280) and ``logits`` (n, 1000).
    The wiring is read off the tensors' shapes: a block has an expansion where there is a tensor for it, and a
    shortcut where neither the width nor the resolution changes.
    """
    graph = Graph()
    strides = _strides_of_blocks(tensors)

    def convolve(
        source: str, kernel_name: str, norm: str, *, stride: int = 1, groups: int = 1, clip: bool = True
    ) -> str:
        kernel, bias = fold_batch_norm(tensors[f"{kernel_name}.weight"], tensors, norm, epsilon=1e-3)
        # SAME_UPPER pads as TensorFlow did when the weights were trained.
        result = graph.node(
            "Conv",
            source,
            graph.half(kernel),
            graph.constant(bias),
            auto_pad="SAME_UPPER",
            strides=[stride, stride],
            group=groups,
        )
        return graph.node("Clip", result, *limits) if clip else result

    limits = [graph.constant(np.float32(0)), graph.constant(np.float32(6))]
    hidden = convolve("pixels", "_conv_stem", "_bn0", stride=2)
    for block, stride in enumerate(strides):
        name, entry = f"_blocks.{block}", hidden
        if f"{name}._expand_conv.weight" in tensors:
            hidden = convolve(hidden, f"{name}._expand_conv", f"{name}._bn0")
        width = tensors[f"{name}._depthwise_conv.weight"].shape[0]
        hidden = convolve(hidden, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, groups=width)
        hidden = convolve(hidden, f"{name}._project_conv", f"{name}._bn2", clip=False)
        if stride == 1 and _entry_width(tensors, block) == tensors[f"{name}._project_conv.weight"].shape[0]:
            hidden = graph.node("Add", hidden, entry)
    hidden = convolve(hidden, "_conv_head", "_bn1")
    features = graph.node("Flatten", graph.node("GlobalAveragePool", hidden), axis=1)
    product = graph.node("MatMul", features, graph.half(tensors["_fc.weight"].T))
    logits = graph.node("Add", product, graph.constant(tensors["_fc.bias"]))
    classes, width = tensors["_fc.weight"].shape
    outputs = {"features": (features, width), "logits": (logits, classes)}
    graph.save(path, {"pixels": (TensorProto.FLOAT, ["n", 3, "h", "w"])}, outputs)


def _entry_width(tensors: Tensors, block: int) -> int:
    name = f"_blocks.{block}"
    first = tensors.get(f"{name}._expand_conv.weight")
    return tensors[f"{name}._depthwise_conv.weight"].shape[0] if first is None else first.shape[1]


def _strides_of_blocks(tensors: Tensors) -> list[int]:
    """Stride 2 at the first block of stages 2, 3, 4 and 6 of the seven (Tan & Le 2019, table 1)."""
    count = len({name.split(".")[1] for name in tensors if name.startswith("_blocks.")})
    widths = [tensors[f"_blocks.{block}._project_conv.weight"].shape[0] for block in range(count)]
    starts = [0] + [block for block in range(1, count) if widths[block] != widths[block - 1]]
    return [2 if block in [starts[stage] for stage in (1, 2, 3, 5)] else 1 for block in range(count)]


def write_sound_network(tensors: Tensors, path: Path) -> None:
    """CNN over a mel spectrogram (Ma & Lerch 2022, ISMIR, 866-875; after Kong et al. 2018, arXiv:1808.00773).

    Input ``mel`` (n, 100, 96) float32; output ``features`` (n, 512): maximum over time of the mean over frequency.
    """
    graph = Graph()
    hidden = graph.node("Unsqueeze", "mel", graph.constant(np.array([1])))
    for block in range(1, 5):
        for layer in (1, 2):
            name = f"embedding_net.conv_block{block}"
            kernel, bias = fold_batch_norm(
                tensors[f"{name}.conv{layer}.weight"], tensors, f"{name}.bn{layer}", epsilon=1e-5
            )
            weight, offset = graph.weight(kernel, channel=0), graph.constant(bias)
            hidden = graph.node("Relu", graph.node("Conv", hidden, weight, offset, pads=[1, 1, 1, 1]))
        if block < 4:
            hidden = graph.node("MaxPool", hidden, kernel_shape=[2, 2], strides=[2, 2])
    over_frequency = graph.node("ReduceMean", hidden, graph.constant(np.array([3])), keepdims=0)
    features = graph.node("ReduceMax", over_frequency, graph.constant(np.array([2])), keepdims=0)
    graph.save(path, {"mel": (TensorProto.FLOAT, ["n", 100, 96])}, {"features": (features, 512)})
