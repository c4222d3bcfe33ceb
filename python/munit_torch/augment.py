"""Differentiable augmentations of what the discriminators see (Zhao et al. 2020), drawn as munit draws them."""
import math

import torch

TRANSLATION, CUTOUT = 0.125, 0.5


def draw(rng, kinds, count, height, width):
    """The random numbers of one augmentation of `count` images."""
    drawn = []
    for kind in kinds:
        if kind == "color":
            brightness = [rng.uniform() - 0.5 for _ in range(count)]
            saturation = [rng.uniform() * 2 for _ in range(count)]
            contrast = [rng.uniform() + 0.5 for _ in range(count)]
            drawn.append((kind, list(zip(brightness, saturation, contrast))))
        elif kind == "translation":
            rows = [_up_to(rng, height) for _ in range(count)]
            columns = [_up_to(rng, width) for _ in range(count)]
            drawn.append((kind, list(zip(rows, columns))))
        else:
            h, w = math.floor(height * CUTOUT + 0.5), math.floor(width * CUTOUT + 0.5)
            corners = []
            for _ in range(count):
                top = rng.integer(height + (1 - h % 2)) - h // 2
                left = rng.integer(width + (1 - w % 2)) - w // 2
                corners.append((max(0, top), max(0, left), min(height, top + h), min(width, left + w)))
            drawn.append((kind, corners))
    return drawn


def _up_to(rng, side):
    most = math.floor(side * TRANSLATION + 0.5)
    return rng.integer(2 * most + 1) - most


def rows_of(drawn, rows):
    """What belongs to some of the images."""
    return None if drawn is None else [(kind, [values[row] for row in rows]) for kind, values in drawn]


def apply(drawn, x):
    """Images [N, C, H, W] through an augmentation; None for none."""
    for kind, values in drawn or []:
        x = {"color": _colour, "translation": _translate, "cutout": _cut_out}[kind](x, values)
    return x


def _colour(x, values):
    brightness, saturation, contrast = (torch.tensor(v, dtype=x.dtype, device=x.device)[:, None, None, None] for v in zip(*values))
    x = x + brightness
    x = saturation * x + (1 - saturation) * x.mean(1, keepdim=True)
    return contrast * x + (1 - contrast) * x.mean((1, 2, 3), keepdim=True)


def _translate(x, moves):
    height, width = x.shape[2:]
    moved = []
    for image, (down, right) in zip(x, moves):
        padded = torch.nn.functional.pad(image, (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)))
        top, left = max(-down, 0), max(-right, 0)
        moved.append(padded[:, top : top + height, left : left + width])
    return torch.stack(moved)


def _cut_out(x, corners):
    mask = torch.ones(x.shape[0], 1, *x.shape[2:], dtype=x.dtype, device=x.device)
    for i, (top, left, bottom, right) in enumerate(corners):
        mask[i, :, top:bottom, left:right] = 0
    return x * mask
