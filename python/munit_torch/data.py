"""The images of an exported run, in the order and with the crops and mirrorings of munit.

The pixels are those that munit decoded and resized, as bytes; what is random is a function of the seed, the domain, the epoch and the
position (`UnpairedBatches` of @munit/data).
"""
import json
import mmap
import os

import numpy as np
import torch

from .errors import RunError
from .rng import keyed

AUGMENTATION = 1
# float32((v / 255 - 0.5) / 0.5), rounded after each step as torchvision rounds.
VALUES = ((np.arange(256, dtype=np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)).astype(np.float32)


class Order:
    """The endless order of one domain: a new shuffle for every epoch."""

    def __init__(self, count, keys, epoch, position):
        self.count, self.keys, self.epoch, self.position = count, keys, epoch, position
        self._shuffled = None

    def next(self):
        """(epoch, position, index of the image)"""
        if self.position >= self.count:
            self.position, self.epoch = 0, self.epoch + 1
        if self._shuffled is None or self._shuffled[0] != self.epoch:
            self._shuffled = (self.epoch, keyed(*self.keys, self.epoch).permutation(self.count))
        place = (self.epoch, self.position, self._shuffled[1][self.position])
        self.position += 1
        return place


class Images:
    """One domain's pixels."""

    def __init__(self, folder, name):
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                self.about = json.load(file)
            pixels = os.path.join(folder, self.about["pixels"])
            with open(pixels, "rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError, KeyError) as error:
            raise RunError(f"The images of the run cannot be read ({path}): {error}. Export the run again.") from error
        self.channels, self.sizes, self.offsets = self.about["channels"], self.about["sizes"], self.about["offsets"]
        if len(self._bytes) != self.about["bytes"]:
            raise RunError(f"{pixels} has {len(self._bytes)} bytes instead of {self.about['bytes']}. Copy or export it again.")
        self.broken = set(self.about["broken"])

    def crop(self, index, top, left, height, width, mirrored):
        """float32 [C, height, width] in [-1, 1]"""
        h, w = self.sizes[index]
        whole = np.frombuffer(self._bytes, np.uint8, h * w * self.channels, self.offsets[index]).reshape(h, w, self.channels)
        part = whole[top : top + height, left : left + width]
        return VALUES[part[:, ::-1] if mirrored else part].transpose(2, 0, 1)


class Batches:
    """Batches of the run from where its checkpoint says. A batch is first only places; what this process needs of it is then loaded."""

    def __init__(self, folder, run, state):
        config = run["config"]
        self.size = config["batch_size"]
        self.height, self.width = config["crop_image_height"], config["crop_image_width"]
        self.mirror, self.paired = config["mirror"], run["paired"]
        self.images = {d: Images(folder, run["images"][d]) for d in "ab"}
        self.keys = {"a": 0, "b": 0 if self.paired else 1}
        self.seed = config["seed"] if state is None else state["seed"]
        self.batches = 0 if state is None else state["batches"]
        self.domains = {d: self._start(d, state) for d in "ab"}
        self.orders = {
            d: Order(len(self.images[d].sizes), (self.seed, self.keys[d]), self.domains[d]["epoch"], self.domains[d]["position"]) for d in "ab"
        }

    def _start(self, domain, state):
        about = self.images[domain].about
        own = {"images": len(about["sizes"]), "fingerprint": about["fingerprint"]}
        if len(self.images[domain].broken) >= own["images"]:
            raise RunError(f"None of the {own['images']} images of domain {domain.upper()} can be used.")
        if state is None:
            return {**own, "epoch": 0, "position": 0}
        saved = state["domains"][domain]
        if {key: saved[key] for key in own} != own:
            raise RunError(f"The images of domain {domain.upper()} are not those of the checkpoint. Export the run again.")
        return saved

    def state(self):
        """What munit's checkpoints hold of it."""
        return {"version": 1, "seed": self.seed, "batches": self.batches, "domains": self.domains}

    def _take(self, domain):
        while True:
            place = self.orders[domain].next()
            if place[2] not in self.images[domain].broken:
                return place

    def _take_pair(self):
        a, b = self._take("a"), self._take("b")
        while a[:2] != b[:2]:
            if a[:2] < b[:2]:
                a = self._take("a")
            else:
                b = self._take("b")
        return a, b

    def next(self):
        """The places of the next batch of each domain."""
        if self.paired:
            pairs = [self._take_pair() for _ in range(self.size)]
            places = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}
        else:
            places = {d: [self._take(d) for _ in range(self.size)] for d in "ab"}
        self.batches += 1
        for d in "ab":
            epoch, position, _ = places[d][-1]
            self.domains[d] = {**self.domains[d], "epoch": epoch, "position": position + 1}
        return places

    def load(self, places, rows):
        """Some rows of a batch of each domain, [n, C, H, W]."""
        return {d: torch.from_numpy(np.stack([self._load(d, places[d][row]) for row in rows])) for d in "ab"}

    def _load(self, domain, place):
        epoch, position, index = place
        images = self.images[domain]
        height, width = images.sizes[index]
        rng = keyed(self.seed, self.keys[domain], epoch, position, AUGMENTATION)
        top = rng.integer(height - self.height + 1)
        left = rng.integer(width - self.width + 1)
        return images.crop(index, top, left, self.height, self.width, rng.uniform() < 0.5 and self.mirror)
