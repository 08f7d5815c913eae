"""The files of the local model, and how they are opened.

Where each comes from is in ``provenance.json``, whose work it is in ``NOTICE.md``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

FOLDER = Path(__file__).parent


def path_of(name: str) -> Path:
    """Where a file of the local model is."""
    return FOLDER / name


def open_session(name: str, threads: int) -> Any:
    """Open an ONNX Runtime session on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Threads that spin while they wait halve the speed on a machine that others use too (39 instead of 78 pictures/s).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path_of(name)), options, providers=["CPUExecutionProvider"])


@cache
def read_arrays(name: str) -> dict[str, np.ndarray]:
    """Arrays of an ``.npz`` file as float32, read once."""
    import numpy as np

    with np.load(path_of(name)) as stored:
        arrays = {key: stored[key].astype(np.float32) for key in stored.files}
    for array in arrays.values():
        array.setflags(write=False)
    return arrays
