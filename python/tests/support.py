"""What the tests share: small images, the munit command, and processes of munit_torch."""
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
PACKAGE = os.path.dirname(HERE)
CLI = os.path.join(REPOSITORY, "packages", "cli")
REFERENCE = os.environ.get("MUNIT_REFERENCE_DIR", os.path.join(REPOSITORY, "packages", "testing", "reference"))
sys.path.insert(0, PACKAGE)

NETWORKS = {"gen": {"dim": 8, "mlp_dim": 16, "style_dim": 4, "n_res": 1, "n_downsample": 2}, "dis": {"dim": 8, "n_layer": 2, "num_scales": 2}}


def write_png(path, width, height, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[y * width * 3 : (y + 1) * width * 3] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def noise_images(folder, count=10, width=40, height=36):
    """Two folders of noise, as the dumps of the published code have it: nothing in it is constant, so that rounding grows slowly."""
    for side in "AB":
        os.makedirs(os.path.join(folder, f"train{side}"))
        for i in range(count):
            source = random.Random(f"{side}{i}")
            write_png(os.path.join(folder, f"train{side}", f"{i:02d}.png"), width, height, bytes(source.randrange(256) for _ in range(width * height * 3)))
    return folder


class Work:
    """A temporary folder with images in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="munit-torch-")
        self.images = noise_images(os.path.join(self.folder, "images"))

    def at(self, name):
        return os.path.join(self.folder, name)

    def config(self, name, **options):
        """A configuration file; JSON is YAML."""
        base = {
            "data_root": self.images, "new_size": 32, "crop_image_height": 32, "crop_image_width": 32, "batch_size": 2, "log_iter": 1, "snapshot_save_iter": 1000,
            "image_save_iter": 1000, "image_display_iter": 1000, "display_size": 1, "seed": 3, "num_workers": 1, **NETWORKS,
        }
        path = self.at(f"{name}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**base, **options}, file)
        return path

    def remove(self):
        shutil.rmtree(self.folder)


def munit(*arguments):
    """Runs the munit command of this repository. @return what it wrote to standard error"""
    command = ["node", "--conditions=@munit/source", "--import", "tsx", "src/main.ts", *arguments]
    done = subprocess.run(command, cwd=CLI, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise AssertionError(f"munit {' '.join(arguments)} exited with {done.returncode}:\n{done.stderr}")
    return done.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(world, folder, *arguments, versions=None, timeout=120):
    """Starts one process for each rank, as any launcher does: by RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT."""
    port, processes = free_port(), []
    for rank in range(world):
        environment = {**os.environ, "PYTHONPATH": PACKAGE, "OMP_NUM_THREADS": "1"}
        if world > 1:
            environment.update(RANK=str(rank), WORLD_SIZE=str(world), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        version = "" if versions is None else f"munit_torch.__version__ = {versions[rank]!r}; "
        code = f"import sys, munit_torch; {version}from munit_torch.__main__ import main; sys.exit(main())"
        command = [sys.executable, "-c", code, "train", folder, "--threads", "1", "--timeout", str(timeout), *arguments]
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
    return processes


def finish(processes, timeout=600):
    """The exit codes, and what each wrote to standard error."""
    written = [process.communicate(timeout=timeout)[1] for process in processes]
    return [process.returncode for process in processes], written


def train(world, folder, *arguments):
    codes, written = finish(start(world, folder, *arguments))
    if any(codes):
        raise AssertionError(f"munit_torch exited with {codes}:\n" + "\n".join(written))


def losses(folder):
    """The terms of each logged step of a run folder or an exported run."""
    with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    return {event["step"]: event["terms"] for event in events if event["kind"] == "step"}


def largest_difference(truth, ours):
    """Of two courses of the same steps, as a share of the truth, with the name of the term."""
    assert list(truth) == list(ours), (list(truth), list(ours))
    worst = (0.0, "", 0)
    for step, terms in truth.items():
        assert list(terms) == list(ours[step]), (list(terms), list(ours[step]))
        # A term that a step leaves out is 0 in both.
        worst = max([worst, *((abs(value - ours[step][name]) / (abs(value) or 1), name, step) for name, value in terms.items())])
    return worst


def checkpoint(folder, step):
    """(tensors, metadata) of a run folder or an exported run."""
    from munit_torch import safetensors

    return safetensors.read(os.path.join(folder, "checkpoints", f"step-{step:08d}.safetensors"))
