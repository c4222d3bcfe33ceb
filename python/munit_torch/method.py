"""What a training method is: what it draws, what it minimises, and in which order it updates.

Draws are made for the whole batch of all processes, in munit's order; each process then uses its own rows. Losses are means over samples, so
that the mean over processes is that of the whole batch; the few that are sums over samples are multiplied by the number of processes.
"""
from contextlib import contextmanager
from typing import NamedTuple

import torch

from . import augment
from .errors import RunError

OTHER = {"a": "b", "b": "a"}


class Term(NamedTuple):
    """A loss term under its published name."""

    name: str
    weight: float
    value: torch.Tensor
    # Whether the published trainer reports weight · value.
    weighted: bool = False
    # Whether it says how well images and codes come back, by which the best checkpoint is chosen.
    reconstructs: bool = False


def total_of(terms):
    used = [term.weight * term.value for term in terms if term.weight != 0]
    if not used:
        raise RunError("All weights of a loss are 0, so there is nothing to train by. Set one of them.")
    return sum(used)


@contextmanager
def frozen(networks):
    """Gradients pass through these networks to their inputs, and not to their weights."""
    parameters = [p for network in networks for p in network.parameters() if p.requires_grad]
    for p in parameters:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in parameters:
            p.requires_grad_(True)


def of_domains(name, weight, value, ends=("a", "b"), **more):
    return [Term(f"{name}_{end}", weight, value(d), **more) for d, end in zip("ab", ends)]


class Method:
    """A method with its networks. `ranks` knows the other processes."""

    # The published names of the sums, and the optimizer that is updated first.
    totals = {"gen": "loss_gen_total", "dis": "loss_dis_total"}
    first = "dis"
    own = {}

    def __init__(self, config, networks, ranks):
        self.config, self.networks, self.ranks = config, networks, ranks
        self.gan = config["dis"]["gan_type"]

    def part(self, part):
        """The networks that one optimizer updates."""
        return {name: self.networks[name] for name in self.parts[part] if name in self.networks}

    def rows(self, count):
        """Which images of a batch this process works on."""
        each = count // self.ranks.world
        return list(range(self.ranks.rank * each, (self.ranks.rank + 1) * each))

    noise_rows = rows

    def normals(self, rng, *shape):
        count = 1
        for size in shape:
            count *= size
        return torch.from_numpy(rng.normals(count)).reshape(shape)

    def draw_augmentations(self, rng, count):
        kinds, config = self.config["diff_augment"], self.config
        if not kinds:
            return None
        size = (config["crop_image_height"], config["crop_image_width"])
        return {what: {d: augment.draw(rng, kinds, count, *size) for d in "ab"} for what in ("fakes", "reals", "gen")}

    def local(self, drawn, count):
        """This process's rows of what was drawn for a batch."""
        rows, noise_rows = self.rows(count), self.noise_rows(count)
        noise = {key: {d: x[noise_rows] for d, x in pair.items()} for key, pair in drawn["noise"].items()}
        seen = drawn["augment"]
        return {"noise": noise, "augment": None if seen is None else {w: {d: augment.rows_of(x, rows) for d, x in pair.items()} for w, pair in seen.items()}}

    def seen(self, drawn, what, domain, x):
        """Images as the discriminators see them."""
        return x if drawn["augment"] is None else augment.apply(drawn["augment"][what][domain], x)
