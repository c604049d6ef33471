"""An XLSX workbook of one sheet, written as it goes.

openpyxl's write-only mode keeps the sheet in a temporary file until the end; a zip can be streamed instead.
Every text is an inline string, which no spreadsheet computes; `lines.cell` marks what would become a formula
when somebody saves the sheet as CSV.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from scraper_backend.coordinator.sheets.columns import Column, Values, typed
from scraper_backend.core import lines

MAX_LETTERS: Final = 32_767
"""What a cell can hold."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Export" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
        '<xf fontId="1" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip


class _Sink(io.RawIOBase):
    """What the zip has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep it until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Everything since the last time."""
        taken, self._parts = b"".join(self._parts), []
        return taken


class Workbook:
    """See the module."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for name, text in _PARTS.items():
            self._zip.writestr(name, _XML + text)
        self._sheet = self._zip.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        head = "".join(_text(lines.cell(column.heading), ' s="1"') for column in columns)
        self._sheet.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<sheetData><row>{head}</row>".encode()
        )

    def rows(self, page: Sequence[Values]) -> bytes:
        """What the zip has ready after these rows."""
        text = "".join(
            f"<row>{''.join(_cell(typed(column, row.get(column.name))) for column in self._columns)}</row>"
            for row in page
        )
        self._sheet.write(text.encode())
        return self._sink.taken()

    def end(self) -> bytes:
        """The end of the sheet, and the zip's own directory."""
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()
        return self._sink.taken()


def _cell(value: object) -> str:
    if isinstance(value, (int, float)):
        return f"<c><v>{value!r}</v></c>"
    return _text(str(value)) if value else "<c/>"


def _text(text: str, style: str = "") -> str:
    kept = escape(_ILLEGAL.sub("\ufffd", text[:MAX_LETTERS]))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{kept}</t></is></c>'
