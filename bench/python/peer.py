"""The PyTorch contestant: the networks and the training step of munit_torch. With `--compile`, the networks by torch.compile."""
import json
import os
import sys

import torch

from answers import serve
from judging import Features, Judging
from munit_torch import safetensors
from munit_torch.distributed import Ranks
from munit_torch.networks import network
from munit_torch.trainer import Trainer

RANKS = Ranks(os.environ.get("MUNIT_TORCH_DEVICE", "cpu"))
COMPILES = "--compile" in sys.argv


def ready(net):
    """A network as it is called: its tree of ops compiled as a whole, for each part and shape by itself."""
    if COMPILES:
        net.run = torch.compile(net.run, dynamic=False)
    return net


class Inference:
    def __init__(self, item, described, weights, inputs):
        own = lambda name: {key[len(name) + 1 :]: tensor for key, tensor in weights.items() if key.startswith(f"{name}.")}
        self.a, self.b = (ready(network(d, own(d["name"])).to(RANKS.device)) for d in described)
        self.translate, self.inputs = item["kind"] == "translate", inputs

    def __call__(self):
        inputs = self.inputs
        with torch.no_grad():
            content = self.a.encode_content(inputs["image_a"]) if self.translate else inputs["content"]
            # Into the CPU's memory, as ours: on a GPU this waits for it.
            return self.b.decode(content, inputs["style"]).cpu()


class Training:
    """Every run is one more update of both parts on the same batch and the same styles, at the first rate; no average is kept."""

    def __init__(self, item, described, weights, inputs):
        moments = {f"adam.{moment}.{name}": torch.zeros_like(tensor) for name, tensor in weights.items() for moment in "mv"}
        fresh = {"step": 0, "rng": "[1, 0, 0, 0]", "gen_updates": 0, "dis_updates": 0}
        self.trainer = Trainer({"config": {**item["config"], "ema_half_life_images": 0}, "networks": described}, {**weights, **moments}, fresh, RANKS)
        for net in self.trainer.method.networks.values():
            ready(net)
        # CycleGAN has no styles.
        halves = ("dis", "gen") if item["config"]["gen"]["style_dim"] > 0 else ()
        styles = {half: {d: inputs[f"{half}_style_{d}"] for d in "ab"} for half in halves}
        self.batches = [({d: inputs[f"image_{d}"] for d in "ab"}, {"noise": styles, "augment": None})]

    def __call__(self):
        terms = self.trainer.method.update(self.trainer, self.batches)
        return {name: value.item() * (weight if weighted else 1) for (name, weight, weighted, _), value in terms}


def load(request):
    item, folder = request["item"], request["folder"]
    torch.set_num_threads(request["threads"])
    whose = item["name"] if item["kind"] not in ("translate", "decode") else f"generators-{item['width']}"
    weights, metadata = safetensors.read(os.path.join(folder, f"weights-{whose}.safetensors"))
    inputs, _ = safetensors.read(os.path.join(folder, f"inputs-{item['name']}.safetensors"))
    weights, inputs = ({name: tensor.to(RANKS.device) for name, tensor in tensors.items()} for tensors in (weights, inputs))
    work = {"lpips": Judging, "features": Features}.get(item["kind"])
    if work is not None:
        return work(weights, inputs)
    return (Training if item["kind"] == "train" else Inference)(item, json.loads(metadata["networks"]), weights, inputs)


if COMPILES:
    import torch._dynamo

    # A network is compiled for each of its parts, with gradients and without: more often than the default allows before it gives up.
    torch._dynamo.config.cache_size_limit = 64
version = torch.__version__ if RANKS.device.type == "cpu" else f"{torch.__version__} on {RANKS.device.type}"
serve(version, load)
