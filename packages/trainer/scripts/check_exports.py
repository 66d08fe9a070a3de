"""Checks exported models with the official packages: onnx (its checker and its reference evaluator) and safetensors.

Run: python3 scripts/check_exports.py FILE… (pip install numpy onnx safetensors)
"""

import hashlib
import sys

import numpy as np


def check_onnx(file):
    import onnx
    from onnx.reference import ReferenceEvaluator

    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    name = model.graph.input[0].name
    for batch in (1, 3):
        zeros = np.zeros((batch, 784), np.float32)
        (probabilities,) = ReferenceEvaluator(model).run(None, {name: zeros})
        assert probabilities.shape == (batch, 10) and np.allclose(probabilities.sum(1), 1)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    tensors = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    return tensors, metadata


def check_safetensors(file):
    from safetensors import safe_open

    with safe_open(file, "numpy") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}, opened.metadata()


for file in sys.argv[1:]:
    tensors, metadata = (check_onnx if file.endswith(".onnx") else check_safetensors)(file)
    layers = len(metadata["layers"].split(",")) - 1
    names = [f"{kind}{layer}" for layer in range(1, layers + 1) for kind in "Wb"]
    parameters = np.concatenate([tensors[name].ravel() for name in names]).astype("<f4")
    assert hashlib.sha256(parameters.tobytes()).hexdigest() == metadata["parametersSha256"], file
    print(f"{file}: {parameters.size} parameters, as their SHA-256 says; metadata {', '.join(metadata)}")
