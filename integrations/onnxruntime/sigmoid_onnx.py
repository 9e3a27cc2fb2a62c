"""Rewrites a model's nodes to the operators of the domain `sigmoid`, and back.

    python sigmoid_onnx.py model.onnx out.onnx           # Sigmoid, Softplus, x * Sigmoid(x), Silu(g) * u
    python sigmoid_onnx.py out.onnx model.onnx --back    # to what every runtime knows

A product is taken together only if nobody else reads what lies between: neither another node, a graph within nor the
model's outputs. Types are not looked at: ONNX Runtime has the operators in float, double, float16 and bfloat16 (Softplus
in the first two), and refuses a model that asks for another.
"""

import argparse
import sys

import onnx
from onnx import helper

DOMAIN = "sigmoid"
STANDARD = ("", "ai.onnx")


def forth(model):
    """The model's sigmoids, softplus and gates as operators of the domain. Returns how many nodes were rewritten."""
    count = sum(_forth_in(graph) for graph in _graphs(model.graph))
    if count:
        _import(model, DOMAIN, 1)
    return count


def back(model):
    """The operators of the domain as what every runtime knows. Returns how many nodes were rewritten."""
    count = sum(_back_in(graph) for graph in _graphs(model.graph))
    if not any(node.domain == DOMAIN for graph in _graphs(model.graph) for node in graph.node):
        kept = [opset for opset in model.opset_import if opset.domain != DOMAIN]
        del model.opset_import[:]
        model.opset_import.extend(kept)
    return count


def _graphs(graph):
    """The graph, and those in the attributes of its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _graphs(attribute.g)
            elif attribute.type == onnx.AttributeProto.GRAPHS:
                for inner in attribute.graphs:
                    yield from _graphs(inner)


def _import(model, domain, version):
    if not any(opset.domain == domain for opset in model.opset_import):
        model.opset_import.append(helper.make_opsetid(domain, version))


def _forth_in(graph):
    count = 0
    for node in graph.node:
        if node.domain in STANDARD and node.op_type in ("Sigmoid", "Softplus"):
            node.domain = DOMAIN
            count += 1
    # (A gate is a silu first.)
    return count + _products_in(graph, "Sigmoid", _silu) + _products_in(graph, "Silu", _gate)


def _silu(sigmoid, other, product):
    """x s(x), of which the sigmoid and the product have one input in common."""
    if sigmoid.input[0] == other:
        return helper.make_node("Silu", [other], product.output, product.name, domain=DOMAIN)
    return None


def _gate(silu, other, product):
    return helper.make_node("SwiGLU", [silu.input[0], other], product.output, product.name, domain=DOMAIN)


def _products_in(graph, kind, made_of):
    """Takes products with the result of such a node together with it."""
    count = 0
    for product in [node for node in graph.node if node.domain in STANDARD and node.op_type == "Mul"]:
        nodes = {output: node for node in graph.node for output in node.output}
        for factor, other in (product.input, reversed(product.input)):
            node = nodes.get(factor)
            if node is None or (node.domain, node.op_type) != (DOMAIN, kind) or _readers(graph, factor) != 1:
                continue
            joined = made_of(node, other, product)
            if joined is not None:
                joined.metadata_props.extend(product.metadata_props)
                _replace(graph, product, [joined])
                graph.node.remove(node)
                count += 1
                break
    return count


def _readers(graph, name):
    """How often a name is read: by nodes, by graphs within them, and as an output."""
    inner = [g for node in graph.node for a in node.attribute for g in (a.g, *a.graphs)]
    return (
        sum(list(node.input).count(name) for node in graph.node)
        + sum(output.name == name for output in graph.output)
        + sum(_readers(g, name) for g in inner)
    )


def _back_in(graph):
    count = 0
    for node in [node for node in graph.node if node.domain == DOMAIN]:
        x, result = node.input[0], node.output[0]
        # (Of one result there is one name, and so these are new.)
        sigmoid, silu = f"{result}/sigmoid", f"{result}/silu"
        make = helper.make_node
        parts = {
            "Sigmoid": [make("Sigmoid", [x], [result], node.name)],
            "Softplus": [make("Softplus", [x], [result], node.name)],
            "Silu": [make("Sigmoid", [x], [sigmoid]), make("Mul", [x, sigmoid], [result], node.name)],
            "SwiGLU": [
                make("Sigmoid", [x], [sigmoid]),
                make("Mul", [x, sigmoid], [silu]),
                make("Mul", [silu, *node.input[1:]], [result], node.name),
            ],
        }
        if node.op_type not in parts:
            raise ValueError(f"the domain {DOMAIN} has no operator {node.op_type}")
        _replace(graph, node, parts[node.op_type])
        count += 1
    return count


def _replace(graph, node, parts):
    at = list(graph.node).index(node)
    graph.node.remove(node)
    for offset, part in enumerate(parts):
        graph.node.insert(at + offset, part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--back", action="store_true", help="to what every runtime knows")
    arguments = parser.parse_args()
    model = onnx.load(arguments.model)
    count = (back if arguments.back else forth)(model)
    onnx.save(model, arguments.out)
    print(f"{count} nodes rewritten")


if __name__ == "__main__":
    sys.exit(main())
