"""A Parquet file, one row group after another.

pyarrow is imported when the first such file is asked for: it is large, and most days nobody does.
Parquet has types: a price that is no number is null there, and every other value is text as in the CSV,
without the marks that only spreadsheets need.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from scraper_backend.coordinator.sheets.columns import Column, Kind, Values, count, number

GROUP: Final = 10_000
"""Rows in one group: small enough to hold, large enough to compress."""


class ParquetFile:
    """See the module."""

    def __init__(self, columns: Sequence[Column]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds: Mapping[Kind, Any] = {
            "text": pa.string(), "number": pa.float64(), "count": pa.int64(),
            "moment": pa.timestamp("ms", "UTC"),
        }  # fmt: skip
        self._columns, self._waiting, self._arrow = columns, list[Values](), pa
        self._schema = pa.schema([(column.heading, kinds[column.kind]) for column in columns])
        self._sink = _Tape()
        self._writer = pq.ParquetWriter(pa.PythonFile(self._sink, "w"), self._schema, compression="zstd")

    def rows(self, page: Sequence[Values]) -> bytes:
        """What is ready: mostly nothing, now and then a group."""
        self._waiting += page
        if len(self._waiting) >= GROUP:
            self._write()
        return self._sink.taken()

    def end(self) -> bytes:
        """The last group and the footer."""
        if self._waiting:
            self._write()
        self._writer.close()
        return self._sink.taken()

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        arrays = [
            self._arrow.array([value_of(column, row.get(column.name)) for row in waiting], field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))


class _Tape:
    """A file that is only ever written on: pyarrow asks where it is, and we take what is there."""

    def __init__(self) -> None:
        self.closed, self._parts, self._at = False, list[bytes](), 0

    def write(self, data: Any) -> int:
        """Keep it until it is taken."""
        part = bytes(data)
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        """How much was written in all."""
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The last byte was written."""
        self.closed = True

    def taken(self) -> bytes:
        """Everything since the last time."""
        taken, self._parts = b"".join(self._parts), []
        return taken


def value_of(column: Column, value: object) -> object:
    """The value in the column's type; null where it has none."""
    if column.kind == "number":
        return number(value)
    if column.kind == "count":
        return count(value)
    if column.kind == "moment":
        return _moment(value)
    return _text(value)


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()
