"""Translates a folder by Ray Data: python ray_data.py GRAPH IMAGES OUT [--seed 1]"""
import argparse
import os

import ray
from munit_onnx import Translator


class TranslateBatch:
    """One copy of the graph for each actor."""

    def __init__(self, graph, images, out, seed):
        self.translator, self.images, self.out, self.seed = Translator(graph), images, out, seed

    def __call__(self, batch):
        names = [os.path.relpath(path, self.images) for path in batch["path"]]
        styles = [self.translator.style(self.seed, name) for name in names]
        written = []
        for name, png in zip(names, self.translator(list(batch["bytes"]), styles)):
            path = os.path.join(self.out, f"{os.path.splitext(name)[0]}.png")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(png)
            written.append(path)
        return {"written": written}


def main():
    parser = argparse.ArgumentParser()
    for name in ("graph", "images", "out"):
        parser.add_argument(name, type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    # Reading needs a core of its own: as many actors as there are cores would wait for it for good.
    parser.add_argument("--actors", type=int, default=1)
    options = parser.parse_args()
    # The workers import munit_onnx.py, which lies beside this file.
    ray.init(runtime_env={"env_vars": {"PYTHONPATH": os.path.dirname(os.path.abspath(__file__))}}, include_dashboard=False)
    files = ray.data.read_binary_files(options.images, include_paths=True)
    settings = (options.graph, options.images, options.out, options.seed)
    written = files.map_batches(TranslateBatch, fn_constructor_args=settings, batch_size=8, compute=ray.data.ActorPoolStrategy(size=options.actors)).take_all()
    print(f"{len(written)} translated")


main()
