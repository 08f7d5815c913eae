from __future__ import annotations

import gzip

import numpy as np
import pytest
from PIL import Image

from nova_explore.errors import UnreadableError
from nova_explore.media import svg
from nova_explore.sources.read import read

SPACE = 'xmlns="http://www.w3.org/2000/svg"'
RDF = """<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:cc="http://web.resource.org/cc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<cc:Work rdf:about=""><dc:title>A grey horse</dc:title><dc:description>It stands in the  rain.</dc:description>
<dc:subject><rdf:Bag><rdf:li>animal</rdf:li><rdf:li>horse &amp; rider</rdf:li><rdf:li/></rdf:Bag></dc:subject>
<dc:creator><cc:Agent><dc:title>Ada Example</dc:title></cc:Agent></dc:creator>
<dc:publisher><cc:Agent><dc:title>A House</dc:title></cc:Agent></dc:publisher>
<dc:date>2004-05-01</dc:date></cc:Work></rdf:RDF></metadata>"""


def test_keywords_are_parted_however_their_bag_is_indented(tmp_path):
    spread = RDF.replace("<rdf:li>", "\n    <rdf:li>\n").replace("</rdf:li>", "\n</rdf:li>\n  ")
    (tmp_path / "horse.svg").write_text(f'<svg {SPACE} width="9" height="9">{spread}</svg>')
    metadata = read(tmp_path, progress=False)[0].metadata
    assert (metadata["tags"], metadata["author"]) == ("animal, horse & rider", "Ada Example")


def test_what_a_drawing_says_of_itself_is_read_and_who_drew_it_is_no_title(tmp_path):
    (tmp_path / "horse_ada_example_01.svg").write_text(f'<svg {SPACE} width="9" height="9">{RDF}</svg>')
    metadata = read(tmp_path, progress=False)[0].metadata
    assert metadata["title"] == "A grey horse"
    assert metadata["caption"] == "It stands in the rain."
    assert metadata["tags"] == "animal, horse & rider"
    assert (metadata["author"], metadata["date"]) == ("Ada Example", "2004-05-01")
    assert "tags: SVG" in str(metadata["described_by"])


def test_titles_of_shapes_are_tooltips_and_not_the_drawing(tmp_path):
    shape = "<g><title>left wheel</title><desc>round</desc></g>"
    words = svg.words_in(f"<svg {SPACE}><title>A cart</title><desc>Two wheels</desc>{shape}</svg>".encode())
    assert words == {"title": ["A cart"], "caption": ["Two wheels"]}
    assert svg.words_in(b"<svg><title>cut sho") == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_drawing_in_any_encoding_is_a_drawing(tmp_path, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!-- {"licence " * 1500} --><svg {SPACE} width="40" height="40"><title>Café</title></svg>'  # fmt: skip  # noqa: E501
    (tmp_path / "a.svg").write_bytes(text.encode(encoding))
    item = read(tmp_path, progress=False)[0]
    assert (item.format, item.metadata["title"]) == ("svg", "Café")


def test_a_packed_drawing_is_drawn(tmp_path):
    (tmp_path / "a.svgz").write_bytes(gzip.compress(f'<svg {SPACE} width="40" height="20"/>'.encode()))
    item = read(tmp_path, progress=False)[0]
    assert (item.format, item.metadata["width"], item.metadata["height"]) == ("svg", 40, 20)


def test_a_white_drawing_is_seen():
    drawn = svg.draw(
        f'<svg {SPACE} width="96" height="96"><circle cx="48" cy="48" r="28" fill="#fff"/></svg>'.encode(), longest=96
    )
    assert drawn.getpixel((48, 48)) == (255, 255, 255)
    assert np.asarray(drawn)[2, 2].max() < 100


def test_a_drawing_is_drawn_at_the_size_that_is_asked_for():
    drawn = svg.draw(f'<svg {SPACE} width="4000" height="2000"/>'.encode(), longest=160)
    assert isinstance(drawn, Image.Image)
    assert drawn.size == (160, 80)


def test_a_page_that_holds_a_drawing_is_a_text(tmp_path):
    words = '<p align="center">\n<svg width="10" height="10"/>\n</p>\n\n# A tool\n\nIt does things with words.\n'
    (tmp_path / "README.md").write_text(words)
    assert read(tmp_path, progress=False)[0].modality == "text"


def test_a_drawing_that_unpacks_to_very_much_is_refused():
    with pytest.raises(UnreadableError, match="at most 16"):
        svg.check(gzip.compress(b"<svg>" + b" " * (svg.MOST_BYTES + 10)))
