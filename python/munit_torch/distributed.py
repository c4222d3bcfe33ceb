"""The processes of a run: who this one is, and what they tell each other. Ranks come from RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT."""
import os
import platform
from datetime import timedelta

import torch
from torch import distributed

from . import __version__
from .errors import RunError


def _number(name, default):
    text = os.environ.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise RunError(f"{name} must be a whole number, but it is '{text}'.")
    return int(text)


class Ranks:
    """One process among `world`; `world` is 1 without a launcher."""

    def __init__(self, device="cpu", backend=None, timeout=600):
        self.rank, self.world = _number("RANK", 0), _number("WORLD_SIZE", 1)
        if self.rank >= self.world:
            raise RunError(f"RANK is {self.rank}, which must be below WORLD_SIZE, {self.world}.")
        self.device = torch.device(device if device != "cuda" else f"cuda:{_number('LOCAL_RANK', 0)}")
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        self.backend = backend or ("nccl" if self.device.type == "cuda" else "gloo")
        if self.world > 1:
            missing = [name for name in ("RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
            if missing:
                raise RunError(f"WORLD_SIZE is {self.world}, but {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set. Start the ranks with torchrun, or set them.")
            distributed.init_process_group(self.backend, timeout=timedelta(seconds=timeout))

    @property
    def leads(self):
        return self.rank == 0

    def description(self):
        processes = "1 process" if self.world == 1 else f"{self.world} processes ({self.backend})"
        device = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "the CPU"
        return f"PyTorch {torch.__version__} on {device}, {processes}, munit_torch {__version__}"

    def agree(self, facts):
        """Refuses a start whose processes differ in anything that matters. @raise RunError in all of them"""
        own = {
            "munit_torch": __version__,
            "torch": torch.__version__,
            "Python": ".".join(platform.python_version_tuple()[:2]),
            "WORLD_SIZE": self.world,
            **facts,
        }
        if self.world == 1:
            return
        everyone = [None] * self.world
        distributed.all_gather_object(everyone, own)
        for key in own:
            values = [facts_of.get(key) for facts_of in everyone]
            if any(value != values[0] for value in values):
                said = ", ".join(f"rank {rank}: {value}" for rank, value in enumerate(values))
                raise RunError(f"The processes differ in {key} ({said}). Give all of them the same, and start them again.")

    def mean(self, values):
        """The mean over processes of some numbers on the device, as a list."""
        values = values.detach().to(torch.float64).cpu() if self.device.type == "cpu" else values.detach().double()
        if self.world > 1:
            distributed.all_reduce(values)
            values = values / self.world
        return values.tolist()

    def any(self, flag):
        """Whether a flag is up in any process."""
        if self.world == 1:
            return flag
        value = torch.tensor([1 if flag else 0], device=self.device)
        distributed.all_reduce(value, op=distributed.ReduceOp.MAX)
        return bool(value.item())

    def gather(self, x):
        """The rows of all processes, in the order of their ranks."""
        if self.world == 1:
            return x
        parts = [torch.empty_like(x) for _ in range(self.world)]
        distributed.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    def wait(self):
        if self.world > 1:
            distributed.barrier()

    def close(self):
        if self.world > 1 and distributed.is_initialized():
            distributed.destroy_process_group()
