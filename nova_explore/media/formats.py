"""What files begin with: the formats that are read, and those that are named with what to do about them.

Magic numbers follow the formats' own specifications, and https://www.garykessler.net/library/file_sigs.html.
"""

from __future__ import annotations

from nova_explore.collection import Modality

SUPPORTED = (
    "png jpeg gif webp tiff bmp svg avif heic jp2 raw · pdf · wav mp3 ogg flac m4a aac aiff … · "
    "mp4 mov mkv webm avi mts mpg … · txt md"
)

IMAGE, AUDIO, VIDEO = Modality.IMAGE, Modality.AUDIO, Modality.VIDEO

READ = (
    (b"\x89PNG\r\n\x1a\n", IMAGE, "png"),
    (b"\xff\xd8\xff", IMAGE, "jpeg"),
    (b"GIF87a", IMAGE, "gif"),
    (b"GIF89a", IMAGE, "gif"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", IMAGE, "jp2"),
    (b"\xff\x4f\xff\x51", IMAGE, "jp2"),
    (b"FUJIFILMCCD-RAW", IMAGE, "raw"),
    (b"IIRO", IMAGE, "raw"),
    (b"IIRS", IMAGE, "raw"),
    (b"MMOR", IMAGE, "raw"),
    (b"IIU\0", IMAGE, "raw"),
    (b"II*\0", IMAGE, "tiff"),
    (b"MM\0*", IMAGE, "tiff"),
    (b"II+\0", IMAGE, "tiff"),
    (b"MM\0+", IMAGE, "tiff"),
    (b"fLaC", AUDIO, "flac"),
    (b"caff", AUDIO, "caf"),
    (b".snd", AUDIO, "au"),
    (b"#!AMR", AUDIO, "amr"),
    (b"wvpk", AUDIO, "wv"),
    (b"MAC ", AUDIO, "ape"),
    (b"TTA1", AUDIO, "tta"),
    (b"DSD ", AUDIO, "dsf"),
    (b"\0\0\1\0", IMAGE, "ico"),
    (b"icns", IMAGE, "icns"),
    (b"DDS ", IMAGE, "dds"),
    (b"qoif", IMAGE, "qoi"),
    (b"\n\5\1\x08", IMAGE, "pcx"),
    (b"\x01\xda\0", IMAGE, "sgi"),
    (b"\x01\xda\1", IMAGE, "sgi"),
    *((b"P%d%s" % (number, end), IMAGE, "pnm") for number in (4, 5, 6) for end in (b"\n", b" ", b"\r", b"\t")),
    (b"riff\x2e\x91\xcf\x11", AUDIO, "w64"),
    (b"Creative Voice File\x1a", AUDIO, "voc"),
    (b"MPCK", AUDIO, "mpc"),
    (b"MP+", AUDIO, "mpc"),
    (b"tBaK", AUDIO, "tak"),
    (b"NIST_1A\n", AUDIO, "sph"),
)
"""First bytes, modality and format. What FFmpeg alone reads is tried by it before it counts."""

RIFF = {
    b"WEBP": (IMAGE, "webp"),
    b"WAVE": (AUDIO, "wav"),
    b"AVI ": (VIDEO, "avi"),
}

BY_FFMPEG = (
    (b"FLV\1", "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"\0\0\1\xba", "mpg"),
    (b"\0\0\1\xb3", "mpg"),
    (b".RMF", "rm"),
    (b".ra\xfd", "rm"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "mxf"),
    (b"DKIF\0\0", "ivf"),
    (b"YUV4MPEG2 ", "y4m"),
    (b"nut/multimedia container\0", "nut"),
)
"""Containers of sound, or of pictures with or without sound; which of them is found out by opening them."""

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"miaf")
PICTURES_IN_BOXES = dict.fromkeys(_HEIC, "heic") | dict.fromkeys((b"avif", b"avis"), "avif")
"""Brands of HEIF files (ISO/IEC 23008-12): still pictures in the boxes of a film."""

OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "Save it as PDF."),
    (b"\x1f\x8b", "gzip-compressed data", "Unpack it."),
    (b"BZh", "bzip2-compressed data", "Unpack it."),
    (b"\xfd7zXZ\0", "xz-compressed data", "Unpack it."),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data", "Unpack it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it."),
    (b"PAR1", "a Parquet table", "Read it by itself: nova_explore.read('…')."),
    (b"ARROW1", "an Arrow table", "Save it as Parquet and read that by itself."),
    (b"\x7fELF", "a program", "Leave it out."),
    (b"MZ", "a program", "Leave it out."),
    (b"\xca\xfe\xba\xbe", "a program", "Leave it out."),
    (b"SQLite format 3\0", "an SQLite database", "Export the table as CSV or Parquet."),
    (b"8BPS", "a Photoshop document", "Export it as PNG."),
    (b"gimp xcf", "a GIMP document", "Export it as PNG."),
    (b"\0\0\0\1\x67", "H.264 without times", "Put it into a film: ffmpeg -i it -c copy film.mp4"),
    (b"\0\0\0\1\x27", "H.264 without times", "Put it into a film: ffmpeg -i it -c copy film.mp4"),
    (b"\xff\x0a", "a JPEG XL picture", "Save it as JPEG or PNG."),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture", "Save it as JPEG or PNG."),
    (b"MThd", "MIDI notes, which are no sound until an instrument plays them", "Render it to WAV or FLAC."),
    (b"FORM", "IFF data", "Convert it to a picture or a sound."),
    (b"wOFF", "a font", "Leave it out."),
    (b"wOF2", "a font", "Leave it out."),
    (b"OTTO", "a font", "Leave it out."),
    (b"ttcf", "a font", "Leave it out."),
    (b"\0\1\0\0\0", "a font", "Leave it out."),
    (b"\xde\x12\x04\x95", "translations of a program", "Leave it out."),
    (b"\x95\x04\x12\xde", "translations of a program", "Leave it out."),
    (b"\x93NUMPY", "a NumPy array", "Save it as a picture, a sound or a table."),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "Save what it holds as pictures, sounds or a table."),
)
"""First bytes of what is not read: what it is, and what to do."""

TEXTUAL = (
    (b"{\\rtf", "an RTF document", "Save it as PDF or plain text."),
    (b"%!PS-Adobe", "PostScript", "Convert it to PDF."),
    (b"%!PS\n", "PostScript", "Convert it to PDF."),
    (b"%!PS\r", "PostScript", "Convert it to PDF."),
)
"""Formats that are written in letters, and are no text that a person reads."""


OPENDOCUMENT = ((b"text", "odt"), (b"presentation", "odp"), (b"spreadsheet", "ods"))
"""Kinds of OpenDocument that are read as their words; drawings and formulas are not."""

IN_ZIP = ((b"word/", "docx"), (b"ppt/", "pptx"), (b"xl/", "xlsx"))
"""Folders of Office documents, and what they are."""


def in_zip(head: bytes) -> tuple[str, str]:
    """What a zip file that is not read is, by the names of its first members, and what to do."""
    if b"[Content_Types].xml" in head:
        return "an Office document", "Save it as PDF."
    if b"mimetypeapplication/vnd.oasis" in head:
        return "an OpenDocument file", "Save it as PDF."
    return "a zip archive", "Unpack it."


def is_targa(tail: bytes) -> bool:
    """Whether a file ends as pictures of Truevision do, which begin with nothing that tells (TGA 2.0, footer)."""
    return tail.endswith(b"TRUEVISION-XFILE.\0")


def is_transport_stream(head: bytes) -> bool:
    """Whether bytes begin an MPEG transport stream: packets of 188 bytes, or of 192 on camcorders."""
    return any(
        len(head) > at + 2 * step and all(head[at + n * step] == 0x47 for n in range(3))
        for at, step in ((0, 188), (4, 192))
    )


def is_mpeg_audio(head: bytes) -> bool:
    """Whether bytes begin a frame of MPEG audio, layer II or III, with rates that exist."""
    layer = head[1] & 0xE6 if len(head) > 3 and head[0] == 0xFF else 0
    return layer in (0xE2, 0xE4) and head[2] >> 4 not in (0, 15) and head[2] & 12 != 12


def after_id3(head: bytes) -> int:
    """Where an ID3v2 tag at the beginning ends, by its seven bits a byte; 0 where there is none, or it is cut."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def is_adts(head: bytes) -> bool:
    """Whether bytes begin a frame of AAC in ADTS (ISO/IEC 13818-7)."""
    return len(head) > 6 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and (head[2] >> 2) & 15 < 13
