"""XMP beside the files of items: labels and tags as keywords, in a form that photo programs read.

``NAME.ext.xmp`` beside ``NAME.ext`` is what darktable and digiKam call their sidecars; the properties are those of
Dublin Core in Adobe's XMP Specification Part 1 (ISO 16684-1). The original is never written to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nova_explore.errors import UnwritableError
from nova_explore.report.xml_text import xml_text

if TYPE_CHECKING:
    from nova_explore.collection import Item

HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
TOOL = "nova-explore"
"""What a sidecar says it was made with: only such a one is written over."""


def xmp_of(title: str, keywords: Sequence[str]) -> str:
    """An XMP packet with a title and keywords; characters that XML cannot hold are left out."""
    bag = "".join(f"<rdf:li>{xml_text(word)}</rdf:li>" for word in keywords)
    subject = f"<dc:subject><rdf:Bag>{bag}</rdf:Bag></dc:subject>" if bag else ""
    named = f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{xml_text(title)}</rdf:li></rdf:Alt></dc:title>'
    return (
        f'{HEAD}\n<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{TOOL}">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="{TOOL}">'
        f'{named if title else ""}{subject}</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>\n'
    )


def write_sidecars(
    items: Sequence[Item], keywords: Mapping[str, Sequence[str]], *, folder: Path | None = None
) -> tuple[list[Path], list[str]]:
    """Write a sidecar for every file that an item is of.

    The parts of one file (pages, segments) share its sidecar, with the keywords of all.

    Parameters
    ----------
    items : sequence of Item
    keywords : Mapping of str to sequence of str
        By id; items without an entry get no sidecar.
    folder : Path, optional
        Where to write; beside the originals where it is not given.

    Returns
    -------
    written : list of Path
    left_out : list of str
        Why, for what has no file of its own, or beside which another program's sidecar lies.

    Raises
    ------
    UnwritableError
        If a sidecar cannot be written; those before it are.
    """
    words: dict[Path, dict[str, None]] = {}
    titles: dict[Path, str] = {}
    left_out: list[str] = []
    for item in items:
        if item.id not in keywords:
            continue
        original = Path(item.uri)
        if "#" in item.uri or not original.is_file():
            left_out.append(f"{item.title}: it has no file of its own here")
            continue
        words.setdefault(original, {}).update(dict.fromkeys(keywords[item.id]))
        titles.setdefault(original, str(item.metadata.get("title") or item.metadata.get("caption") or ""))
    names: set[Path] = set()
    written: list[Path] = []
    for original, said in words.items():
        to = (original.parent if folder is None else folder) / f"{original.name}.xmp"
        if to in names:  # two originals of one name, in one folder
            to = to.with_name(f"{original.stem}-{len(written)}{original.suffix}.xmp")
        names.add(to)
        if to.exists() and TOOL not in to.read_text("utf-8", errors="replace"):
            left_out.append(f"{original.name}: {to.name} of another program is there already")
            continue
        draft = to.with_name(f"{to.name}.part")
        try:
            draft.write_text(xmp_of(titles[original], list(said)), "utf-8")
            draft.replace(to)
        except OSError as error:
            raise UnwritableError(
                f"{str(to)!r} cannot be written ({error.strerror or error}). Choose a folder that you may write to."
            ) from error
        written.append(to)
    return written, left_out
