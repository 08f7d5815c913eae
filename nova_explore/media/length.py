"""How long a recording plays, and what of it cannot be played: by its packets, never by one header alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nova_explore.media import container

JUMP = 60.0
"""Seconds that time may jump ahead from packet to packet before the next one has to confirm it."""

RESYNCED = frozenset(("ts", "flv", "mpg", "asf", "rm", "ogg", "ogv", "aac"))
"""Formats of packets one after the other up to the end of the file: what lies behind the last was not reached."""

UNREACHED = 0.05
"""Share of such a file behind its last packet from which on something is missing; a tag is smaller."""

EXACT = frozenset(("wav", "aiff", "au"))
"""Formats whose samples cannot be damaged without still being samples."""

MOST_CHECKED = 600.0
"""Seconds of the longest sound that is decoded as a whole when it is read, to find what is damaged in it."""

FEW_DAMAGED = 2
"""Packets that may be damaged and are not spoken of: where recordings were joined, one is."""

SHORTER, ROUNDED = 0.03, 0.5
"""Share of a sound, and seconds, that may be missing after decoding: encoders pad and round."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a recording is, by its packets.

    Attributes
    ----------
    pictures, sound : float
        Seconds from the recording's beginning to the end of its pictures, and of its sound tracks; 0 where there are
        none.
    steady : bool
        False where time jumps back: recordings that were joined or chained.
    reached : int
        Bytes from the file's beginning to the end of the last packet.
    broken : str
        Why it could not be read on before its end; empty where it could.
    """

    pictures: float
    sound: float
    steady: bool
    reached: int = 0
    broken: str = ""


class _Clock:
    """The times of one stream's packets: a single one that is far ahead of all others is damaged, and none of them."""

    def __init__(self) -> None:
        self.end, self.sum = 0.0, 0.0
        self.steady = True
        self._last, self._largest_gap = -np.inf, 0.0
        self._ahead: list[tuple[float, float]] = []

    def take(self, decoded: float, end: float, length: float) -> None:
        self.sum += length
        if decoded > self._last + JUMP and np.isfinite(self._last) and not self._ahead:
            self._ahead.append((decoded, end))
            return
        if self._ahead and decoded >= self._ahead[0][0] - 1.0:
            self._accept(*self._ahead[0])  # time goes on from there: it was a gap
        self._ahead.clear()
        self._accept(decoded, end)

    def close(self) -> None:
        """The last packet has come: what is still unconfirmed counts where the stream has had such gaps before."""
        if self._ahead and self._ahead[0][0] - self._last <= 10 * self._largest_gap:
            self._accept(*self._ahead[0])

    def _accept(self, decoded: float, end: float) -> None:
        self.steady = self.steady and decoded >= self._last - 1.0
        if np.isfinite(self._last):
            self._largest_gap = max(self._largest_gap, decoded - self._last)
        self._last, self.end = decoded, max(self.end, end)


def measure(media: Any, picture: Any | None) -> Length:
    """Read all packets, undecoded: headers are often missing, stale, or those of the first of several recordings.

    Parameters
    ----------
    media : PyAV container
        Just opened; it stands at its end afterwards.
    picture : stream or None
        Of moving pictures.
    """
    start = container.beginning(media)
    sounds = container.sound_streams(media)
    tracks = [stream for stream in (picture, *sounds) if stream is not None]
    clocks = {stream.index: _Clock() for stream in tracks}
    reached = 0
    broken: list[str] = []
    for packet in container.in_time(media, media.demux(tracks), broken):
        at = packet.dts if packet.dts is not None else packet.pts
        if at is None:
            continue
        reached = max(reached, (packet.pos or 0) + packet.size)
        shown = packet.pts if packet.pts is not None else at
        length = float((packet.duration or 0) * packet.time_base)
        clocks[packet.stream_index].take(float(at * packet.time_base), float(shown * packet.time_base) + length, length)
    for clock in clocks.values():
        clock.close()
    steady = all(clock.steady for clock in clocks.values())

    def until(stream: Any) -> float:
        clock = clocks[stream.index]
        rate = stream.average_rate or stream.base_rate if stream.type == "video" else None
        frame = 1 / float(rate) if rate and not clock.sum else 0.0
        seconds = clock.end - start + frame if clock.end > start else 0.0
        return seconds if steady else max(seconds, clock.sum)

    return Length(
        pictures=until(picture) if picture is not None else 0.0,
        sound=max((until(stream) for stream in sounds), default=0.0),
        steady=steady,
        reached=reached,
        broken="".join(broken),
    )


def unreached(path: Path, format: str, length: Length) -> str:
    """What of a file was not reached, in a few words; empty where nothing is missing."""
    size = path.stat().st_size
    left = size - length.reached
    if length.broken:
        return f"it cannot be read on after {length.reached:,} of {size:,} bytes: {length.broken}"
    if format not in RESYNCED or not length.reached or left < UNREACHED * size:
        return ""
    return f"the last {left:,} of {size:,} bytes cannot be read: the file is damaged"


def unheard(path: Path, format: str, duration: float, *, track: int = 0) -> str:
    """What of a sound cannot be decoded, in a few words; empty where all can, and where it is long.

    Parameters
    ----------
    path, format : Path, str
        The recording.
    duration : float
        Seconds that it announces.
    track : int
        Which sound track, from 0.
    """
    if format in EXACT or duration > MOST_CHECKED:
        return ""
    damaged: list[int] = []
    seconds = 0.0
    with container.opened(path) as media:
        stream = container.sound_streams(media)[track]
        for frame in container.frames(media, stream, damaged):
            seconds += frame.samples / frame.sample_rate
    if seconds < (1 - SHORTER) * duration - ROUNDED:
        return f"{seconds:.1f} of {duration:.1f} s can be decoded"
    return f"{len(damaged)} packets are damaged and passed over" if len(damaged) > FEW_DAMAGED else ""
