"""Reads safetensors files: a header of JSON, then the values, little-endian and row-major."""
import json
import struct

import torch


def read_safetensors(path):
    """All float32 tensors of a file, by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}; only F32 is read here")
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data, dtype=torch.float32, offset=begin, count=(end - begin) // 4)
        # A copy, so that the whole file does not stay in memory for the sake of one tensor.
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors
