# ruff: noqa: E402
"""What is lost, paid twice and how fast it goes when a hosted model misbehaves: the figures of docs/nova.md.

    python benchmarks/nova_faults.py                 all measures, half an hour
    python benchmarks/nova_faults.py profiles rates ends bills

profiles   ten profiles of faults, text and all modalities, each run twice: all embedded or named, none paid twice
commands   the same by the command line: exit codes, what the second run sends
rates      delivered rate at 10, 17 and 25 % of 503, beside botocore's adaptive mode in a pool of threads
ends       Ctrl-C, kill -9, a full disk, two processes over one cache: what is paid twice
bills      random sequences of budgets and sources: the estimate and the bill

``PROFILES=0:4`` takes the first four profiles, ``ROUNDS=5`` and ``RATE_ROUNDS=1`` make less of everything; so do
``SERVICES=0:1`` and ``SHARES="0 .1"`` of the rates.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from fakes.fake_bedrock import FakeBedrock
from fakes.toy_library import text_items
from fakes.toy_model import topic_texts
from nova_throughput import naive
from nova_throughput import service as separate_service

from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed, estimate
from nova_explore.errors import NovaExploreError
from nova_explore.library.store import open_library
from nova_explore.models.nova.model import NovaModel

RATE_ROUNDS = int(os.environ.get("RATE_ROUNDS", "3"))
TEXTS, ROUNDS = int(os.environ.get("TEXTS", "300")), int(os.environ.get("ROUNDS", "20"))
PROFILES = {
    "calm": {}, "5 % random": {"faults": 0.05}, "17 % of 503": {"mix": {"unavailable": 0.17}},
    "25 % of 503": {"mix": {"unavailable": 0.25}}, "20 % of 429": {"mix": {"throttle": 0.2}},
    "5 s of 424": {"outage_after": (40, 5.0, "model")}, "5 s of 408": {"outage_after": (40, 5.0, "timeout")},
    "5 s of 500": {"outage_after": (40, 5.0, "server")}, "5 s of cut answers": {"outage_after": (40, 5.0, "cut")},
    "10 % damaged": {"mix": {"half": 0.04, "nan": 0.03, "empty": 0.03}},
    "tokens of the day": {"outage_after": (40, 6.0, "daily")}, "token lapses": {"outage_after": (40, 6.0, "expired")},
    "proxy wants a password": {"outage_after": (40, 6.0, "proxy")},
}  # fmt: skip
if only := os.environ.get("PROFILES"):
    PROFILES = dict(list(PROFILES.items())[slice(*map(int, only.split(":")))])

ENDPOINTS = [f"AWS_ENDPOINT_URL_{name}" for name in ("BEDROCK_RUNTIME", "STS", "BEDROCK", "SERVICE_QUOTAS")]


@contextlib.contextmanager
def service(folder: Path, **habits: object) -> Iterator[FakeBedrock]:
    """The strict local service, with a cache of its own for whoever calls it."""
    options = {name: habits.pop(name) for name in ("latency", "rate", "faults") if name in habits}
    with FakeBedrock(**options) as fake:  # pyright: ignore[reportArgumentType]
        for name, value in habits.items():
            setattr(fake, name, value)
        for name in ENDPOINTS:
            os.environ[name] = fake.url
        os.environ["NOVA_EXPLORE_CACHE"] = tempfile.mkdtemp(dir=folder)
        yield fake


def texts(count: int = TEXTS) -> Collection:
    return Collection(text_items(topic_texts(-(-count // 4)))[:count])


def media(folder: Path) -> Collection:
    """Some of each modality, no two that are the same bytes when they are sent."""
    import numpy as np
    import soundfile
    from fakes.making import film, pdf
    from PIL import Image

    from nova_explore.sources.read import read

    folder.mkdir(exist_ok=True)
    draw = np.random.default_rng(0)
    for n in range(40):
        Image.fromarray(draw.integers(0, 255, (24, 24, 3), dtype=np.uint8)).save(folder / f"{n}.png")
    for n in range(15):
        soundfile.write(folder / f"{n}.wav", 0.3 * np.sin(np.arange(0, 1.0 + n / 10, 1 / 8000) * (900 + 31 * n)), 8000)
    for n in range(3):
        film(folder / f"{n}.mp4", seconds=2 + n)
    (folder / "letter.pdf").write_bytes(pdf([f"Page {page}" for page in range(6)]))
    return Collection([*read(folder, progress=False), *texts(60)])


def measure_profiles(folder: Path) -> None:
    print("\nprofile                   items     embedded  named  paid twice  2nd run calls  how it ended")
    mixed = media(folder / "media")
    for name, habits in PROFILES.items():
        for what, items in (("text", texts()), ("all five", mixed)):
            with service(folder, latency=0.02, **habits) as fake:  # pyright: ignore[reportArgumentType]
                to = Path(tempfile.mkdtemp(dir=folder)) / "a.nova"
                ended, library = [], None
                for _ in range(4):
                    sent = fake.summary()["requests"]
                    try:
                        library = embed(items, to=to, model="nova", progress=False)
                        ended.append("done")
                    except NovaExploreError as error:
                        ended.append(getattr(error, "family", type(error).__name__))
                        time.sleep(6.5)  # until the person has done what the message says
                    if len(ended) > 1 and ended[-2:] == ["done", "done"]:
                        break
                seen = fake.summary()
                space = NovaModel().space
                stored = len(library.embedded(space)) if library else 0
                named = len(library.failures(space)) if library else 0
                again = seen["requests"] - sent
                contents = len({item.content_key for item in items})
                row = f"{name:<24}  {what:<8} {stored:>4}/{contents:<4} {named:>6} {seen['twice']:>11} {again:>14}"
                print(f"{row}  {', '.join(ended)}", flush=True)


def measure_commands(folder: Path) -> None:
    """Each profile by the command line until two runs end alike: what every run says and sends."""
    from typer.testing import CliRunner

    from nova_explore.cli.commands import app

    print("\nprofile                   items     embedded  named  paid twice  last run's calls  exit codes")
    everything = folder / "everything"
    media(everything)
    words = folder / "words"
    for place, count in ((everything, 30), (words, TEXTS)):
        place.mkdir(exist_ok=True)
        for n, item in enumerate(texts(count)):
            (place / f"text {n}.txt").write_text(item.text or "")
    for name, habits in PROFILES.items():
        for what, source in (("text", words), ("all five", everything)):
            with service(folder, latency=0.02, **habits) as fake:  # pyright: ignore[reportArgumentType]
                to = Path(tempfile.mkdtemp(dir=folder)) / "a.nova"
                codes, sent = [], 0
                while len(codes) < 6 and codes[-2:] != [0, 0]:
                    sent = fake.summary()["requests"]
                    ran = CliRunner().invoke(app, ["embed", str(source), "--to", str(to), "--model", "nova", "--yes"])
                    codes.append(ran.exit_code)
                    if ran.exit_code:
                        time.sleep(6.5)  # until the person has done what the message says
                seen, library, space = fake.summary(), open_library(to), NovaModel().space
                keys = {item.content_key for item in library.collection()}
                stored, named = library.embedded(space) & keys, set(library.failures(space)) & keys
                said = f"{seen['sent_again']:>11} {seen['requests'] - sent:>17}  {codes}"
                print(f"{name:<24}  {what:<8} {len(stored):>4}/{len(keys):<4} {len(named):>6} {said}", flush=True)


def measure_rates(folder: Path) -> None:
    """The service is a process of its own here: else its work would count as the client's."""
    print(
        f"\nmedians of {RATE_ROUNDS} rounds in turn: good a second, part of the undisturbed, ms of CPU a request, lost"
    )
    services = ((None, "no limit, 300 ms", 0.3, 1500), (50, "limit 50/s, 60 ms", 0.06, 1000))
    for limit, name, latency, count in services[slice(*map(int, os.environ.get("SERVICES", "0:2").split(":")))]:
        calm: dict[str, float] = {}
        for share in map(float, os.environ.get("SHARES", "0 .05 .1 .17 .25").split()):
            found: dict[str, list[tuple[float, float, int]]] = {"ours": [], "adaptive": []}
            for _ in range(RATE_ROUNDS):
                for who, rounds in found.items():
                    rounds.append(rate_of(folder, who, limit, share, latency=latency, count=count))
            said = []
            for who, rounds in found.items():
                rate, work = (statistics.median(column) for column in list(zip(*rounds, strict=True))[:2])
                calm.setdefault(who, rate)
                said.append(f"{rate:6.1f}/s {rate / calm[who]:4.0%} {work:4.1f} ms lost {sum(r[2] for r in rounds):>3}")
            load = os.getloadavg()[0]
            print(f"{name:<18} {share:4.0%} 503  ours {said[0]}  adaptive 64 {said[1]}  load {load:.0f}", flush=True)


def rate_of(
    folder: Path, who: str, limit: int | None, share: float, *, latency: float, count: int
) -> tuple[float, float, int]:
    """Good answers a second from the first request to the last, ms of CPU a request, items without an answer."""
    options = ["--latency", str(latency), "--unavailable", str(share), *(["--rate", str(limit)] if limit else [])]
    items = texts(count)
    with separate_service(*options) as fake:
        began = time.process_time()
        if who == "ours":
            for _ in NovaModel(cache=tempfile.mkdtemp(dir=folder)).embed_stream(items):
                pass
        else:
            naive(items, 64, count, "adaptive")
        work, seen = time.process_time() - began, fake.seen()
    return seen["good"] / seen["seconds"], 1000 * work / seen["requests"], count - seen["good_bodies"]


def child(to: str, count: int) -> None:
    """One run, in a process of its own that may be stopped at any moment."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    embed(texts(count), to=to, model="nova", progress=False)


WARM = multiprocessing.get_context("forkserver")
"""Starts processes that have imported everything already: on a busy machine that takes most of their time."""


def start(to: Path, count: int) -> Any:
    process = Starting(to, count)
    process.start()
    return process


class Starting(WARM.Process):
    """A run whose environment is that of the moment it is started."""

    def __init__(self, to: Path, count: int) -> None:
        self.place = {name: os.environ[name] for name in (*ENDPOINTS, "NOVA_EXPLORE_CACHE")}
        super().__init__()
        self.to, self.count = str(to), count

    def run(self) -> None:
        os.environ |= self.place
        child(self.to, self.count)


COUNT = 200
"""Items of a run that is stopped."""


def measure_ends(folder: Path) -> None:
    measure_stops(folder, ("Ctrl-C", signal.SIGINT), ("kill -9", signal.SIGKILL))
    measure_two(folder)
    measure_full_disk(folder)


def measure_stops(folder: Path, *stops: tuple[str, signal.Signals]) -> None:
    """Stop a run at a random moment, then make the same call again."""
    count = COUNT
    draw = random.Random(1)
    for name, by in stops or (("kill -9", signal.SIGKILL),):
        twice, codes, flying, beyond = 0, [], [], 0
        for _ in range(ROUNDS):
            with service(folder, latency=0.2, rate=60) as fake:
                to = Path(tempfile.mkdtemp(dir=folder)) / "a.nova"
                process = start(to, count)
                moment = draw.randint(5, count - 40)
                while process.is_alive() and fake.good.total() < moment:
                    time.sleep(0.01)
                with contextlib.suppress(ProcessLookupError):  # it was faster than this loop
                    os.kill(process.pid, by)
                process.join()
                flying.append(claimed())
                codes.append(process.exitcode)
                time.sleep(0.3)
                embed(texts(count), to=to, model="nova", progress=False)
                again = fake.summary()["sent_again"]
                twice, beyond = twice + again, beyond + max(0, again - flying[-1])
        air = f"{sum(flying)} in flight at the stops ({min(flying)} to {max(flying)} each)"
        said = f"{twice} paid twice of {air}, {beyond} beyond what was in flight, statuses {sorted(set(codes))}"
        print(f"   {name:<14} {ROUNDS} times: {said}", flush=True)


def claimed() -> int:
    """Calls that a process had in flight when it ended, by the claims that it left in its cache.

    The service's own count would miss what has left and not arrived, and what was answered and not yet stored.
    """
    with contextlib.closing(sqlite3.connect(Path(os.environ["NOVA_EXPLORE_CACHE"]) / "vectors.sqlite")) as cache:
        return cache.execute("SELECT COUNT(DISTINCT owner) FROM claims").fetchone()[0]


def measure_two(folder: Path) -> None:
    """Two processes, two libraries, the same items, one cache."""
    count = COUNT
    twice, codes = 0, []
    for _ in range(ROUNDS):
        with service(folder, latency=0.1, rate=80) as fake:
            both = [start(Path(tempfile.mkdtemp(dir=folder)) / "a.nova", count) for _ in range(2)]
            for process in both:
                process.join()
            codes += [process.exitcode for process in both]
            twice += fake.summary()["sent_again"]
    print(f"   two processes  {ROUNDS} times: {twice} of {count} paid twice, statuses {sorted(set(codes))}", flush=True)


def measure_full_disk(folder: Path) -> None:
    """A disk of a few megabytes that another program fills while a run goes on; needs the right to mount one."""
    count = COUNT
    place = folder / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(place)], check=False).returncode:
        print("   full disk: no right to mount a small disk here")
        return
    try:
        twice, said, flying = 0, set(), []
        for turn in range(ROUNDS):
            with service(folder, latency=0.2, rate=60) as fake:
                to = place / f"{turn}.nova"
                filler = place / "filler"

                class Filling(NovaModel):
                    def embed_stream(self, items, filler=filler, fake=fake, **options):
                        for n, answer in enumerate(super().embed_stream(items, **options)):
                            if n == 60:
                                flying.append(fake.at_once)
                                with contextlib.suppress(OSError), filler.open("wb") as file:
                                    while True:
                                        file.write(b"0" * 2**16)
                                        file.flush()
                            yield answer

                try:
                    embed(texts(count), to=to, model=Filling(), progress=False)
                except NovaExploreError as error:
                    said.add(str(error).partition("(")[0])
                filler.unlink()
                embed(texts(count), to=to, model="nova", progress=False)
                twice += fake.summary()["sent_again"]
            subprocess.run(["rm", "-rf", str(to)], check=True)
        print(
            f"   full disk      {ROUNDS} times: {twice} paid twice of {sum(flying)} in flight; said: {said}", flush=True
        )
    finally:
        subprocess.run(["umount", str(place)], check=False)


def measure_bills(folder: Path) -> None:
    equal = kept = budgets = plain = 0
    everything = [*media(folder / "billed"), *texts(200)[60:]]
    for seed in range(ROUNDS):
        draw = random.Random(seed)
        # By turns texts alone and all five modalities.
        items = everything if seed % 2 else list(texts(200))
        with service(folder, latency=0.0) as fake:
            to = Path(tempfile.mkdtemp(dir=folder)) / "a.nova"
            for _ in range(6):
                some = Collection(draw.sample(items, draw.randint(1, 80)))
                expected = estimate(some, to=to, model="nova")
                assert expected is not None
                budget = draw.choice([None, None, expected.most * draw.random()])
                before, calls = fake.billed, fake.summary()["requests"]
                embed(some, to=to, model="nova", budget=budget, progress=False)
                billed, sent = fake.billed - before, fake.summary()["requests"] - calls
                if budget is None:
                    plain += 1
                    equal += sent == expected.calls and round(billed, 2) == round(expected.cost, 2)
                else:
                    budgets += 1
                    kept += billed <= budget and sent <= expected.calls
    print(f"   {ROUNDS} sequences of 6 runs: {equal} of {plain} bills equal their estimate, calls and cents")
    print(f"   {kept} of {budgets} budgets kept", flush=True)


def main() -> None:
    warnings.simplefilter("ignore")
    WARM.set_forkserver_preload(["__main__", "boto3", "numpy", "pyarrow", "nova_explore.embedding.embed", "tqdm.auto"])
    measures = {
        "profiles": measure_profiles, "commands": measure_commands, "rates": measure_rates,
        "ends": measure_ends, "kills": measure_stops,
        "two": measure_two, "disk": measure_full_disk, "bills": measure_bills,
    }  # fmt: skip
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or ("profiles", "rates", "ends", "bills"):
            print(f"\n{name}")
            measures[name](Path(folder))
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
