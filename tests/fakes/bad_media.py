"""A folder of inputs that cannot be used, each with words that its reason must contain."""

from __future__ import annotations

import io
import os
import socket
import struct
import tempfile
import wave
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from fakes.making import film, pdf, png, sound_only, tone


def make_bad_folder(path: Path) -> dict[str, str]:
    """Write more than 40 bad inputs into a new folder.

    Returns
    -------
    dict
        For every name, as it is shown to a person, a part of the reason that is expected.
    """
    path.mkdir(parents=True)
    expected: dict[str, str] = {}

    def put(name: str, data: bytes | str, reason: str) -> None:
        (path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        expected[name] = reason

    def cut(name: str, whole: bytes, reason: str, keep: float = 0.6) -> None:
        put(name, whole[: int(len(whole) * keep)], reason)

    _pictures(put, cut)
    _drawings(put)
    _documents(put, cut)
    with tempfile.TemporaryDirectory() as apart:
        _recordings(Path(apart), put, cut)
    _texts(put)
    _other_kinds(put)
    expected |= _not_files(path)
    return expected


def _picture(format: str, **options) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(png((120, 90), noise=True))).save(out, format, **options)
    return out.getvalue()


def _pictures(put, cut) -> None:
    put("empty.png", b"", "empty (0 bytes)")
    cut("truncated.png", png((120, 90), noise=True), "cut short")
    cut("truncated.jpg", _picture("JPEG"), "cut short")
    cut("truncated.gif", _picture("GIF"), "Copy or download it again")
    cut("truncated.webp", _picture("WEBP"), "Copy or download it again")
    cut("truncated.tif", _picture("TIFF"), "Copy or download it again")
    cut("truncated.bmp", _picture("BMP"), "cut short")
    damaged = bytearray(png((120, 90), noise=True))
    damaged[5000:5100] = b"\x55" * 100
    put("damaged.png", bytes(damaged), "damaged")
    put("header_only.png", png()[:12], "damaged")
    put("bomb.png", _huge_png(60000, 60000), "decompression bomb")
    put("garbage.jpg", os.urandom(64).replace(b"\n", b"\0") + bytes(range(256)) * 8, "no known kind")
    put("words.png", "This is a letter, not a picture.", "plain text although its name ends in .png")


def _huge_png(width: int, height: int) -> bytes:
    """A few bytes that announce a picture of many gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def _drawings(put) -> None:
    space = 'xmlns="http://www.w3.org/2000/svg"'
    entity = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]><svg {space}><text y="9">&x;</text></svg>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    nested = "".join(
        f'<g id="g{n}">' + "".join(f'<use href="#g{n - 1}" x="{k}"/>' for k in range(10)) + "</g>" for n in range(1, 10)
    )
    put("entity.svg", entity, "from another file")
    put(
        "outside.svg",
        f'<svg {space} width="9" height="9"><image href="/etc/logo.png"/></svg>',
        "refers to another file",
    )
    put("fetching.svg", f'<svg {space}><image href="http://127.0.0.1:9/a.png"/></svg>', "refers to another file")
    put(
        "laughs.svg",
        f'<!DOCTYPE svg [<!ENTITY l0 "ha">{laughs}]><svg {space}><text>&l11;</text></svg>',
        "drawing is damaged",
    )
    put(
        "nested.svg",
        f'<svg {space} width="9" height="9"><g id="g0"><path d="M0 0h1"/></g>{nested}</svg>',
        "cannot be rendered",
    )
    put("broken.svg", f'<svg {space} width="9" height="9"><rect', "damaged or cut short")
    put("nothing.svg", f'<svg {space} width="0" height="0"/>', "cannot be rendered")


def _documents(put, cut) -> None:
    cut("truncated.pdf", pdf(["One", "Two"]), "cut short")
    put("no_pages.pdf", pdf([]), "pages")
    put("locked.pdf", _locked_pdf(), "password")
    put("damaged.pdf", b"%PDF-1.7\n" + b"\x93junk" * 300 + b"\n%%EOF\n", "damaged")


def _locked_pdf() -> bytes:
    """A document whose user password is neither empty nor known (standard security handler, revision 2)."""
    secret = "<" + "41" * 32 + ">"
    encrypt = f"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O {secret} /U {secret} >> /ID [<00><00>] "
    return pdf(["secret"], extra=encrypt)


def _recordings(made: Path, put, cut) -> None:
    import soundfile

    wav = _wav(tone(0.5))
    cut("truncated.wav", wav, "cut short")
    put("silent.wav", _wav(tone(0.0)), "0 samples")
    for suffix in ("ogg", "flac", "mp3"):
        soundfile.write(made / f"t.{suffix}", tone(1.0), 48000)
        cut(f"truncated.{suffix}", (made / f"t.{suffix}").read_bytes(), "cut short")
    cut("truncated.m4a", sound_only(made / "t.m4a").read_bytes(), "cut short")
    for suffix in ("mp4", "mov", "mkv", "avi"):
        whole = film(made / f"t.{suffix}", seconds=1).read_bytes()
        cut(f"truncated.{suffix}", whole, "cut short")
        if suffix == "mp4":
            put("garbage.mp4", whole[:40] + b"\xa5" * 400, "damaged")
    put("noise.mp3", b"ID3\x04\0\0\0\0\0\0" + b"\x01\x02" * 600, "damaged")


def _wav(samples) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return out.getvalue()


def _texts(put) -> None:
    put("zeros.txt", bytes(4096), "zero bytes")
    put("blank.txt", " \n\t \r\n", "white space")
    put("latin.txt", "Ein schöner Tag für Übungen.".encode("latin-1"), "Save it as UTF-8")
    put("binary.txt", bytes(range(256)) * 4, "no known kind")
    put("letter.doc", "Dear reader, this is plain text.", "name ends in .doc")


def _other_kinds(put) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "hello")
    office = io.BytesIO()
    with zipfile.ZipFile(office, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<w/>")
    put("archive.zip", archive.getvalue(), "zip archive")
    put("report.docx", office.getvalue(), "Office document")
    put("page.html", "<!doctype html><html><body>Hi</body></html>", "web page")
    put("data.json", '{"a": [1, 2]}', "JSON")
    put("feed.xml", '<?xml version="1.0"?><rss/>', "XML")
    put("rows.csv", "path,label\na.png,1\n", "Read it by itself")
    put("program", b"\x7fELF" + bytes(60), "a program")


def _not_files(path: Path) -> dict[str, str]:
    (path / "folder.png").mkdir()
    (path / "broken_link.jpg").symlink_to(path / "gone.jpg")
    (path / "loop.jpg").symlink_to(path / "loop.jpg")
    (path / "self").symlink_to(path)
    os.mkfifo(path / "pipe.mp3")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path)  # the path of a socket may have 107 bytes only
        try:
            server.bind("socket.png")
        finally:
            os.chdir(here)
    (path / "device.wav").symlink_to("/dev/zero")
    expected = {
        "folder.png": "is a folder",
        "broken_link.jpg": "broken link",
        "loop.jpg": "leads back to itself",
        "self": "link to a folder",
        "pipe.mp3": "named pipe",
        "socket.png": "socket",
        "device.wav": "device",
    }
    try:
        Path(os.fsdecode(os.fsencode(path) + b"/caf\xe9.png")).write_bytes(png())
    except OSError:  # file systems that take Unicode names only
        return expected
    return expected | {"caf\\xe9.png": "not UTF-8"}
