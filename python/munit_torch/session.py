"""A run in its exported folder: trains, logs and saves, and continues from the newest checkpoint."""
import hashlib
import json
import os
import resource
import signal
import sys
import time

import torch

from . import checkpoint
from .data import Batches
from .errors import RunError
from .trainer import Trainer

FORMAT = "munit-torch-run-1"


def read_run(folder):
    path = os.path.join(folder, "run.json")
    try:
        with open(path, encoding="utf-8") as file:
            run = json.load(file)
    except (OSError, ValueError) as error:
        raise RunError(f"{folder} holds no exported run ({error}). Make one: munit export-run RUN --to torch --out {folder}") from error
    if run.get("format") != FORMAT:
        raise RunError(f"{path} has the format '{run.get('format')}', and '{FORMAT}' is needed. Export the run with a munit of the same release as this package.")
    return run


class Events:
    """events.jsonl, by the lead: one object a line, with the time in milliseconds. What is beyond a resumed step never happened."""

    def __init__(self, folder, ranks, step):
        self.file = None
        if not ranks.leads:
            return
        path = os.path.join(folder, "events.jsonl")
        kept = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    try:
                        event = json.loads(line)
                    except ValueError:
                        continue
                    if event.get("step", 0) <= step:
                        kept.append(line if line.endswith("\n") else f"{line}\n")
        checkpoint.write_atomic(path, "".join(kept).encode())
        self.file = open(path, "a", encoding="utf-8")

    def write(self, event):
        if self.file is not None:
            self.file.write(json.dumps({"time": round(time.time() * 1000), **event}) + "\n")
            self.file.flush()

    def close(self):
        if self.file is not None:
            self.file.close()


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Session:
    """Everything of a run under way."""

    def __init__(self, folder, ranks, until=None, bf16=False):
        self.folder, self.ranks = folder, ranks
        self.run = read_run(folder)
        self.config = self.run["config"]
        step, tensors, metadata, digest = checkpoint.newest(folder)
        ranks.agree({
            "the run (run.json)": _digest(os.path.join(folder, "run.json")),
            "the checkpoint": f"step {step}, {digest[:12]}",
            "the step to train to": until,
            "bf16": bf16,
        })
        self.trainer = Trainer(self.run, tensors, metadata, ranks, bf16)
        state = json.loads(metadata.get("data", "null"))
        self.data = Batches(folder, self.run, state)
        self.last = min(self.config["max_iter"], until if until is not None else self.config["max_iter"])
        self.best = max((score for score in (checkpoint.best_score(folder, s) for s in checkpoint.steps_in(folder)) if score is not None), default=self.run.get("best"))
        self.reconstruction, self.interrupted, self.saved = [], False, step
        self.events = Events(folder, ranks, step)

    def train(self):
        """@return why it ended: finished or interrupted"""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._interrupt)
        trainer, config = self.trainer, self.config
        self.events.write({"kind": "session", "step": trainer.step, "device": self.ranks.description()})
        self._say(f"{self.ranks.description()}: from step {trainer.step} to {self.last}")
        since, count = time.perf_counter(), 0
        while trainer.step < self.last and not self.ranks.any(self.interrupted):
            rates = trainer.rates()
            terms = trainer.train(self.data)
            count += 1
            last = trainer.step == config["max_iter"]
            if last or trainer.step % config["log_iter"] == 0 or trainer.step == 1:
                self._log(terms, rates, (time.perf_counter() - since) * 1000 / count)
                since, count = time.perf_counter(), 0
            if last or trainer.step % config["snapshot_save_iter"] == 0:
                before = time.perf_counter()
                self._save()
                since += time.perf_counter() - before
        if self.saved != trainer.step:
            self._save()
        reason = "finished" if trainer.step >= self.last else "interrupted"
        self._say(f"{reason} at step {trainer.step}")
        return reason

    def close(self):
        self.events.close()

    def _interrupt(self, *_):
        self.interrupted = True

    def _say(self, text):
        if self.ranks.leads:
            print(text, file=sys.stderr, flush=True)

    def _log(self, terms, rates, step_ms):
        trainer = self.trainer
        values = self.ranks.mean(torch.stack([value for _, value in terms]))
        named, reconstruction = {}, 0.0
        for ((name, weight, weighted, reconstructs), _), value in zip(terms, values):
            named[name] = weight * value if weighted else value
            reconstruction += weight * value if reconstructs else 0.0
        for name, value in named.items():
            if not abs(value) < float("inf"):
                raise RunError(f"The loss term '{name}' is {value} at step {trainer.step}. The checkpoint of step {self.saved} is kept; lower the learning rate.")
        self.reconstruction.append(reconstruction)
        self.events.write({
            "kind": "step",
            "step": trainer.step,
            "totalSteps": self.config["max_iter"],
            "terms": named,
            "learningRate": rates["gen"],
            "learningRateDiscriminator": rates["dis"],
            "stepMs": step_ms,
            "dataWaitMs": 0,
            "etaSeconds": step_ms * (self.config["max_iter"] - trainer.step) / 1000,
            "residentBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            "tensorBytes": sum(4 * x.numel() for x in trainer.tensors().values()),
        })
        shown = " ".join(f"{name.replace('loss_', '')} {value:.4g}" for name, value in named.items() if "total" in name)
        self._say(f"step {trainer.step}/{self.config['max_iter']}  {shown}  {step_ms:.0f} ms")

    def _save(self):
        trainer = self.trainer
        tensors = trainer.tensors()
        checkpoint.check_finite(tensors)
        score = None
        if self.reconstruction:
            value = -sum(self.reconstruction) / len(self.reconstruction)
            if self.best is None or value > self.best:
                self.best = score = value
            self.reconstruction = []
        if self.ranks.leads:
            metadata = {
                "format": checkpoint.FORMAT,
                "step": str(trainer.step),
                "rng": json.dumps(trainer.rng.state()),
                "data": json.dumps(self.data.state()),
                **trainer.updates(),
            }
            _, size = checkpoint.save(self.folder, trainer.step, tensors, metadata, score, self.config["keep_last"], self.config["keep_every"])
            self.events.write({"kind": "checkpoint", "step": trainer.step, "best": score is not None, "bytes": size})
        # Nobody runs ahead of a file that a restart would need.
        self.ranks.wait()
        self.saved = trainer.step
