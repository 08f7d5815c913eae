"""Decoders that cannot be stopped work in a process of their own, with a budget of time and memory for each file.

PDFium, resvg and the readers of Office documents run until they are done, and a damaged file can end the process that
they run in. The child is started at the first such file and stays; it answers calls in order. A file that takes too
much ends the child, never the run: its reason is named, and the next file gets a new child.

What goes through the pipe is JSON and bytes: a child that a hostile file has taken over has no pickle to send.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from importlib import import_module
from typing import Any, BinaryIO

from nova_explore import errors
from nova_explore.errors import MissingExtraError, UnreadableError
from nova_explore.media import budget

WALL = 300.0
"""Seconds of the clock after which a call is given up, on systems that do not count a process's time too."""

MEMORY = 4 * 2**30
"""Bytes of address space of the child, where the system can limit them."""

_LENGTHS = struct.Struct(">QQ")
_SERVE = "from nova_explore.media import decoder_process; decoder_process.serve()"
_SPENT = {getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}


class _Child:
    """The process, and the one call at a time that it answers."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0
        self.lock = threading.RLock()
        self.serving = False
        """Whether this process is the child itself."""

    def start(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None or self.owner != os.getpid():
            paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)  # noqa: PTH100 ('' is the working folder)
            self.process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(budget.SECONDS), str(MEMORY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": paths},
            )
            self.owner = os.getpid()
        return self.process

    def end(self) -> int | None:
        """End the process; returns how it ended."""
        process, self.process = self.process, None
        if process is None or self.owner != os.getpid():
            return None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            return process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


_CHILD = _Child()


def run(function: str, *values: Any, data: bytes = b"") -> tuple[Any, bytes]:
    """Call a function of this room in the child.

    Parameters
    ----------
    function : str
        ``"module:name"``; it takes the values, and ``data`` where there is any, and returns a value and bytes.
    *values
        What JSON can hold.
    data : bytes
        Handed over as it is.

    Returns
    -------
    (value, bytes)
        As the function returned them, lists instead of tuples.

    Raises
    ------
    UnreadableError
        If the function raised it, or took more time or memory than one file may, or the decoder crashed.
    MissingExtraError
        If the function needs a package that is not installed.
    """
    if _CHILD.serving:
        return _call(function, values, data)
    with _CHILD.lock:
        try:
            process = _CHILD.start()
        except OSError:  # a system without processes
            return _call(function, values, data)
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(WALL, give_up)
        timer.daemon = True
        timer.start()
        try:
            _send(process.stdin, [function, *values], data)
            answer, found = _receive(process.stdout)
        except (OSError, EOFError, ValueError):
            ended = _CHILD.end()
            raise _why(ended, late=late.is_set()) from None
        except BaseException:  # an interrupt leaves an answer in the pipe that belongs to no other call
            process.kill()
            _CHILD.end()
            raise
        finally:
            timer.cancel()
    if "error" in answer:
        raise _error(answer["error"], answer["said"])
    return answer["value"], found


def _why(ended: int | None, *, late: bool) -> UnreadableError:
    if late or (ended is not None and -ended in _SPENT):
        return budget.too_long(budget.SECONDS)
    name = signal.Signals(-ended).name if ended is not None and ended < 0 else f"exit code {ended}"
    return UnreadableError(
        f"It ended its decoder ({name}): it is damaged, or needs more than {MEMORY // 2**30} GB of memory. "
        "Save it again, or as PNG."
    )


def _error(name: str, said: list[str]) -> Exception:
    if name == "MissingExtraError":
        return MissingExtraError(*said)
    if name == "UnreadableError":
        return UnreadableError(*said)
    return RuntimeError(f"{name}: {said[0] if said else ''}")


def _send(pipe: BinaryIO | Any, value: Any, data: bytes) -> None:
    head = json.dumps(value).encode()
    pipe.write(_LENGTHS.pack(len(head), len(data)) + head)
    pipe.write(data)
    pipe.flush()


def _receive(pipe: BinaryIO | Any) -> tuple[Any, bytes]:
    head, data = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    return json.loads(_exactly(pipe, head)), _exactly(pipe, data)


def _exactly(pipe: BinaryIO | Any, count: int) -> bytes:
    if count > MEMORY:
        raise EOFError
    found = pipe.read(count)
    if len(found) < count:
        raise EOFError
    return found


def _call(function: str, values: Any, data: bytes) -> tuple[Any, bytes]:
    module, _, name = function.partition(":")
    return getattr(import_module(f"nova_explore.media.{module}"), name)(*values, **({"data": data} if data else {}))


def serve() -> None:
    """Answer calls from standard input until it ends, as the child."""
    _CHILD.serving = True
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)  # what a decoder prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    _limit_memory(memory)
    while True:
        try:
            (function, *values), data = _receive(sys.stdin.buffer)
        except EOFError:
            return
        _limit_time(seconds)
        try:
            value, found = _call(function, values, data)
            answer: dict[str, Any] = {"value": value}
        except MissingExtraError as error:
            answer, found = {"error": "MissingExtraError", "said": [error.feature, error.name, error.extra]}, b""
        except MemoryError:
            said = f"It needs more than {memory // 2**30} GB of memory. Save a smaller copy."
            answer, found = {"error": "UnreadableError", "said": [said]}, b""
        except Exception as error:
            name = "UnreadableError" if isinstance(error, errors.UnreadableError) else type(error).__name__
            answer, found = {"error": name, "said": [str(error)]}, b""
        _send(answers, answer, found)


def _limit_memory(most: int) -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time(seconds: int) -> None:
    """Let the system end this process once it has worked so long from now."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + 1 + seconds, hard))


atexit.register(_CHILD.end)
