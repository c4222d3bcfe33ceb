"""python -m munit_torch train FOLDER"""
import argparse
import sys

import torch

from . import __version__
from .distributed import Ranks
from .errors import RunError
from .session import Session


def arguments():
    parser = argparse.ArgumentParser(prog="python -m munit_torch", description="Trains a run that `munit export-run RUN --to torch` has written.")
    parser.add_argument("--version", action="version", version=f"munit_torch {__version__}, PyTorch {torch.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train from the newest checkpoint of FOLDER; start one such process for each rank")
    train.add_argument("folder")
    train.add_argument("--until", type=int, metavar="STEP", help="stop, with a checkpoint, at this step; by default at max_iter of the run")
    train.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    train.add_argument("--backend", choices=["gloo", "nccl", "mpi"], help="how processes talk; by default gloo on the CPU and nccl on GPUs")
    train.add_argument("--bf16", action="store_true", help="compute in bfloat16 where PyTorch's autocast says so; losses then differ from munit's")
    train.add_argument("--threads", type=int, help="threads of this process; by default PyTorch's choice")
    train.add_argument("--timeout", type=int, default=600, metavar="SECONDS", help="how long a process waits for another one before it gives up")
    return parser.parse_args()


def main():
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    ranks = session = None
    try:
        ranks = Ranks(options.device, options.backend, options.timeout)
        session = Session(options.folder, ranks, options.until, options.bf16)
        reason = session.train()
        ranks.close()
        return 0 if reason == "finished" else 130
    except RunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:
        # gloo and NCCL report a process that is gone in words of their own.
        if ranks is None or ranks.world == 1:
            raise
        print(f"Error: process {ranks.rank} of {ranks.world} lost the others: {error}. Start all of them again: they continue from the newest checkpoint.", file=sys.stderr)
        return 3
    finally:
        if session is not None:
            session.close()


if __name__ == "__main__":
    sys.exit(main())
