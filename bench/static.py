"""`python -m bench.static ROOT PORT`: the site where nginx is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

from aiohttp import web


def main(root: Path, port: int) -> None:
    """Serve pre-compressed pages from memory until terminated."""
    pages = {path.name[:-8]: path.read_bytes() for path in (root / "p").glob("*.html.gz")}
    searches = {path.name[:-8]: path.read_bytes() for path in (root / "search").glob("*.html.gz")}

    def answer(body: bytes | None) -> web.Response:
        if body is None:
            return web.Response(status=404)
        return web.Response(
            body=body, headers={"Content-Encoding": "gzip", "Content-Type": "text/html; charset=utf-8"}
        )

    async def product(request: web.Request) -> web.Response:
        return answer(pages.get(request.match_info["sku"]))

    async def search(request: web.Request) -> web.Response:
        return answer(searches.get(request.query.get("k", "")))

    app = web.Application()
    app.add_routes([web.get("/p/{sku}.html", product), web.get("/s", search)])
    web.run_app(app, host="127.0.0.1", port=port, print=None)


main(Path(sys.argv[1]), int(sys.argv[2]))
