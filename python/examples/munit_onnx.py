"""One graph of `munit convert --to onnx` in onnxruntime, with munit's own treatment of images before and after.

Bytes of image files in, PNG files out; the result differs from `munit translate` by at most 1 of 255.
"""
import hashlib
import io
import os
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

# Beside an installed munit_torch, this one of the repository.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from munit_torch.rng import Rng  # noqa: E402


def seed_of(seed, name):
    """A file's own seed: its random styles depend on its name and the seed alone."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:4], "little")


def decode(data, channels):
    """float32 [C, H, W] in [-1, 1]: upright, on white where it is transparent."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode in ("LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    pixels = np.asarray(image.convert("RGB" if channels == 3 else "L"), dtype=np.float32)
    pixels = pixels.reshape(*pixels.shape[:2], channels)
    return ((pixels / np.float32(255) - np.float32(0.5)) / np.float32(0.5)).transpose(2, 0, 1)


def encode(x):
    """PNG of float32 [C, H, W]."""
    levels = np.floor((np.clip(np.nan_to_num(x, nan=-1), -1, 1) + 1) * 127.5 + 0.5).astype(np.uint8)
    image = Image.fromarray(levels.transpose(1, 2, 0) if levels.shape[0] == 3 else levels[0])
    with io.BytesIO() as file:
        image.save(file, "PNG")
        return file.getvalue()


class Translator:
    """A direction of a model. `multiple` is 2^n_downsample of its generators, 4 for the published ones."""

    def __init__(self, graph, multiple=4, threads=1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.inputs = {value.name: value.shape for value in self.session.get_inputs()}
        self.channels, self.multiple = self.inputs["image"][1], multiple
        self.style_dim = self.inputs["style"][1] if "style" in self.inputs else 0

    def style(self, seed, name):
        """The style that `munit translate --seed` gives a file."""
        return Rng(seed_of(seed, name)).normals(self.style_dim)

    def __call__(self, files, styles):
        """Translates files of any sizes; those of one size together."""
        images = [decode(data, self.channels) for data in files]
        results = [None] * len(images)
        sizes = {}
        for i, image in enumerate(images):
            sizes.setdefault(image.shape[1:], []).append(i)
        for (height, width), places in sizes.items():
            batch = self._padded(np.stack([images[i] for i in places]))
            feeds = {"image": batch, **({"style": np.stack([styles[i] for i in places]).astype(np.float32)} if self.style_dim else {})}
            (translated,) = self.session.run(["translated"], feeds)
            for i, image in zip(places, translated):
                results[i] = encode(image[:, :height, :width])
        return results

    def _padded(self, batch):
        """Reflected at the right and below to a multiple, as munit does."""
        target = [-(-max(side, max(4, 2 * self.multiple)) // self.multiple) * self.multiple for side in batch.shape[2:]]
        for axis, side in zip((2, 3), target):
            count = batch.shape[axis]
            period = max(1, 2 * (count - 1))
            places = np.arange(side) % period
            batch = np.take(batch, np.where(places < count, places, period - places), axis=axis)
        return batch
