"""The child that decodes what nothing else can stop: its answers, its budget, and what happens when it ends."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import pytest
from fakes import ROOT, making

import nova_explore as nx
from nova_explore.errors import MissingExtraError, UnreadableError
from nova_explore.media import budget, decoder_process, svg

pytestmark = pytest.mark.slow

FAKES = str(ROOT / "tests" / "fakes")
NEEDS_LIMITS = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits time and memory of a process")


@pytest.fixture
def child(monkeypatch):
    """A child of this test's own, with functions of the test's own."""
    own = decoder_process._Child()
    monkeypatch.setattr(decoder_process, "_CHILD", own)
    monkeypatch.setattr(
        decoder_process,
        "_SERVE",
        f"import sys; sys.path.insert(0, {FAKES!r}); import decoders_of_tests; {decoder_process._SERVE}",
    )
    yield own
    own.end()
    gc.collect()


def test_values_and_bytes_go_there_and_back(child):
    value, data = decoder_process.run("decoders_of_tests:turned", "ä \ud83d", [1, 2.5, None], data=bytes(range(256)))
    assert value == ["ä \ud83d", [1, 2.5, None]]
    assert data == bytes(range(256))[::-1]


def test_one_child_answers_all_calls(child):
    numbers = {decoder_process.run("decoders_of_tests:process")[0] for _ in range(3)}
    assert numbers == {child.process.pid}
    assert os.getpid() not in numbers


def test_calls_of_several_threads_get_their_own_answers(child):
    answers = {}
    threads = [
        threading.Thread(target=lambda n=n: answers.update({n: decoder_process.run("decoders_of_tests:turned", n)[0]}))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: [n] for n in range(8)}


@NEEDS_LIMITS
def test_what_works_too_long_is_given_up_and_the_next_file_is_read(child, monkeypatch):
    monkeypatch.setattr(budget, "SECONDS", 1)
    with pytest.raises(UnreadableError, match="more than 1 s of the processor"):
        decoder_process.run("decoders_of_tests:endless")
    assert decoder_process.run("decoders_of_tests:turned", 1)[0] == [1]


def test_what_waits_too_long_is_given_up(child, monkeypatch):
    monkeypatch.setattr(decoder_process, "WALL", 0.2)
    with pytest.raises(UnreadableError, match="was given up"):
        decoder_process.run("decoders_of_tests:waiting")


@NEEDS_LIMITS
def test_what_takes_too_much_memory_is_named(child, monkeypatch):
    monkeypatch.setattr(decoder_process, "MEMORY", 2**30)
    with pytest.raises(UnreadableError, match="more than 1 GB of memory"):
        decoder_process.run("decoders_of_tests:greedy")
    assert decoder_process.run("decoders_of_tests:turned", 1)[0] == [1]


def test_a_decoder_that_crashes_ends_its_process_and_no_other(child):
    with pytest.raises(UnreadableError, match="ended its decoder"):
        decoder_process.run("decoders_of_tests:crashing")
    assert decoder_process.run("decoders_of_tests:turned", 1)[0] == [1]


def test_what_a_decoder_prints_is_no_answer(child, capfd):
    assert decoder_process.run("decoders_of_tests:chatty")[0] == "quiet"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("which", "kind", "said"),
    [
        ("unreadable", UnreadableError, "It is damaged"),
        ("missing", MissingExtraError, r"Reading it needs the package 'thing'.*nova-explore\[office\]"),
        ("wrong", RuntimeError, "KeyError: 'a'"),
    ],
)
def test_errors_are_those_of_the_function(child, which, kind, said):
    with pytest.raises(kind, match=said):
        decoder_process.run("decoders_of_tests:failing", which)


def test_a_system_without_processes_decodes_here(child, monkeypatch):
    def refused(*_given, **_named):
        raise OSError("no processes")

    monkeypatch.setattr(subprocess, "Popen", refused)
    monkeypatch.syspath_prepend(FAKES)
    __import__("decoders_of_tests")
    assert decoder_process.run("decoders_of_tests:process")[0] == os.getpid()


def test_a_plain_drawing_starts_no_process_and_one_with_filters_does(child, tmp_path):
    plain = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0L9 9z"/></svg>'
    assert svg.draw(plain, longest=16).size == (16, 16)
    assert child.process is None
    turbulent = plain.replace(b"<path", b'<filter id="f"><feTurbulence/></filter><path filter="url(#f)"')
    assert svg.draw(turbulent, longest=16).size == (16, 16)
    assert child.process is not None


@NEEDS_LIMITS
@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ('<filter id="f"><feTurbulence numOctaves="100000000"/></filter><path d="M0 0L9 9" filter="url(#f)"/>', "2 s"),
        ('<g opacity=".5"><circle r="999"/><circle r="900"/></g>' * 20_000, "2 s"),
        ('<g opacity=".5">' * 900 + '<path d="M0 0L9 9z"/>' + "</g>" * 900, "ended its decoder"),
    ],
    ids=["octaves", "layers", "deep"],
)
def test_drawings_that_would_hurt_are_named(child, monkeypatch, inside, reason):
    monkeypatch.setattr(budget, "SECONDS", 2)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="999" height="999">{inside}</svg>'
    with pytest.raises(UnreadableError, match=reason):
        svg.draw(drawing.encode(), longest=1024)


@NEEDS_LIMITS
def test_a_drawing_that_never_ends_is_named_and_the_others_are_read(child, monkeypatch, tmp_path):
    monkeypatch.setattr(budget, "SECONDS", 2)
    (tmp_path / "endless.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><filter id="f">'
        '<feTurbulence numOctaves="100000000"/></filter><path d="M0 0L9 9" filter="url(#f)"/></svg>'
    )
    (tmp_path / "page.pdf").write_bytes(making.pdf(["Harbour rules"]))
    found = nx.read(tmp_path, progress=False)
    assert [item.text for item in found] == ["Harbour rules"]
    assert [(one.name, "2 s of the processor" in one.reason) for one in found.unread] == [("endless.svg", True)]
