"""What was filled into a form is drawn, and is among the words of its page."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.making import pdf_objects

from nova_explore.media import document
from nova_explore.sources.read import read

FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def _form(appearance: bool) -> bytes:
    drawn = "/AP << /N 7 0 R >>" if appearance else ""
    body = "BT /F1 18 Tf 72 700 Td (Application form) Tj ET"
    inside = "/Tx BMC q BT /F1 24 Tf 0 g 4 10 Td (Wilhelmina Example) Tj ET Q EMC"
    return pdf_objects(
        [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /NeedAppearances true "
            "/DR << /Font << /F1 4 0 R >> >> /DA (/F1 14 Tf 0 g) >> >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 4 0 R >> >> "
            "/Annots [6 0 R] /Contents 5 0 R >>",
            FONT,
            f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Wilhelmina Example) /DA (/F1 24 Tf 0 g) "
            f"/Rect [72 400 540 440] /F 4 /P 3 0 R {drawn} >>",
            "<< /Subtype /Form /Type /XObject /BBox [0 0 468 40] /Resources << /Font << /F1 4 0 R >> >> "
            f"/Length {len(inside)} >>\nstream\n{inside}\nendstream",
        ]
    )


@pytest.mark.parametrize("appearance", [True, False], ids=["with its drawing", "without"])
def test_a_filled_form_is_drawn_and_its_values_are_words(tmp_path, appearance):
    (tmp_path / "form.pdf").write_bytes(_form(appearance))
    page = read(tmp_path, progress=False)[0]
    assert page.text == "Application form\nWilhelmina Example"
    picture = np.asarray(document.load(page).image.convert("L"))
    field = picture[int(0.44 * len(picture)) : int(0.5 * len(picture))]
    assert (field < 128).mean() > 0.005
