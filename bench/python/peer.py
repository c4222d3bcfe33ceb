"""The PyTorch contestant: a JSON object a line on standard input, one back on standard output."""
import json
import os
import resource
import sys
import time

import torch

from judging import Judging
from networks import Weights, content_encoder, decoder
from tensors import read_safetensors
from training import Trainer

DEVICE = torch.device(os.environ.get("MUNIT_TORCH_DEVICE", "cpu"))


def read(path):
    return {name: tensor.to(DEVICE) for name, tensor in read_safetensors(path).items()}


def file_of(folder, item, what):
    if what == "weights":
        what = f"weights-{item['name']}" if item["kind"] not in ("translate", "decode") else f"weights-generators-{item['width']}"
    else:
        what = f"inputs-{item['name']}"
    return os.path.join(folder, f"{what}.safetensors")


class Inference:
    def __init__(self, item, weights, inputs):
        self.item, self.inputs = item, inputs
        self.a, self.b = Weights(weights, "gen_a."), Weights(weights, "gen_b.")

    def __call__(self):
        config, inputs = self.item["config"], self.inputs
        with torch.no_grad():
            translate = self.item["kind"] == "translate"
            content = content_encoder(self.a, inputs["image_a"], config) if translate else inputs["content"]
            # Into the CPU's memory, as ours: on a GPU this waits for it.
            return decoder(self.b, content, inputs["style"], config).cpu()


class Training:
    def __init__(self, item, weights, inputs):
        self.trainer, self.inputs = Trainer(weights, item["config"]), inputs

    def __call__(self):
        return self.trainer.step(self.inputs)


def load(request):
    item, folder = request["item"], request["folder"]
    torch.set_num_threads(request["threads"])
    work = {"train": Training, "lpips": Judging}.get(item["kind"], Inference)
    return work(item, read(file_of(folder, item, "weights")), read(file_of(folder, item, "inputs")))


def check(work, path):
    result = work()
    if isinstance(result, dict):
        return {"losses": result}
    with open(path, "wb") as file:
        file.write(result.contiguous().numpy().astype("<f4").tobytes())
    return {}


def run(work, times):
    ms = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        ms.append((time.perf_counter() - start) * 1000)
    return {"ms": ms}


def memory(reset):
    """MiB now and at most; Linux forgets the peak so far on request."""
    try:
        if reset:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        with open("/proc/self/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return {"rss": int(fields["VmRSS"].split()[0]) / 1024, "peak": int(fields["VmHWM"].split()[0]) / 1024}
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
        return {"rss": peak, "peak": peak}


def answer(request, work):
    if request["do"] == "check":
        return check(work, request["file"])
    if request["do"] == "run":
        return run(work, request["times"])
    if request["do"] == "memory":
        return memory(request["reset"])
    raise ValueError(f"{request['do']} is not done here")


def send(message):
    print(json.dumps(message), flush=True)


def main():
    send({"ready": True, "version": torch.__version__ if DEVICE.type == "cpu" else f"{torch.__version__} on {DEVICE.type}"})
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "load":
                work = load(request)
                send({})
            else:
                send(answer(request, work))
        except Exception as error:  # The conductor reports it, whatever it is.
            send({"error": f"{type(error).__name__}: {error}"})


main()
