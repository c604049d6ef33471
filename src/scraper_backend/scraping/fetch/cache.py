"""Pages kept on disk, so that a site can say "not changed" instead of sending them again.

Off by default.  A kept page is never used without asking (prices change within a page's `max-age`);
it saves the site's bandwidth and ours, not the question.  One file a page: a line of JSON, then the
body as it came.  A file that cannot be read is no page, and is written again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yarl import URL

from scraper_backend.scraping.fetch.exchange import Raw

_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_PRUNE_EVERY: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it came last time, and the headers that ask whether it has changed."""

    raw: Raw
    conditions: dict[str, str]


class PageCache:
    """A folder of pages, at most `max_bytes` of them; the longest unused go first."""

    def __init__(self, folder: Path, *, max_bytes: int = 1 << 30) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._stores = 0

    async def load(self, site: str, url: URL) -> Kept | None:
        """What is kept of this page for this site."""
        return await asyncio.to_thread(self._read, self._path(site, url))

    async def store(self, site: str, url: URL, raw: Raw) -> None:
        """Keep an answer, when it can be asked about later and may be kept."""
        control = raw.headers.get("cache-control", "").lower()
        can_ask = any(name in raw.headers for name in _VALIDATORS)
        if raw.status == 200 and can_ask and not raw.cut and raw.body and "no-store" not in control:
            await asyncio.to_thread(self._write, self._path(site, url), raw)

    def _path(self, site: str, url: URL) -> Path:
        # A site's cookies and headers change what it sends: what one site was shown is no other's.
        name = hashlib.sha256(f"{site}\n{url}".encode()).hexdigest()
        return self._folder / name[:2] / name

    def _read(self, path: Path) -> Kept | None:
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            headers = {str(name): str(value) for name, value in json.loads(head).items()}
            os.utime(path)
        except (OSError, ValueError, AttributeError):
            return None
        conditions = {asks: headers[name] for name, asks in _VALIDATORS.items() if name in headers}
        return Kept(Raw(200, headers, body), conditions)

    def _write(self, path: Path, raw: Raw) -> None:
        """Written beside and moved into place: a crash leaves the old page or the new one."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_bytes(json.dumps(dict(raw.headers)).encode() + b"\n" + raw.body)
        beside.replace(path)
        self._stores += 1
        if self._stores % _PRUNE_EVERY == 1:
            self._prune()

    def _prune(self) -> None:
        files = []
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        over = sum(size for _, size, _ in files) - self._max_bytes
        for _, size, path in sorted(files):
            if over <= 0:
                break
            path.unlink(missing_ok=True)
            over -= size
