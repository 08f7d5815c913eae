from __future__ import annotations

import pytest

from nova_explore.collection import Modality
from nova_explore.errors import UnreadableError
from nova_explore.media import formats, identify

PRINTABLE = [
    magic for magic, *_ in (*formats.READ, *formats.OTHERS, *formats.BY_FFMPEG) if magic.isascii() and magic.isalnum()
]


@pytest.mark.parametrize("magic", sorted(set(PRINTABLE)), ids=lambda magic: magic.decode())
def test_a_text_that_begins_like_a_magic_number_is_a_text(tmp_path, magic):
    (tmp_path / "a.txt").write_bytes(magic + b" is how this article begins, and it goes on about something else.")
    assert identify(tmp_path / "a.txt") == (Modality.TEXT, "txt")


@pytest.mark.parametrize("box", ["free", "skip", "wide", "mdat", "moov", "ftyp"])
@pytest.mark.parametrize("before", ["The ", "Tax-"])
def test_a_word_at_the_fifth_letter_is_no_box(tmp_path, box, before):
    (tmp_path / "a.txt").write_text(f"{before}{box} market of ideas is a phrase. Ünd so weiter.")
    assert identify(tmp_path / "a.txt") == (Modality.TEXT, "txt")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xff\x0a" + bytes(range(1, 200)), "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl " + bytes(200), "JPEG XL"),
        (b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + bytes(20), "MIDI"),
        (b"FORM\0\0\0\x10ILBM" + bytes(40), "IFF"),
        (b"\x93NUMPY\1\0" + bytes(90), "NumPy"),
        (b"PK\3\4" + bytes(26) + b"holiday/a.txt" + bytes(40), "zip archive"),
    ],
)
def test_what_stays_out_is_named_as_what_it_is_with_what_to_do(tmp_path, data, what):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UnreadableError, match=rf"It holds .*{what}.*not a supported kind .*\. [A-Z]"):
        identify(tmp_path / "a")


def test_an_mp3_after_padding_is_an_mp3(tmp_path):
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    (tmp_path / "a").write_bytes(bytes(417) + 40 * frame)
    assert identify(tmp_path / "a") == (Modality.AUDIO, "mp3")


@pytest.mark.parametrize("length", range(3, 14))
def test_a_tag_that_is_cut_is_a_reason(tmp_path, length):
    """Found by damaging files at random: the length of the tag lay beyond the end."""
    from nova_explore.sources.read import read

    (tmp_path / "a.mp3").write_bytes(b"ID3\4\0\0\0\0\0\2\0\0\0\0"[:length])
    assert formats.after_id3(b"ID3\4\0\0\0\0\1\2") == 10 + 130
    assert "unforeseen" not in read(tmp_path, progress=False).unread[0].reason
