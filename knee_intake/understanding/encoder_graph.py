"""Build the sentence encoder's ONNX graph from the published weights. Needs onnx: training only.

all-MiniLM-L6-v2 is a BERT of six layers; a sentence's vector is the mean over its tokens, scaled to length 1.
The dense layers are stored as 8-bit integers and the word table as 16-bit floats: a quarter of the file and less
than half of the time, at a cosine of more than 0.98 to the exact vector (tests hold it there).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, npt.NDArray[np.float32]]

LAYERS, HIDDEN, HEADS = 6, 384, 12
HEAD = HIDDEN // HEADS
EPSILON = 1e-12
OPSET, IR_VERSION = 17, 9


class _Graph:
    """Collects nodes and constants; every helper returns the name of the tensor it makes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def split(self, tensor: str, parts: int, sizes: str) -> list[str]:
        names = [f"split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [tensor, sizes], names, name=names[0], axis=-1))
        return names

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        if name not in {constant.name for constant in self.constants}:
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def dense(self, tensor: str, name: str, weight: npt.NDArray[Any], bias: npt.NDArray[Any]) -> str:
        product = self.op("MatMul", tensor, self.constant(f"{name}.weight", weight.T))
        return self.op("Add", product, self.constant(f"{name}.bias", bias))

    def norm(self, tensor: str, name: str, weights: Weights) -> str:
        scale, bias = (self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", tensor, scale, bias, axis=-1, epsilon=EPSILON)


def build_graph(weights: Weights) -> onnx.ModelProto:
    """The exact graph in 32-bit floats: (input_ids, attention_mask) -> embedding, and each piece's own vector."""
    graph = _Graph()
    hidden = _embeddings(graph, weights)
    shut = _shut_padding(graph)
    for layer in range(LAYERS):
        hidden = _layer(graph, f"encoder.layer.{layer}", hidden, shut, weights)
    _pool(graph, hidden)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [_tokens("input_ids"), _tokens("attention_mask")],
            [
                helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN]),
                helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "length", HIDDEN]),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="knee-intake",
    )
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def quantised_encoder(weights: Weights) -> bytes:
    """The graph that is shipped in the model: dense layers in 8 bits, the word table in 16."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = _halve_word_table(build_graph(weights))
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # the quantiser logs a hint about preprocessing to the root logger
    try:
        with TemporaryDirectory() as folder:
            exact, small = Path(folder) / "exact.onnx", Path(folder) / "small.onnx"
            onnx.save(model, str(exact))
            # 7 of the 8 bits: processors without VNNI add two products in 16 bits, which 8 would overflow
            quantize_dynamic(
                exact,
                small,
                op_types_to_quantize=["MatMul"],
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
            return small.read_bytes()
    finally:
        root.setLevel(level)


def _tokens(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])


def _embeddings(graph: _Graph, weights: Weights) -> str:
    words = graph.op(
        "Gather", graph.constant("word_table", weights["embeddings.word_embeddings.weight"]), "input_ids", axis=0
    )
    # one sentence at a time: the token type is always 0, so its row is folded into the positions
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    shape = graph.op("Shape", "input_ids", start=1, end=2)
    start = graph.constant("zero", np.array([0], dtype=np.int64))
    places_used = graph.op("Slice", graph.constant("places", places), start, shape, start)
    return graph.norm(graph.op("Add", words, places_used), "embeddings.LayerNorm", weights)


def _shut_padding(graph: _Graph) -> str:
    """0 where a token is real, a large negative number where it is padding: shape batch, 1, 1, length."""
    axes = graph.constant("axes_1_2", np.array([1, 2], dtype=np.int64))
    mask = graph.op("Unsqueeze", graph.op("Cast", "attention_mask", to=TensorProto.FLOAT), axes)
    padding = graph.op("Sub", graph.constant("one", np.array(1, dtype=np.float32)), mask)
    return graph.op("Mul", padding, graph.constant("shut", np.array(-10000, dtype=np.float32)))


def _layer(graph: _Graph, name: str, hidden: str, shut: str, weights: Weights) -> str:
    attended = _attention(graph, f"{name}.attention", hidden, shut, weights)
    hidden = graph.norm(graph.op("Add", attended, hidden), f"{name}.attention.output.LayerNorm", weights)
    wide = _gelu(graph, _dense(graph, f"{name}.intermediate.dense", hidden, weights))
    narrow = _dense(graph, f"{name}.output.dense", wide, weights)
    return graph.norm(graph.op("Add", narrow, hidden), f"{name}.output.LayerNorm", weights)


def _dense(graph: _Graph, name: str, tensor: str, weights: Weights) -> str:
    return graph.dense(tensor, name, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _attention(graph: _Graph, name: str, hidden: str, shut: str, weights: Weights) -> str:
    scale = np.float32(1 / math.sqrt(HEAD))
    scales = {"query": scale, "key": np.float32(1), "value": np.float32(1)}
    joined = [
        np.concatenate([weights[f"{name}.self.{part}.{kind}"] * by for part, by in scales.items()])
        for kind in ("weight", "bias")
    ]
    sizes = graph.constant("three_parts", np.array([HIDDEN] * 3, dtype=np.int64))
    query, key, value = graph.split(graph.dense(hidden, f"{name}.qkv", *joined), 3, sizes)
    heads = graph.constant("to_heads", np.array([0, 0, HEADS, HEAD], dtype=np.int64))
    query, value = (graph.op("Transpose", graph.op("Reshape", x, heads), perm=[0, 2, 1, 3]) for x in (query, value))
    key = graph.op("Transpose", graph.op("Reshape", key, heads), perm=[0, 2, 3, 1])
    scores = graph.op("Softmax", graph.op("Add", graph.op("MatMul", query, key), shut), axis=-1)
    mixed = graph.op("Transpose", graph.op("MatMul", scores, value), perm=[0, 2, 1, 3])
    flat = graph.op("Reshape", mixed, graph.constant("to_flat", np.array([0, 0, HIDDEN], dtype=np.int64)))
    return _dense(graph, f"{name}.output.dense", flat, weights)


def _gelu(graph: _Graph, tensor: str) -> str:
    root = graph.constant("root_two", np.array(math.sqrt(2), dtype=np.float32))
    one = graph.constant("one", np.array(1, dtype=np.float32))
    half = graph.constant("half", np.array(0.5, dtype=np.float32))
    bell = graph.op("Add", graph.op("Erf", graph.op("Div", tensor, root)), one)
    return graph.op("Mul", graph.op("Mul", tensor, bell), half)


def _pool(graph: _Graph, hidden: str) -> None:
    axis = graph.constant("axis_1", np.array([1], dtype=np.int64))
    last = graph.constant("axis_2", np.array([2], dtype=np.int64))
    mask = graph.op("Unsqueeze", graph.op("Cast", "attention_mask", to=TensorProto.FLOAT), last)
    total = graph.op("ReduceSum", graph.op("Mul", hidden, mask), axis, keepdims=0)
    mean = graph.op("Div", total, graph.op("ReduceSum", mask, axis, keepdims=0))
    length = graph.op("ReduceL2", mean, axes=[1], keepdims=1)
    graph.nodes.append(helper.make_node("Div", [mean, length], ["embedding"], name="embedding"))
    graph.nodes.append(helper.make_node("Identity", [hidden], ["words"], name="words_out"))


def _halve_word_table(model: onnx.ModelProto) -> onnx.ModelProto:
    for place, constant in enumerate(model.graph.initializer):
        if constant.name == "word_table":
            halved = numpy_helper.to_array(constant).astype(np.float16)
            model.graph.initializer[place].CopyFrom(numpy_helper.from_array(halved, "word_table"))
    for place, node in enumerate(model.graph.node):
        if node.op_type == "Gather" and node.input[0] == "word_table":
            wide = node.output[0]
            node.output[0] = f"{wide}_half"
            cast = helper.make_node("Cast", [node.output[0]], [wide], name=f"{wide}_cast", to=TensorProto.FLOAT)
            model.graph.node.insert(place + 1, cast)
            break
    return model
