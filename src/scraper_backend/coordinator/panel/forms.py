"""What a form says: its plain fields, and its files."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request

from scraper_backend.core.wire import MAX_BODY


async def fields(request: Request) -> dict[str, str]:
    """The fields of the form that are text; line ends as one `\\n`."""
    form = await request.form(max_files=500, max_part_size=MAX_BODY)
    return {
        key: value.replace("\r\n", "\n").replace("\0", "")
        for key, value in form.items()
        if isinstance(value, str)
    }


async def many(request: Request, name: str) -> list[str]:
    """Every value of a field that may be there more than once."""
    form = await request.form(max_files=500, max_part_size=MAX_BODY)
    return [value for value in form.getlist(name) if isinstance(value, str)]


async def files(request: Request, name: str) -> list[tuple[str, bytes]]:
    """The files of a field: their names and contents."""
    form = await request.form(max_files=500, max_part_size=MAX_BODY)
    uploads = [item for item in form.getlist(name) if isinstance(item, UploadFile)]
    return [(item.filename or "", await item.read()) for item in uploads if item.filename]
