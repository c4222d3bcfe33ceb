"""Reads and writes safetensors files: a header of JSON, then the values, little-endian and row-major."""
import json
import struct
import sys

import torch

from .errors import RunError

LONGEST_HEADER = 100_000_000


def parse(data, where):
    """All float32 tensors of a file's bytes by name, and its metadata. @raise RunError when it is damaged"""
    try:
        (length,) = struct.unpack_from("<Q", data)
        if length > min(LONGEST_HEADER, len(data) - 8):
            raise ValueError("its header is longer than the file")
        header = json.loads(bytes(data[8 : 8 + length]))
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            if entry["dtype"] != "F32":
                raise ValueError(f"'{name}' is {entry['dtype']}, not F32")
            begin, end = entry["data_offsets"]
            count = 1
            for size in entry["shape"]:
                count *= size
            if begin < 0 or end - begin != 4 * count or 8 + length + end > len(data):
                raise ValueError(f"'{name}' has {end - begin} bytes for the shape {entry['shape']}")
            # A copy, so that the whole file does not stay in memory for the sake of one tensor.
            flat = torch.frombuffer(bytearray(data[8 + length + begin : 8 + length + end]), dtype=torch.float32) if count else torch.empty(0)
            tensors[name] = flat.reshape(entry["shape"])
        return tensors, metadata
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise RunError(f"{where} is not a readable safetensors file: {error}. Restore it from a copy.") from error


def read(path):
    with open(path, "rb") as file:
        return parse(file.read(), path)


def encode(tensors, metadata):
    """The bytes of a file with these float32 tensors and these strings."""
    header, parts, at = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        array = tensor.detach().to("cpu", torch.float32).contiguous().numpy()
        if sys.byteorder == "big":
            array = array.byteswap()
        values = array.tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + len(values)]}
        parts.append(values)
        at += len(values)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])
