"""One training step on this process's share of the batch, and everything that it changes."""
import contextlib
import math

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from .errors import RunError
from .methods import METHODS, check_covered
from .networks import network
from .rng import Rng

EPSILON = 1e-8


def schedule_factor(step, config):
    """The factor on the base rate of the update number `step` (from 0), as in `schedule.ts` of @munit/train."""
    policy, total = config["lr_policy"], config["max_iter"]
    if policy == "step":
        return config["gamma"] ** ((step + 1) // config["step_size"])
    if policy == "constant":
        return 1.0
    if policy == "cosine":
        return (1 + math.cos(math.pi * min(step, total) / total)) / 2
    full, decay = config.get("n_epochs") or 0, config.get("n_epochs_decay") or 0
    if full + decay > 0:
        epoch = min(full + decay, 1 + step * (full + decay) // total)
        return 1 - max(0, epoch - full) / (decay + 1)
    return max(0.0, min(1.0, 2 * (total - step) / total))


def average_decay(step, config):
    """By how much the average keeps of itself in the update number `step` (from 0)."""
    images = config["batch_size"] * config["accumulate"]
    half_life = config["ema_half_life_images"]
    if config["ema_rampup"] != 0:
        half_life = min(half_life, config["ema_rampup"] * step * images)
    return 0.0 if half_life == 0 else 0.5 ** (images / half_life)


def limit(parameters, clip, skip):
    """Gradients of a large norm are scaled down to it, or taken for 0, infinite ones too."""
    norm = torch.sqrt(sum(p.grad.double().square().sum() for p in parameters))
    factor = torch.clamp(clip / (norm + 1e-6), max=1.0) if clip > 0 else torch.ones_like(norm)
    for p in parameters:
        p.grad.mul_(factor.to(p.grad.dtype))
        if skip > 0:
            p.grad.masked_fill_(norm > skip, 0)


class LossOf(nn.Module):
    """A loss as a module, as DistributedDataParallel wants it: the networks that it trains, and a function."""

    def __init__(self, networks, compute):
        super().__init__()
        self.networks = nn.ModuleDict(networks)
        self.compute = compute

    def forward(self, *inputs):
        return self.compute(*inputs)


class Trainer:
    """A training state, and its step."""

    def __init__(self, run, tensors, metadata, ranks, bf16=False):
        config = self.config = run["config"]
        check_covered(config, ranks.world)
        self.ranks, self.bf16, self.device = ranks, bf16, ranks.device
        weights = {n["name"]: {} for n in run["networks"]}
        for name, tensor in tensors.items():
            network_name, _, rest = name.partition(".")
            if network_name in weights:
                weights[network_name][rest] = tensor
        networks = {n["name"]: network(n, weights[n["name"]]).to(self.device) for n in run["networks"]}
        self.method = METHODS[config["trainer"]](config, networks, ranks)
        self.method.own = {name[len("own.") :]: x.to(self.device) for name, x in tensors.items() if name.startswith("own.")}
        self.step, self.rng = int(metadata["step"]), Rng.restore(_json(metadata["rng"]))
        self.parameters = {part: {f"{n}.{key}": p for n, net in self.method.part(part).items() for key, p in net.named_parameters()} for part in ("gen", "dis")}
        self.average = None
        if config["ema_half_life_images"] > 0:
            self.average = {name: tensors[f"average.{name}"].to(self.device) for name in self.parameters["gen"]}
        self.optimizers = {part: self._adam(part, tensors, int(metadata[f"{part}_updates"])) for part in ("gen", "dis")}
        self.losses = {part: self._loss(part) for part in ("gen", "dis")}

    def _adam(self, part, tensors, updates):
        config, parameters = self.config, self.parameters[part]
        adam = torch.optim.Adam(parameters.values(), lr=config["lr"], betas=(config["beta1"], config["beta2"]), eps=EPSILON, weight_decay=config["weight_decay"])
        for name, p in parameters.items():
            moments = {key: tensors[f"adam.{short}.{name}"].to(self.device) for key, short in (("exp_avg", "m"), ("exp_avg_sq", "v"))}
            adam.state[p] = {"step": torch.tensor(float(updates)), **moments}
        return adam

    def _loss(self, part):
        compute = self.method.gen_loss if part == "gen" else self.method.dis_loss
        loss = LossOf(self.method.part(part), compute)
        if self.ranks.world == 1:
            return loss
        devices = [self.device] if self.device.type == "cuda" else None
        # Spectral norm's vectors are computed alike everywhere. A term of weight 0 may leave parameters without a gradient.
        return DistributedDataParallel(loss, device_ids=devices, broadcast_buffers=False, find_unused_parameters=True)

    def autocast(self):
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if self.bf16 else contextlib.nullcontext()

    def minimise(self, part, batches):
        """One update by a loss on some micro-batches: the terms' means over them, and what else the loss gave for each."""
        loss, sums, extras = self.losses[part], None, []
        for i, inputs in enumerate(batches):
            last = i == len(batches) - 1
            with contextlib.nullcontext() if last or self.ranks.world == 1 else loss.no_sync():
                with self.autocast():
                    total, terms, *extra = loss(*inputs)
                (total / len(batches)).backward()
            extras.extend(extra)
            values = torch.stack([*(term.value.detach().float() for term in terms), total.detach().float()])
            sums = values if sums is None else sums + values
        self._apply(part)
        named = [(term.name, term.weight, term.weighted, part == "gen" and term.reconstructs) for term in terms]
        return list(zip([*named, (self.method.totals[part], 1, False, False)], sums / len(batches))), extras

    def _apply(self, part):
        config, optimizer = self.config, self.optimizers[part]
        parameters = list(self.parameters[part].values())
        for p in parameters:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        if config["clip_gradient_norm"] > 0 or config["skip_gradient_norm"] > 0:
            limit(parameters, config["clip_gradient_norm"], config["skip_gradient_norm"])
        for group in optimizer.param_groups:
            group["lr"] = self.rates()[part]
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    def rates(self):
        """Learning rates of the next update."""
        factor = schedule_factor(self.step, self.config)
        base = self.config["lr"]
        return {"gen": base * factor, "dis": (self.config.get("lr_dis") or base) * factor}

    def train(self, data):
        """One step: (name, weight, weighted, reconstructs) and the value of each term, of this process's images."""
        size = self.config["batch_size"]
        places = [data.next() for _ in range(self.config["accumulate"])]
        drawn = [self.method.draw(self.rng, size) for _ in places]
        rows = self.method.rows(size)
        batches = [(_to(data.load(place, rows), self.device), _to(self.method.local(draws, size), self.device)) for place, draws in zip(places, drawn)]
        terms = self.method.update(self, batches)
        if self.average is not None:
            decay = average_decay(self.step, self.config)
            with torch.no_grad():
                for name, p in self.parameters["gen"].items():
                    self.average[name].mul_(decay).add_(p.detach(), alpha=1 - decay)
        self.step += 1
        return terms

    def tensors(self):
        """All of the state by the names of the checkpoint."""
        found = {}
        for name, net in self.method.networks.items():
            found.update({f"{name}.{key}": x for key, x in net.state_dict().items()})
        for part in ("gen", "dis"):
            for key, short in (("exp_avg", "m"), ("exp_avg_sq", "v")):
                found.update({f"adam.{short}.{name}": self.optimizers[part].state[p][key] for name, p in self.parameters[part].items()})
        found.update({f"average.{name}": x for name, x in (self.average or {}).items()})
        found.update({f"own.{name}": x for name, x in self.method.own.items()})
        return found

    def updates(self):
        return {f"{part}_updates": str(int(next(iter(self.optimizers[part].state.values()))["step"])) for part in ("gen", "dis")}


def _to(tree, device):
    if isinstance(tree, torch.Tensor):
        return tree.to(device)
    return {key: _to(value, device) for key, value in tree.items()} if isinstance(tree, dict) else tree


def _json(text):
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise RunError("The checkpoint's random state is not valid JSON. Export the run again.") from error
