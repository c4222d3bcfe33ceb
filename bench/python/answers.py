"""The contestant's side of the lines: a JSON object a line on standard input, one back on standard output."""
import json
import os
import resource
import sys
import time

import numpy

# Some libraries print to standard output, which is the conductor's.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def send(message):
    print(json.dumps(message), file=ANSWERS, flush=True)


def check(work, path):
    """The losses of a step, or the values of an image in a file."""
    result = work()
    if isinstance(result, dict):
        return {"losses": result}
    with open(path, "wb") as file:
        file.write(numpy.ascontiguousarray(result, dtype="<f4").tobytes())
    return {}


def run(work, times):
    ms = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        ms.append((time.perf_counter() - start) * 1000)
    return {"ms": ms}


def memory(reset):
    """MiB now and at most; Linux forgets the peak so far on request."""
    try:
        if reset:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        with open("/proc/self/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return {"rss": int(fields["VmRSS"].split()[0]) / 1024, "peak": int(fields["VmHWM"].split()[0]) / 1024}
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
        return {"rss": peak, "peak": peak}


def answer(request, work):
    if request["do"] == "check":
        return check(work, request["file"])
    if request["do"] == "run":
        return run(work, request["times"])
    if request["do"] == "memory":
        return memory(request["reset"])
    raise ValueError(f"{request['do']} is not done here")


def serve(version, load):
    """Answers until the conductor closes the pipe. `load(request)` gives the work of an item: every call does it once, and returns its result."""
    send({"ready": True, "version": version})
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "load":
                work = load(request)
                send({})
            else:
                send(answer(request, work))
        except Exception as error:  # The conductor reports it, whatever it is.
            send({"error": f"{type(error).__name__}: {error}"})
