"""What was filled into the form of a document: values that are neither in its text layer nor, often, drawn."""

from __future__ import annotations

import ctypes
from typing import Any

MOST_FIELDS = 500
"""Fields of a page that are looked at."""


def values_of(document: Any, page: Any) -> list[str]:
    """Values of the text and choice fields of a page, in their order.

    Parameters
    ----------
    document : pypdfium2.PdfDocument
        With its forms initialised.
    page : pypdfium2.PdfPage
        Open.
    """
    import pypdfium2.raw as pdfium

    wanted = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
    found: list[str] = []
    for number in range(min(MOST_FIELDS, pdfium.FPDFPage_GetAnnotCount(page))):
        note = pdfium.FPDFPage_GetAnnot(page, number)
        try:
            if (
                pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_WIDGET
                and pdfium.FPDFAnnot_GetFormFieldType(document.formenv, note) in wanted
            ):
                value = _value(pdfium, document.formenv, note).strip()
                if value:
                    found.append(value)
        finally:
            pdfium.FPDFPage_CloseAnnot(note)
    return found


def _value(pdfium: Any, environment: Any, note: Any) -> str:
    size = pdfium.FPDFAnnot_GetFormFieldValue(environment, note, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetFormFieldValue(environment, note, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace")
