"""Inference engines on the graphs that munit exports, as contestants: python engines.py openvino|openvino-default|opencv|mnn|ncnn.

No engine needs torch.
"""
import importlib
import json
import os
import struct
import subprocess
import sys

import numpy

from answers import send, serve


def read_arrays(path):
    """All float32 arrays of a safetensors file, by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            arrays[name] = numpy.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"]).copy()
    return arrays


def fixed_graph(path, arrays):
    """A copy of a graph whose inputs have the sizes of the arrays: most engines plan better for it, and some need it."""
    onnx = importlib.import_module("onnx")
    model = onnx.load(path)
    for value in model.graph.input:
        for dimension, size in zip(value.type.tensor_type.shape.dim, arrays[value.name].shape):
            dimension.Clear()
            dimension.dim_value = size
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    model = onnx.shape_inference.infer_shapes(model)
    fixed = path.replace(".onnx", "-fixed.onnx")
    onnx.save(model, fixed)
    return fixed


def output_of(path):
    return importlib.import_module("onnx").load(path).graph.output[0].name


def openvino(path, arrays, threads, precision):
    library = importlib.import_module("openvino")
    core = library.Core()
    options = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", **({"INFERENCE_PRECISION_HINT": precision} if precision else {})}
    compiled = core.compile_model(core.read_model(fixed_graph(path, arrays)), "CPU", options)
    request, output = compiled.create_infer_request(), compiled.output(0)
    return lambda: request.infer(arrays)[output]


def opencv(path, arrays, threads):
    cv2 = importlib.import_module("cv2")
    cv2.setNumThreads(threads)
    network = cv2.dnn.readNetFromONNX(fixed_graph(path, arrays))

    def run():
        for name, array in arrays.items():
            network.setInput(array, name)
        return network.forward()

    return run


def mnn(path, arrays, threads):
    importlib.import_module("MNN")
    runtime, expressions = importlib.import_module("MNN.nn"), importlib.import_module("MNN.expr")
    converted = path.replace(".onnx", ".mnn")
    command = [os.path.join(os.path.dirname(sys.executable), "mnnconvert"), "-f", "ONNX", "--modelFile", fixed_graph(path, arrays), "--MNNModel", converted, "--bizCode", "bench"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    manager = runtime.create_runtime_manager(({"backend": "CPU", "precision": "high", "numThread": threads},))
    network = runtime.load_module_from_file(converted, list(arrays), [output_of(path)], runtime_manager=manager)

    def run():
        inputs = []
        for array in arrays.values():
            input = expressions.placeholder(list(array.shape), expressions.NCHW)
            input.write(array)
            inputs.append(input)
        (result,) = network.forward(inputs)
        return expressions.convert(result, expressions.NCHW).read().copy()

    return run


def ncnn(path, arrays, threads):
    library = importlib.import_module("ncnn")
    importlib.import_module("pnnx")
    graph = fixed_graph(path, arrays)
    command = [os.path.join(os.path.dirname(sys.executable), "pnnx"), graph, "fp16=0"]
    subprocess.run(command, check=True, cwd=os.path.dirname(path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    converted = os.path.join(os.path.dirname(path), os.path.basename(graph).removesuffix(".onnx").replace("-", "_") + ".ncnn")
    network = library.Net()
    network.opt.num_threads = threads
    # Storage of 16 bits would be another precision.
    network.opt.use_fp16_packed = network.opt.use_fp16_storage = network.opt.use_fp16_arithmetic = network.opt.use_bf16_storage = False
    network.load_param(converted + ".param")
    network.load_model(converted + ".bin")

    def run():
        extractor = network.create_extractor()
        for place, array in enumerate(arrays.values()):
            extractor.input(f"in{place}", library.Mat(array[0]).clone())
        _, result = extractor.extract("out0")
        return numpy.array(result)[None]

    return run


ENGINES = {
    "openvino": ("openvino", lambda *graph: openvino(*graph, "f32")),
    # As it comes: bfloat16 where the processor has it.
    "openvino-default": ("openvino", lambda *graph: openvino(*graph, None)),
    "opencv": ("cv2", opencv),
    "mnn": ("MNN", mnn),
    "ncnn": ("ncnn", ncnn),
}


def load(engine, request):
    item, folder = request["item"], request["folder"]
    found = read_arrays(os.path.join(folder, f"inputs-{item['name']}.safetensors"))
    # As the graph names them.
    names = {"translate": {"image": "image_a", "style": "style"}, "decode": {"content": "content", "style": "style"}}[item["kind"]]
    return ENGINES[engine][1](os.path.join(folder, f"{item['name']}.onnx"), {name: found[given] for name, given in names.items()}, request["threads"])


def main(engine):
    module, _ = ENGINES[engine]
    try:
        library = importlib.import_module(module)
        importlib.import_module("onnx")
    except ImportError as error:
        send({"absent": f"{error} (pip install onnx and the engine; MUNIT_PYTHON names another Python)"})
        return
    version = getattr(library, "__version__", None) or importlib.import_module("importlib.metadata").version(module)
    serve(str(version).split("-")[0], lambda request: load(engine, request))


main(sys.argv[1])
