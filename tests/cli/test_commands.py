"""The command line: what it leaves on disk, what it says, and the status it ends with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.toy_model import ToyModel, topic_texts

from nova_explore.cli import commands as cli
from nova_explore.models.registry import register


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process; return its status, output and messages."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["nova-explore", *map(str, words)])
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(bool(end.code))
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    for place, (_, text) in enumerate(topic_texts(8)):
        (folder / f"{place:03}.txt").write_text(text, encoding="utf-8")
    return folder


def test_embed_makes_a_library_and_ends_well(run, texts, tmp_path):
    status, out, _ = run("embed", texts, "--to", tmp_path / "texts.nova", "--model", "toy")
    assert status == 0
    assert "32 items (32 text)" in out
    assert (tmp_path / "texts.nova" / "nova.json").exists()


def test_a_folder_of_one_item_is_embedded_and_reported_on(run, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "good.txt").write_text("owl feather")
    assert run("embed", tmp_path / "one", "--to", tmp_path / "m.nova", "--model", "toy")[0] == 0
    status, out, err = run("report", tmp_path / "m.nova", "--to", tmp_path / "report.html")
    assert status == 0, err
    assert "1 item · 0 clusters" in out
    assert (tmp_path / "report.html").stat().st_size > 0


def test_what_could_not_be_read_or_embedded_is_named_and_that_is_no_failure(run, tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "good.txt").write_text("owl feather")
    (folder / "bad.txt").write_text("poison berry")
    (folder / "empty.png").write_bytes(b"")
    status, out, _ = run("embed", folder, "--to", tmp_path / "m.nova", "--model", "toy")
    assert status == 0
    assert "not read: empty.png" in out
    assert "not embedded: bad.txt: The toy model refuses poison." in out


def test_an_item_without_vector_and_without_reason_is_a_failure(run, texts, tmp_path, monkeypatch):
    from nova_explore.library.store import Library

    monkeypatch.setattr(Library, "embedded", lambda *_: set())
    monkeypatch.setattr(Library, "add_vectors", lambda *_: None)
    status, _, err = run("embed", texts, "--to", tmp_path / "t.nova", "--model", "toy")
    assert status == 3
    assert "32 items have no vector and no reason" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("embed", "no/such/folder", "--to", "x.nova", "--model", "toy"), "no/such/folder"),
        (("embed", ".", "--to", "x.nova", "--model", "tyo"), "Did you mean 'toy'?"),
        (("explore", "no-such.nova"), "There is no library at"),
        (("report", "no-such.nova"), "There is no library at"),
    ],
)
def test_errors_are_one_message_without_traceback(run, words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = run(*words)
    assert status == 1
    assert said in err
    assert "Traceback" not in err


def test_a_wrong_call_is_status_two(run):
    assert run("embed")[0] == 2
    assert run("emebd")[0] == 2


def test_the_version_is_told(run):
    import nova_explore

    assert run("--version")[:2] == (0, f"nova-explore {nova_explore.__version__}\n")


@pytest.mark.slow
def test_an_interrupt_says_what_is_kept_and_how_to_go_on(texts, tmp_path):
    script = tmp_path / "slow.py"
    script.write_text(
        textwrap.dedent("""
            import signal
            from fakes.toy_model import ToyModel
            from nova_explore.cli import commands as cli
            from nova_explore.models.registry import register
            # A shell starts background jobs with interrupts ignored, and children inherit that.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            register("slow", lambda: ToyModel(delay=0.5, batch_size=2))
            cli.main()
        """)
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(script), "embed", str(texts), "--to", str(tmp_path / "t.nova"), "--model", "slow"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not list((tmp_path / "t.nova").glob("vectors_*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 32 items are stored in" in said
    assert "Make the same call again" in said
    assert "Traceback" not in said


def test_the_doctor_ends_with_the_status_of_what_it_found(run, monkeypatch):
    from nova_explore.cli import doctor

    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Check("numpy", "ok", "2.0")])
    assert run("doctor")[0] == 0
    missing = doctor.Check("lancedb", "missing", "not installed", "pip install lancedb")
    monkeypatch.setattr(doctor, "examine", lambda: [missing])
    status, out, _ = run("doctor")
    assert status == 1
    assert "pip install lancedb" in out


def test_explore_writes_a_notebook_beside_the_library_and_prints_the_address(run, texts, tmp_path, monkeypatch):
    from nova_explore.cli import jupyter as notebook

    run("embed", texts, "--to", tmp_path / "texts.nova", "--model", "toy")
    started = []

    def start(path: Path) -> tuple[None, str]:
        started.append(path)
        return None, "http://localhost:8888/lab/tree/texts.ipynb?token=abc"

    monkeypatch.setattr(notebook, "start_jupyterlab", start)
    monkeypatch.setattr(cli.webbrowser, "open", lambda _: pytest.fail("a browser was opened"))
    status, out, _ = run("explore", tmp_path / "texts.nova", "--no-browser")
    assert status == 0
    assert "http://localhost:8888/lab/tree/texts.ipynb?token=abc" in out
    assert started == [tmp_path / "texts.ipynb"]
    cells = json.loads((tmp_path / "texts.ipynb").read_text())["cells"]
    assert any("nx.explore('texts.nova'" in "".join(cell["source"]) for cell in cells)


@pytest.mark.slow
def test_report_writes_one_html_file(run, texts, tmp_path):
    run("embed", texts, "--to", tmp_path / "texts.nova", "--model", "toy")
    said = ("--title", "Birds & boats", "--author", "Ann Lee", "--question", "Which are near?")
    status, out, err = run("report", tmp_path / "texts.nova", "--to", tmp_path / "r.html", *said)
    assert status == 0, err
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<html" in page
    for words in ("Birds &amp; boats", "Ann Lee", "Which are near?"):
        assert words in page
    assert str(tmp_path / "r.html") in out


@pytest.fixture
def mapped(run, texts, tmp_path) -> Path:
    """A library of 32 texts with its map."""
    run("embed", texts, "--to", tmp_path / "texts.nova", "--model", "toy")
    run("report", tmp_path / "texts.nova", "--to", tmp_path / "before.html")
    return tmp_path / "texts.nova"


@pytest.fixture
def later(tmp_path) -> Path:
    """Four new texts, one that is refused, an empty one, and a broken picture."""
    folder = tmp_path / "later"
    folder.mkdir()
    for place, (_, text) in enumerate(topic_texts(1, seed=5)):
        (folder / f"later {place}.txt").write_text(f"{text} later", encoding="utf-8")
    (folder / "poison.txt").write_text("poison berry")
    (folder / "empty.txt").write_text("")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    return folder


@pytest.mark.slow
def test_add_puts_what_is_new_on_the_newest_map_and_names_what_it_could_not(run, mapped, later):
    import nova_explore as nx

    before = nx.open_map(mapped)
    status, out, err = run("add", mapped, later)
    assert status == 0, err
    after = nx.open_map(mapped)
    assert after.placed is not None
    assert len(after.added) == 4
    assert (after.layout.xy[: len(before)] == before.layout.xy).all()
    assert "36 items, 4 of them added" in out
    assert after.placed.sentence in out
    assert "Added:     4 items that the map did not have" in out
    told = {line.strip() for line in out.splitlines()}
    for label in {*after.clustering.labels[-4:].tolist()}:
        count = (after.clustering.labels[-4:] == label).sum()
        assert (f"{count} in {after.name_of(label)!r}" if label >= 0 else f"{count} unclustered") in told
    assert "not embedded: poison.txt: The toy model refuses poison." in told
    assert any(line.startswith("not read: empty.txt: ") for line in told)
    assert any(line.startswith("not read: broken.png: ") for line in told)
    assert f"nova-explore explore {mapped} --map newest" in out


@pytest.mark.slow
def test_adding_again_adds_nothing_and_says_so(run, mapped, later):
    run("add", mapped, later)
    status, out, _ = run("add", mapped, later)
    assert status == 0
    assert "36 items, 4 of them added" in out
    assert "Added:     0 items that the map did not have" in out


@pytest.mark.slow
def test_add_to_another_map_than_the_newest(run, mapped, later):
    import nova_explore as nx

    older = nx.open_map(mapped)
    nx.explore(mapped, min_dist=0.5, progress=False)
    assert run("add", mapped, later, "--map", older.key)[0] == 0
    assert nx.list_maps(mapped)["onto"].iloc[0] == older.key


def test_without_a_map_add_says_how_to_draw_one(run, texts, tmp_path):
    run("embed", texts, "--to", tmp_path / "texts.nova", "--model", "toy")
    status, _, err = run("add", tmp_path / "texts.nova", texts)
    assert status == 1
    assert f"Draw one: nova_explore.explore('{tmp_path / 'texts.nova'}'), or in a terminal nova-explore report" in err
    assert "Traceback" not in err


class PricedToy(ToyModel):
    """A toy that takes a cent for every item."""

    name = "priced"

    def estimate(self, items) -> SimpleNamespace:
        calls = len(list(items))
        return SimpleNamespace(calls=calls, cost=0.01 * calls)


@pytest.mark.slow
def test_before_money_is_spent_add_asks(run, texts, later, tmp_path, monkeypatch):
    import nova_explore as nx

    register("priced", PricedToy)
    nx.explore(nx.embed(str(texts), to=tmp_path / "p.nova", model="priced", progress=False), progress=False)
    asked = []
    monkeypatch.setattr(cli.typer, "confirm", lambda words: asked.append(words))
    status, out, err = run("add", tmp_path / "p.nova", later, "--budget", "1")
    assert (status, asked) == (1, ["Send it?"])
    assert "Budget: $1.00" in out
    assert "Nothing was sent." in err
    assert len(nx.open_library(tmp_path / "p.nova").collection()) == 32
    assert run("add", tmp_path / "p.nova", later, "--yes")[0] == 0
    assert len(asked) == 1
    assert len(nx.open_map(tmp_path / "p.nova").added) == 4


@pytest.mark.slow
def test_what_was_added_is_in_the_report_and_in_the_notebook(run, mapped, later, tmp_path, monkeypatch):
    from nova_explore.cli import jupyter as notebook

    monkeypatch.setattr(notebook, "start_jupyterlab", lambda path: (None, path.name))
    run("add", mapped, later)
    status, out, err = run("report", mapped, "--to", tmp_path / "after.html")
    assert status == 0, err
    assert "36 items, 4 of them added" in out
    assert "36 items, 4 of them added" in (tmp_path / "after.html").read_text(encoding="utf-8")
    assert run("explore", mapped, "--no-browser")[0] == 0
    cells = json.loads((tmp_path / "texts_newest.ipynb").read_text())["cells"]
    assert any("nx.open_map('texts.nova')" in "".join(cell["source"]) for cell in cells)


@pytest.mark.slow
def test_a_map_of_less_than_the_library_is_opened_only_when_asked_for(run, mapped, later, tmp_path, monkeypatch):
    import nova_explore as nx
    from nova_explore.cli import jupyter as notebook

    monkeypatch.setattr(notebook, "start_jupyterlab", lambda path: (None, path.name))
    run("add", mapped, later)
    added = nx.open_map(mapped).key
    (later / "more.txt").write_text("owl robin feather wing and more")
    run("embed", later, "--to", mapped, "--model", "toy")
    assert run("report", mapped, "--to", tmp_path / "r.html", "--map", added)[1].startswith("Map:       36 items, 4 ")
    assert run("report", mapped, "--to", tmp_path / "r.html")[1].startswith("Map:       37 items ·")
    assert run("explore", mapped, "--no-browser")[1].startswith(f"Notebook: {tmp_path / 'texts.ipynb'}\n")
    assert run("explore", mapped, "--no-browser", "--map", added)[0] == 0
    assert f"nx.open_map('texts.nova', '{added}')" in (tmp_path / f"texts_{added}.ipynb").read_text()
    status, _, err = run("explore", mapped, "--no-browser", "--map", "nonsense")
    assert status == 1
    assert "No map named 'nonsense'" in err


def test_python_m_is_the_same_command():
    result = subprocess.run(
        [sys.executable, "-m", "nova_explore", "--help"], capture_output=True, text=True, check=True
    )
    assert "doctor" in result.stdout
