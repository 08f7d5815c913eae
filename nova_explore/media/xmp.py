"""XMP, as pictures carry it inside and photo programs write it beside them: what it says, in this package's columns.

Adobe, XMP Specification Part 1 and 2 (ISO 16684); IPTC Photo Metadata Standard; regions of the Metadata Working Group.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from xml.parsers import expat

from nova_explore.collection import Scalar
from nova_explore.media.encoding import plain_xml

MOST_BYTES = 4 * 2**20

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
_XML = "http://www.w3.org/XML/1998/namespace"
_COLUMNS = {
    "title": ("title", "Headline"),
    "caption": ("description", "ImageDescription", "UserComment", "caption"),
    "tags": ("subject", "TagsList", "LastKeywordXMP", "hierarchicalSubject", "CatalogSets"),
    "author": ("creator", "Artist", "AuthorsPosition"),
    "copyright": ("rights", "Copyright"),
    "people": ("PersonInImage", "RegionName", "RegionPersonDisplayName"),
    "date": ("DateTimeOriginal", "DateCreated", "CreateDate", "DateTimeDigitized"),
    "software": ("CreatorTool",),
    "rating": ("Rating",),
}
"""Local names of properties, the best first, by the column they become."""

_PLACE = ("Location", "City", "State", "Country", "CountryName")
_LISTS = frozenset(("tags", "people", "author"))


def columns_of(data: bytes) -> dict[str, Scalar]:
    """Title, caption, tags, people, author, date, place and the like; empty where the XMP is broken or says nothing.

    Examples
    --------
    >>> spaces = b'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://purl.org/dc/elements/1.1/"'
    >>> words = b"<d:subject><r:Bag><r:li>lake</r:li><r:li>dusk</r:li></r:Bag></d:subject>"
    >>> columns_of(b"<r:RDF " + spaces + b"><r:Description>" + words + b"</r:Description></r:RDF>")
    {'tags': 'lake, dusk'}
    """
    said = _properties(data)
    found: dict[str, Scalar] = {}
    for column, names in _COLUMNS.items():
        for name in names:
            values = [value for value in said.get(name, ()) if value]
            if not values:
                continue
            if name in ("TagsList", "hierarchicalSubject"):  # "animals/birds/robin", "animals|birds"
                values = [value.replace("|", "/").rpartition("/")[2] for value in values]
            found[column] = ", ".join(dict.fromkeys(values)) if column in _LISTS else values[0]
            break
    make, model = (next(iter(said.get(name, ())), "") for name in ("Make", "Model"))
    if make or model:
        found["camera"] = model if model.startswith(make) else f"{make} {model}".strip()
    places = [value for name in _PLACE for value in said.get(name, ())[:1] if value]
    if places:
        found["place"] = ", ".join(dict.fromkeys(places))
    return found | _position(said)


def _position(said: Mapping[str, list[str]]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for name, column in (("GPSLatitude", "latitude"), ("GPSLongitude", "longitude")):
        value = next(iter(said.get(name, ())), "")
        # "46,56.88N": degrees, minutes and where they count from
        try:
            parts = [float(part) for part in value[:-1].split(",")]
        except ValueError:
            continue
        if parts and value[-1:].upper() in "NSEW":
            degrees = sum(part / 60**n for n, part in enumerate(parts))
            found[column] = round(-degrees if value[-1].upper() in "SW" else degrees, 6)
    return found


def _properties(data: bytes) -> dict[str, list[str]]:
    """Values of every property by its local name, in order; of alternatives in languages, the default."""
    said: dict[str, list[str]] = {}
    path: list[str] = []
    texts: list[list[str]] = []
    languages: list[str] = []

    def local(name: str) -> tuple[str, str]:
        space, _, word = name.rpartition(" ")
        return space, "RegionName" if space == _REGIONS and word == "Name" else word

    def start(name: str, attributes: dict[str, str]) -> None:
        space, word = local(name)
        for key, value in attributes.items():
            where, property_ = local(key)
            if where not in (_RDF, _XML, "") and value.strip():
                said.setdefault(property_, []).append(" ".join(value.split()))
        path.append("" if space == _RDF else word)
        texts.append([])
        languages.append(attributes.get(f"{_XML} lang", ""))

    def end(name: str) -> None:
        space, word = local(name)
        path.pop()
        text, language = " ".join("".join(texts.pop()).split()), languages.pop()
        owner = next((above for above in reversed(path) if above), "") if space == _RDF else word
        if not text or not owner:
            return
        values = said.setdefault(owner, [])
        if language == "x-default":
            values.insert(0, text)
        else:
            values.append(text)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text) if texts else None
    begin = data.find(b"<")
    with contextlib.suppress(expat.ExpatError, ValueError):  # what came before a fault was said
        parser.Parse(plain_xml(data[max(0, begin) : MOST_BYTES].rstrip(b"\0 \r\n")), True)
    return said
