from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nova_explore.media.xmp import columns_of

SPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
)


def xmp(inside: str, attributes: str = "") -> bytes:
    """A packet of XMP."""
    return (
        f'<?xpacket begin="\ufeff"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {SPACES}>'
        f'<rdf:Description rdf:about="" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def test_elements_become_columns_and_the_default_of_languages_counts():
    title = '<dc:title><rdf:Alt><rdf:li xml:lang="de">Ein See</rdf:li><rdf:li xml:lang="x-default">A lake</rdf:li></rdf:Alt></dc:title>'  # fmt: skip  # noqa: E501
    tags = "<dc:subject><rdf:Bag><rdf:li>water</rdf:li><rdf:li>dusk</rdf:li></rdf:Bag></dc:subject>"
    by = "<dc:creator><rdf:Seq><rdf:li>A. Example</rdf:li></rdf:Seq></dc:creator>"
    assert columns_of(xmp(title + tags + by)) == {"title": "A lake", "tags": "water, dusk", "author": "A. Example"}


def test_attributes_become_columns():
    attributes = (
        'photoshop:City="Bern" photoshop:Country="Switzerland" xmp:Rating="4" xmp:CreatorTool="Darkroom" '
        'tiff:Make="NIKON" tiff:Model="NIKON Z 7" exif:GPSLatitude="46,30.6N" exif:GPSLongitude="7,0.0W" '
        'exif:DateTimeOriginal="2020-05-01T10:11:12"'
    )
    assert columns_of(xmp("", attributes)) == {
        "place": "Bern, Switzerland", "rating": "4", "software": "Darkroom", "camera": "NIKON Z 7", "latitude": 46.51,
        "longitude": -7.0, "date": "2020-05-01T10:11:12",
    }  # fmt: skip


def test_faces_are_people_and_the_last_of_a_path_of_keywords_is_one():
    region = (
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li>'
        '<rdf:Description mwg-rs:Name="Ada" mwg-rs:Type="Face"/></rdf:li></rdf:Bag>'
        "</mwg-rs:RegionList></mwg-rs:Regions>"
    )
    path = "<lr:hierarchicalSubject><rdf:Bag><rdf:li>animals|birds|robin</rdf:li></rdf:Bag></lr:hierarchicalSubject>"
    assert columns_of(xmp(region + path)) == {"people": "Ada", "tags": "robin"}


def test_what_is_broken_says_what_came_before_the_fault():
    assert columns_of(xmp("<dc:source>x</dc:source>", 'photoshop:City="Bern"')[:-40]) == {"place": "Bern"}
    assert columns_of(b"") == {}


@given(st.binary(max_size=200))
def test_any_bytes_say_something_or_nothing(data):
    assert isinstance(columns_of(data), dict)
