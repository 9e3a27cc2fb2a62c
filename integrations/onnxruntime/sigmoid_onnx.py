"""Rewrites a model's nodes to the operators of the domain `sigmoid`, and back.

    python sigmoid_onnx.py model.onnx out.onnx           # Sigmoid, Softplus, x * Sigmoid(x), Silu(g) * u
    python sigmoid_onnx.py out.onnx model.onnx --back    # to what every runtime knows

A product is taken together only if nobody else reads what lies between: neither another node, a graph within nor the
model's outputs; a gate, moreover, only if both factors are sure to have one shape, for SwiGLU does not broadcast.
Weights in files of their own stay there if the new model is written to the same folder.
"""

import argparse
import collections
import pathlib
import sys

import onnx
from onnx import helper

DOMAIN = "sigmoid"
STANDARD = ("", "ai.onnx")

# Of these the shapes and attributes that go in give the shape that comes out; numbers do not matter.
SHAPE_OF_SHAPES = {"Add", "Cast", "Conv", "Div", "Gemm", "MatMul", "MatMulNBits", "Mul", "Silu", "Sigmoid", "Sub"}


def forth(model):
    """The model's sigmoids, softplus and gates as operators of the domain. Returns how many nodes were rewritten."""
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    # Graphs within come first, for their nodes are copied when those of the graph around them are.
    pairs = list(zip(_graphs(model.graph), _graphs(inferred.graph)))
    count = sum(_forth_in(graph, _shapes(shaped)) for graph, shaped in reversed(pairs))
    if count:
        _import(model, DOMAIN, 1)
    return count


def back(model):
    """The operators of the domain as what every runtime knows. Returns how many nodes were rewritten."""
    taken = set().union(*map(_names, _graphs(model.graph)))
    count = sum(_back_in(graph, taken) for graph in reversed(list(_graphs(model.graph))))
    kept = [opset for opset in model.opset_import if opset.domain != DOMAIN]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    return count


def _inner(graph):
    """The graphs in the attributes of a graph's nodes."""
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.g,) if attribute.type == onnx.AttributeProto.GRAPH else attribute.graphs


def _graphs(graph):
    """The graph, and all within."""
    yield graph
    for inner in _inner(graph):
        yield from _graphs(inner)


def _names(graph):
    values = (*graph.input, *graph.output, *graph.value_info, *graph.initializer)
    nodes = (name for node in graph.node for name in (*node.input, *node.output))
    return {value.name for value in values}.union(nodes)


def _import(model, domain, version):
    if not any(opset.domain == domain for opset in model.opset_import):
        model.opset_import.append(helper.make_opsetid(domain, version))


def _shapes(graph):
    """The dimensions of what a graph names, numbers and names of numbers, where all are known."""
    shapes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    for value in (*graph.input, *graph.output, *graph.value_info):
        tensor = value.type.tensor_type
        dimensions = tuple(
            d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in tensor.shape.dim
        )
        if tensor.HasField("shape") and None not in dimensions:
            shapes.setdefault(value.name, dimensions)
    return shapes


def _reads(graph):
    """How often each name is read: by nodes, by graphs within them, and as an output."""
    reads = collections.Counter(name for node in graph.node for name in node.input)
    reads.update(output.name for output in graph.output)
    for inner in _inner(graph):
        reads.update(_reads(inner))
    return reads


class _Forth:
    """A graph on its way: its nodes so far, by what they make."""

    def __init__(self, graph, shapes):
        self.reads, self.shapes = _reads(graph), shapes
        self.makers, self.gone = {}, set()

    def one_shape(self, a, b, depth=8):
        """Whether two tensors have the same shape for sure, as far as so many nodes back can tell."""
        if a == b or (a in self.shapes and self.shapes[a] == self.shapes.get(b)):
            return True
        # (Where a number of rows has no name, or two, both are made of the same rows nearly always.)
        m, n = self.makers.get(a), self.makers.get(b)
        return (
            depth > 0
            and m is not None
            and n is not None
            and (m.domain, m.op_type, len(m.input)) == (n.domain, n.op_type, len(n.input))
            and m.op_type in SHAPE_OF_SHAPES
            and _attributes(m) == _attributes(n)
            and all(self.one_shape(x, y, depth - 1) for x, y in zip(m.input, n.input))
        )

    def joined(self, product):
        """The node that is a product together with the one before it, if there is one."""
        for factor, other in (product.input, reversed(product.input)):
            node = self.makers.get(factor)
            if node is None or node.domain != DOMAIN or self.reads[factor] != 1:
                continue
            x = node.input[0]
            if node.op_type == "Sigmoid" and x == other:
                kind, inputs = "Silu", [x]
            elif node.op_type == "Silu" and self.one_shape(x, other):
                kind, inputs = "SwiGLU", [x, other]
            else:
                continue
            self.gone.add(factor)
            made = helper.make_node(kind, inputs, product.output, product.name, product.doc_string, DOMAIN)
            made.metadata_props.extend(product.metadata_props)
            return made
        return None


def _attributes(node):
    return sorted(attribute.SerializeToString(deterministic=True) for attribute in node.attribute)


def _forth_in(graph, shapes):
    on_its_way = _Forth(graph, shapes)
    nodes, count = [], 0
    # (Nodes stand behind those that they read. A gate is a silu first.)
    for node in graph.node:
        # Attributes are those of operators before opset 7, which meant something else.
        if node.domain in STANDARD and not node.attribute:
            made = None
            if node.op_type in ("Sigmoid", "Softplus"):
                made = onnx.NodeProto()
                made.CopyFrom(node)
                made.domain = DOMAIN
            elif node.op_type == "Mul":
                made = on_its_way.joined(node)
            count += made is not None
            node = made or node
        nodes.append(node)
        on_its_way.makers.update((output, node) for output in node.output)
    gone = on_its_way.gone
    _set_nodes(graph, [node for node in nodes if not gone.intersection(node.output)])
    for value in [value for value in graph.value_info if value.name in gone]:
        graph.value_info.remove(value)
    return count


def _back_in(graph, taken):
    nodes, count = [], 0

    def new(name):
        while name in taken:
            name += "_"
        taken.add(name)
        return name

    for node in graph.node:
        if node.domain != DOMAIN:
            nodes.append(node)
            continue
        if node.op_type not in ("Sigmoid", "Softplus", "Silu", "SwiGLU"):
            raise ValueError(f"the domain {DOMAIN} has no operator {node.op_type}")
        x, result = node.input[0], node.output[0]
        last = onnx.NodeProto()
        last.CopyFrom(node)
        last.domain = ""
        if node.op_type in ("Silu", "SwiGLU"):
            sigmoid = new(f"{result}/sigmoid")
            nodes.append(helper.make_node("Sigmoid", [x], [sigmoid]))
            factors = [x, sigmoid]
            if node.op_type == "SwiGLU":
                silu = new(f"{result}/silu")
                nodes.append(helper.make_node("Mul", factors, [silu]))
                factors = [silu, node.input[1]]
            last.op_type = "Mul"
            last.input[:] = factors
        nodes.append(last)
        count += 1
    _set_nodes(graph, nodes)
    return count


def _set_nodes(graph, nodes):
    # Copies, for those that there are end with their list.
    copies = []
    for node in nodes:
        copies.append(onnx.NodeProto())
        copies[-1].CopyFrom(node)
    del graph.node[:]
    graph.node.extend(copies)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--back", action="store_true", help="to what every runtime knows")
    arguments = parser.parse_args()
    here = arguments.model.resolve().parent == arguments.out.resolve().parent
    model = onnx.load(arguments.model, load_external_data=not here)
    count = (back if arguments.back else forth)(model)
    onnx.save(model, arguments.out)
    print(f"{count} nodes rewritten")


if __name__ == "__main__":
    sys.exit(main())
