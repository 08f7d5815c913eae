"""Contenders in processes of their own: timed from the first import to the result, with the most memory they held."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

Contenders = Mapping[str, Callable[[np.ndarray], np.ndarray]]


def run_alone(script: str, name: str, rows: np.ndarray, few: int) -> tuple[np.ndarray, float, float]:
    """Give rows to a contender of a script, after a few of them once, so that what it compiles is on disk.

    Returns
    -------
    result : array
    seconds, mebibytes : float
    """
    with tempfile.TemporaryDirectory() as temporary:
        source, target = Path(temporary) / "rows.npy", Path(temporary) / "result.npz"
        for part in (rows[:few], rows):
            np.save(source, part)
            subprocess.run([sys.executable, script, "--contend", name, str(source), str(target)], check=True)
        with np.load(target) as found:
            return found["result"], float(found["seconds"]), float(found["mebibytes"])


def contend(contenders: Contenders) -> bool:
    """Be the contender that `run_alone` started, if this process is one."""
    if sys.argv[1:2] != ["--contend"]:
        return False
    warnings.simplefilter("ignore")
    name, source, target = sys.argv[2:]
    rows = np.load(source, mmap_mode="c")
    begun = time.perf_counter()
    result = contenders[name](rows)
    seconds = time.perf_counter() - begun
    np.savez(target, result=result, seconds=seconds, mebibytes=most_held())
    return True


def most_held() -> float:
    """Return the most memory that this process ever held, in mebibytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    # Not getrusage: on Linux a process counts what the one held that it was forked from.
    told = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024
