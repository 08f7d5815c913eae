# ruff: noqa: E402
"""How fast, how safely and at what cost a library is embedded through a service with a limit and with faults.

    python benchmarks/nova_throughput.py            all measures, about ten minutes
    python benchmarks/nova_throughput.py pace free kill outage cost

The service is the strict local one of the tests, in a process of its own: real HTTP, real boto3, no account.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np
from fakes.toy_library import text_items, toy_collection
from fakes.toy_model import topic_texts

from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed, estimate
from nova_explore.library.store import open_library
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.request import MODEL_ID, Prepared, read_answer, request_body

ITEMS, LIMIT = int(os.environ.get("ITEMS", "2000")), 50
LATENCY, FAULTS, IN_FLIGHT, REPEATS, OUTAGE = 0.1, 0.05, 16, 3, 20


class Service:
    """The local service in a process of its own."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "fakes.fake_bedrock", *options]
        places = {"PYTHONPATH": os.pathsep.join((str(ROOT / "tests"), str(ROOT)))}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | places)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        if not self.url:  # else the calls would go to Amazon itself
            raise RuntimeError("The local service did not start.")

    def seen(self) -> dict:
        with urllib.request.urlopen(f"{self.url}/_seen") as answer:
            return json.load(answer)


@contextlib.contextmanager
def service(*options: str) -> Iterator[Service]:
    running = Service(*options)
    os.environ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = os.environ["AWS_ENDPOINT_URL_STS"] = running.url
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.wait()


def row(name: str, seen: dict, wanted: int, best: float) -> None:
    rate = seen["good"] / seen["seconds"] if seen["seconds"] else 0.0
    print(
        f"{name:<34} {rate:7.1f} good/s  {rate / best:5.0%} of {best:.0f}/s   lost {wanted - seen['good_bodies']:>5}"
        f"   good bodies sent twice {seen['twice']:>3}   requests {seen['requests']:>5}   errors {seen['errors']}"
    )


def measure_pace(folder: Path) -> None:
    texts = Collection(text_items(topic_texts(ITEMS // 4)))
    limited = ("--rate", str(LIMIT), "--faults", str(FAULTS), "--latency", str(LATENCY))
    print(f"\n1. {ITEMS} items, limit {LIMIT}/s, {FAULTS:.0%} random 429/500/503/reset, {LATENCY * 1000:.0f} ms")
    with service(*limited) as fake:
        began = time.monotonic()
        library = embed(texts, to=folder / "paced.nova", model=NovaModel(cache=folder / "1"), progress=False)
        wall = time.monotonic() - began
        row("nova_explore", fake.seen(), ITEMS, LIMIT)
        stored = len(library.embedded(NovaModel().space))
        print(f"{'':<34} {stored} of {ITEMS} stored, {wall:.1f} s in all, {ITEMS / wall:.1f} items/s with storing")
    for name, threads, count, mode in (
        ("sequential loop (300 items)", 1, 300, "legacy"),
        ("pool of 8 threads", 8, ITEMS, "legacy"),
        ("adaptive pool of 8 threads", 8, ITEMS, "adaptive"),
        ("adaptive pool of 64 threads", 64, ITEMS, "adaptive"),
    ):
        with service(*limited) as fake:
            naive(texts, threads, count, mode)
            row(name, fake.seen(), count, LIMIT)


def measure_free(folder: Path) -> None:
    """Nothing but the latency bounds the rate: what is left of it is what the machine and the code cost."""
    texts = Collection(text_items(topic_texts(ITEMS // 4)))
    best = IN_FLIGHT / LATENCY
    print(f"\n2. no limit, no faults, {IN_FLIGHT} in flight at most: {best:.0f}/s at best; {REPEATS} rounds in turn")
    rates: dict[str, list[float]] = {}
    for place in range(REPEATS):
        for name in ("nova_explore", "the calls, nothing stored", f"pool of {IN_FLIGHT} threads"):
            with service("--latency", str(LATENCY)) as fake:
                model = NovaModel(cache=folder / f"{place} {name}", max_in_flight=IN_FLIGHT)
                if name == "nova_explore":
                    embed(texts, to=folder / f"free{place}.nova", model=model, progress=False)
                elif name.startswith("the calls"):
                    collections.deque(model.embed_stream(texts), maxlen=0)
                else:
                    naive(texts, IN_FLIGHT, ITEMS)
                seen = fake.seen()
            row(name, seen, ITEMS, best)
            rates.setdefault(name, []).append(seen["good"] / seen["seconds"] / best)
    for name, found in rates.items():
        print(f"   {name}: median {statistics.median(found):.0%}")


def naive(texts: Collection, threads: int, count: int, mode: str = "legacy") -> None:
    """What people write first: a client as it comes, one call after the other or a pool of threads.

    ``mode`` is that of botocore's own retries; ``adaptive``, with ten attempts, is what a careful person writes.
    """
    import boto3
    from botocore.config import Config

    retries: dict = {"mode": mode} | ({} if mode == "legacy" else {"max_attempts": 10})
    config = Config(max_pool_connections=max(10, threads), retries=retries)  # pyright: ignore[reportArgumentType]
    client = boto3.client("bedrock-runtime", region_name="us-east-1", config=config)

    def ask(words: str) -> None:
        body = request_body(Prepared("text", text=words), purpose="GENERIC_INDEX", dimension=1024)
        with contextlib.suppress(Exception):
            answer = client.invoke_model(
                modelId=MODEL_ID, body=body, accept="application/json", contentType="application/json"
            )
            read_answer(answer["body"].read(), dimension=1024)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, [item.text or "" for item in texts][:count]))


KILLED = """
import sys
from fakes.toy_library import toy_collection
from nova_explore.embedding.embed import embed
from nova_explore.models.nova.model import NovaModel
model = NovaModel(max_in_flight=int(sys.argv[2]))
embed(toy_collection(75), to=sys.argv[1], model=model, progress=False)
"""


def measure_kill(folder: Path) -> None:
    print(f"\n3. kill -9 at five random moments of one run of 300 items, at most {IN_FLIGHT} in flight")
    draw = random.Random(int(time.time()))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path[:2])}
    os.environ["NOVA_EXPLORE_CACHE"] = environment["NOVA_EXPLORE_CACHE"] = str(folder / "3")
    moments = sorted(draw.sample(range(5, 290), 5))
    with service("--latency", "0.05", "--rate", "60", "--faults", "0.05") as fake:
        environment |= {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": fake.url, "AWS_ENDPOINT_URL_STS": fake.url}
        again = 0
        for moment in moments:
            command = [sys.executable, "-c", KILLED, str(folder / "killed.nova"), str(IN_FLIGHT)]
            process = subprocess.Popen(command, env=environment)
            while process.poll() is None and fake.seen()["good_bodies"] < moment:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            time.sleep(0.2)
        model = NovaModel(max_in_flight=IN_FLIGHT)
        killed = embed(toy_collection(75), to=folder / "killed.nova", model=model, progress=False)
        again = fake.seen()["sent_again"]
    with service() as fake:
        calm = embed(toy_collection(75), to=folder / "calm.nova", model=NovaModel(cache=False), progress=False)
    keys = [item.content_key for item in calm.collection()]
    one, other = (open_library(library.path).vectors(model.space, keys)[0] for library in (killed, calm))
    same = one.shape == other.shape and bool(np.allclose(one, other, atol=1e-7))
    ids = [item.id for item in killed.collection()] == [item.id for item in calm.collection()]
    print(f"   killed after {moments} answers; good bodies sent again {again} over five kills (bound {5 * IN_FLIGHT})")
    print(f"   items and order equal an undisturbed run's: {ids}; vectors equal: {same}")


def measure_outage(folder: Path) -> None:
    texts = Collection(text_items(topic_texts(ITEMS // 4)))
    print(f"\n4. {ITEMS} items, limit {LIMIT}/s; nothing is answered for {OUTAGE} s after 600 good answers")
    for fault, words in (("unavailable", "503 to everything"), ("reset", "connections cut")):
        with service("--latency", str(LATENCY), "--rate", str(LIMIT), "--outage", "600", str(OUTAGE), fault) as fake:
            model = NovaModel(cache=folder / f"outage {fault}")
            began = time.monotonic()
            library = embed(texts, to=folder / f"{fault}.nova", model=model, progress=False)
            wall = time.monotonic() - began
            seen = fake.seen()
        least = ITEMS / LIMIT + OUTAGE
        account = library.runs()[-1]["account"]
        print(
            f"   {words:<18} stored {len(library.embedded(model.space))} of {ITEMS}, good bodies sent twice "
            f"{seen['twice']}, {seen['seconds']:.0f} s (limit and outage alone: {least:.0f} s), {wall:.0f} s in all; "
            f"errors {seen['errors']}, asked again {account['throttled'] + account['retried']}"
        )


def measure_cost(folder: Path) -> None:
    import soundfile
    from fakes.making import film, pdf
    from PIL import Image

    from nova_explore.sources.read import read

    media = folder / "media"
    media.mkdir()
    draw = np.random.default_rng(0)
    for place in range(120):
        picture = Image.fromarray(draw.integers(0, 255, (32, 32, 3), dtype=np.uint8))
        picture.save(media / f"{place}.{'png' if place % 2 else 'bmp'}")
    for place in range(40):
        seconds = float(draw.uniform(1, 40))
        wave = 0.3 * np.sin(np.arange(0, seconds, 1 / 8000) * (1000 + place))
        soundfile.write(media / f"{place}.{'wav' if place % 2 else 'flac'}", wave, 8000)
    for place in range(8):
        film(media / f"{place}.{'mp4' if place % 2 else 'avi'}", seconds=2 + place)
    (media / "letter.pdf").write_bytes(pdf([f"Page {page}" for page in range(25)]))
    mixed = Collection([*read(media, progress=False), *text_items(topic_texts(100))])
    with service() as fake:
        model = NovaModel(cache=False)
        expected = estimate(mixed, to=folder / "cost.nova", model=model)
        assert expected is not None
        print(f"\n5. {mixed}\n{expected}")
        library = embed(mixed, to=folder / "cost.nova", model=model, progress=False)
        billed = fake.seen()["billed"]
    spent = library.runs()[-1]["account"]["spent_usd"]
    print(f"   estimated ${expected.cost:.4f}   counted while running ${spent:.4f}   charged ${billed:.4f}")
    print(f"   equal to the cent: {round(expected.cost, 2) == round(billed, 2)}")


def main() -> None:
    warnings.simplefilter("ignore")
    measures = {
        "pace": measure_pace,
        "free": measure_free,
        "kill": measure_kill,
        "outage": measure_outage,
        "cost": measure_cost,
    }
    asked = sys.argv[1:] or list(measures)
    keys = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    os.environ |= keys | {"AWS_DEFAULT_REGION": "us-east-1"}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NOVA_EXPLORE_CACHE"] = str(Path(folder) / "cache")
        for name in asked:
            measures[name](Path(folder))
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
