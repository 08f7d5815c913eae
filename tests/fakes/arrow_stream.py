"""A table that another library offers as a stream of Arrow, and in no other way."""

from __future__ import annotations

import pyarrow as pa


class ArrowStreamOnly:
    """Has no columns, no length and no other method: whoever reads it has to ask for the stream."""

    def __init__(self, **columns: list) -> None:
        self._table = pa.table(columns)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)
