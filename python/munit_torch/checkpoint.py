"""Checkpoints: each one file with its SHA-256 beside it, whole or absent, as munit keeps them."""
import hashlib
import json
import os
import re

import torch

from . import safetensors
from .errors import RunError

FORMAT = "munit-torch-state-1"
PATTERN = re.compile(r"^step-(\d+)\.safetensors$")


def write_atomic(path, data):
    """Beside its place, flushed, then renamed: a kill or a full disk leaves the old file or the new one."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def path_of(folder, step):
    return os.path.join(folder, "checkpoints", f"step-{step:08d}.safetensors")


def steps_in(folder):
    names = os.listdir(os.path.join(folder, "checkpoints")) if os.path.isdir(os.path.join(folder, "checkpoints")) else []
    return sorted(int(match[1]) for match in map(PATTERN.match, names) if match)


def save(folder, step, tensors, metadata, best, keep_last, keep_every):
    """Writes one, then removes what is not kept. `best` is the score of the best so far, which is kept until a better one is saved."""
    data = safetensors.encode(tensors, metadata)
    path = path_of(folder, step)
    digest = hashlib.sha256(data).hexdigest()
    mark = "" if best is None else f"# best {json.dumps({'reconstruction': best})}\n"
    # The checksum is on disk first: a file without a matching one is never loaded.
    write_atomic(f"{path}.sha256", f"{mark}{digest}  {os.path.basename(path)}\n".encode())
    write_atomic(path, data)
    steps = steps_in(folder)
    marked = [s for s in steps if best_score(folder, s) is not None]
    kept = {*steps[-keep_last:], *marked[-1:], *(s for s in steps if keep_every and s % keep_every == 0)}
    for old in steps:
        if old not in kept:
            os.remove(path_of(folder, old))
            os.remove(f"{path_of(folder, old)}.sha256")
    return path, len(data)


def best_score(folder, step):
    """The score of a checkpoint that was the best when it was saved; None of others."""
    try:
        with open(f"{path_of(folder, step)}.sha256", encoding="utf-8") as file:
            match = re.search(r"^# best (.*)$", file.read(), re.M)
        return None if match is None else float(json.loads(match[1])["reconstruction"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def newest(folder):
    """(step, tensors, metadata, digest) of the newest checkpoint that is whole. Files of interrupted writes are passed over."""
    faults = []
    for step in reversed(steps_in(folder)):
        path = path_of(folder, step)
        try:
            with open(path, "rb") as file:
                data = file.read()
            with open(f"{path}.sha256", encoding="utf-8") as file:
                expected = file.read()
        except OSError as error:
            faults.append(str(error))
            continue
        digest = hashlib.sha256(data).hexdigest()
        if digest not in expected:
            faults.append(f"{path} does not match its checksum")
            continue
        tensors, metadata = safetensors.parse(data, path)
        if metadata.get("format") != FORMAT:
            raise RunError(f"{path} is not a training state of `munit export-run`. Export the run again.")
        return step, tensors, metadata, digest
    raise RunError(f"No checkpoint in {folder} can be used{': ' if faults else ''}{'; '.join(faults)}. Export the run again, or restore one.")


def check_finite(tensors):
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise RunError(f"The training state at '{name}' is not finite. The last checkpoint is kept; lower the learning rate, or start from an earlier one.")
