"""Drives the v2 endpoint by NVIDIA's own client, unchanged. Prints one line for each thing that holds."""
import sys

import numpy
import tritonclient.http as triton

client = triton.InferenceServerClient(sys.argv[1].removeprefix("http://"))
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("translate_a_to_b")
print("ready")
assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
metadata = client.get_model_metadata("translate_a_to_b")
assert [one["name"] for one in metadata["inputs"]] == ["image", "style"], metadata
style_dim = metadata["inputs"][1]["shape"][1]
print("metadata")

random = numpy.random.default_rng(1)
image = random.uniform(-1, 1, (2, 3, 16, 12)).astype(numpy.float32)
style = random.standard_normal((2, style_dim)).astype(numpy.float32)


def infer(binary):
    inputs = [triton.InferInput("image", image.shape, "FP32"), triton.InferInput("style", style.shape, "FP32")]
    inputs[0].set_data_from_numpy(image, binary_data=binary)
    inputs[1].set_data_from_numpy(style, binary_data=binary)
    outputs = [triton.InferRequestedOutput("translated", binary_data=binary)]
    return client.infer("translate_a_to_b", inputs, outputs=outputs, request_id="7").as_numpy("translated")


binary, plain = infer(True), infer(False)
assert binary.shape == image.shape and numpy.isfinite(binary).all()
assert numpy.array_equal(binary, plain)
print("infer")

try:
    inputs = [triton.InferInput("image", [1, 1, 8, 8], "FP32")]
    inputs[0].set_data_from_numpy(numpy.zeros((1, 1, 8, 8), numpy.float32))
    client.infer("translate_a_to_b", inputs)
except triton.InferenceServerException as error:
    assert "Send [N, 3, H, W]" in str(error), error
    print("error")
