"""
What the peers share: their end of the talk with `galaxy-desk bench`, and the files that our side wrote. A peer gets its settings as the one
argument, JSON. It says one line of JSON when it is ready, works a round when it is told to, and says how long that took.
"""

import ctypes
import gc
import importlib
import json
import os
import sys
import time


def serve(prepare, needs):
    """
    Runs a peer. `prepare(settings)` gives (about, work, units): what it says of itself, a function that does one round, and what its time is
    divided by. `needs` are the packages that have to be there. `about["cpu"]` False: other processes take part, their time is not known.
    """
    for name in needs:
        try:
            importlib.import_module(name)
        except ImportError:
            say({"kind": "missing", "what": name})
            return
    try:
        about, work, units = prepare(json.loads(sys.argv[1]))
        knows_cpu = about.pop("cpu", True)
        say({"kind": "ready", "about": about})
        for line in sys.stdin:
            if json.loads(line)["kind"] == "end":
                break
            cpu, started = time.process_time(), time.perf_counter()
            work()
            ms, cpu_ms = 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - cpu)
            say({"kind": "round", "times": {"": [ms / units]}, "cpuMs": cpu_ms / units if knows_cpu else None})
        say({"kind": "ended", "peakMemoryMb": peak_memory_mb()})
    except Exception as error:
        say({"kind": "failed", "code": None, "message": f"{os.path.basename(sys.argv[0])}: {type(error).__name__}: {error}"})
        raise


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def peak_memory_mb():
    """The most memory that this process had resident, MiB."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        import resource

        # Bytes on macOS, kilobytes elsewhere.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def forget_peak_memory():
    """What was tried to find the fastest way is no part of the way's memory."""
    gc.collect()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def fastest(ways, work, rounds=2):
    """The way whose `work(way)` takes the least time, best of `rounds` after one that does not count."""
    if len(ways) == 1:
        return ways[0]

    def seconds(way):
        taken = []
        for _ in range(rounds + 1):
            started = time.perf_counter()
            work(way)
            taken.append(time.perf_counter() - started)
        return min(taken[1:])

    return min(ways, key=seconds)


def read_arrays(path):
    """The float32 arrays of a safetensors file by name, in the order of the file."""
    import numpy as np

    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        data = file.read()
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy()
    return arrays


def read_json(*parts):
    with open(os.path.join(*parts)) as file:
        return json.load(file)
