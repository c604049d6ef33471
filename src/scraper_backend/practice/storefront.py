"""One storefront as an aiohttp application: search, product pages, habits, and a log of who asked what.

What its pages look like is the business of `pets` and `garden`; what it sells, of `catalogue`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Protocol

from aiohttp import web

from scraper_backend.practice import catalogue, picture
from scraper_backend.practice.catalogue import Product, Quirk, Shop

SLOW_S = 1.5
LOG_LENGTH = 10_000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Look(Protocol):
    """What a storefront's pages look like, and where they stand; `pets` and `garden` are two."""

    SHOP: Shop
    SEARCH: str
    QUERY: str
    CATEGORY: str
    PICTURE: str
    ROBOTS: str
    REDIRECTS_SINGLE_HIT: bool
    NOT_FOUND: str

    def path_of(self, item: Product) -> str: ...
    def home(self) -> str: ...
    def category(self, name: str) -> str | None: ...
    def results(self, query: str, hits: Sequence[Product]) -> str: ...
    def product(self, item: Product) -> str: ...
    def failure(self, title: str, text: str) -> str: ...
    def captcha(self) -> str: ...


class Storefront:
    """The shop that `look` describes."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.log: list[dict[str, object]] = []
        self._visits: Counter[str] = Counter()
        self._pages = {look.path_of(item): item for item in reversed(catalogue.sold_by(look.SHOP))}

    def app(self) -> web.Application:
        """Everything a visitor can ask for."""
        app = web.Application(middlewares=[self._record])
        app.add_routes(
            [
                web.get("/", self._home),
                web.get(self.look.SEARCH, self._search),
                web.get(self.look.CATEGORY + "{name}", self._category),
                web.get(self.look.PICTURE + "{slug}", self._picture),
                web.get("/style.css", self._style),
                web.get("/robots.txt", self._robots),
                web.get("/__log__", self._show_log),
                web.get("/{anything:.*}", self._product),
            ]
        )
        return app

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        if request.path != "/__log__":
            entry = {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "path": request.path_qs,
                "status": answer.status,
                "user_agent": request.headers.get("User-Agent", ""),
            }
            self.log = [*self.log[-LOG_LENGTH:], entry]
        return answer

    async def _home(self, _: web.Request) -> web.Response:
        return _html(self.look.home())

    async def _search(self, request: web.Request) -> web.Response:
        query = request.query.get(self.look.QUERY, "").strip()
        quirk = catalogue.QUIRKS.get((self.look.SHOP, query))
        if quirk is Quirk.CAPTCHA:
            return _html(self.look.captcha(), status=403)
        if quirk is Quirk.REPLACED:
            raise web.HTTPFound(self.look.path_of(catalogue.products()[catalogue.SUCCESSORS[query]]))
        hits = catalogue.hits(self.look.SHOP, query)
        if len(hits) == 1 and self.look.REDIRECTS_SINGLE_HIT:
            raise web.HTTPFound(self.look.path_of(hits[0]))
        return _html(self.look.results(query, hits))

    async def _category(self, request: web.Request) -> web.Response:
        page = self.look.category(request.match_info["name"])
        return self._not_found() if page is None else _html(page)

    async def _product(self, request: web.Request) -> web.Response:
        item = self._pages.get(request.path)
        if item is None:
            return self._not_found()
        return await self._behave(item) or _html(self.look.product(item))

    async def _behave(self, item: Product) -> web.Response | None:
        """The page's habit, if it has one: late, or not at all this time."""
        quirk = catalogue.QUIRKS.get((self.look.SHOP, item.sku))
        self._visits[item.sku] += 1
        if quirk is Quirk.SLOW:
            await asyncio.sleep(SLOW_S)
        if quirk is Quirk.FLAKY and self._visits[item.sku] % 2 == 1:
            page = self.look.failure("503", "Service unavailable. Please try again.")
            return _html(page, status=503, headers={"Retry-After": "1"})
        return None

    async def _picture(self, request: web.Request) -> web.Response:
        item = next((p for p in catalogue.products().values() if p.slug == request.match_info["slug"]), None)
        if item is None:
            return self._not_found()
        return web.Response(text=picture.svg(item.picture, item.sku), content_type="image/svg+xml")

    async def _style(self, _: web.Request) -> web.Response:
        css = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
        return web.Response(text=css, content_type="text/css")

    async def _robots(self, _: web.Request) -> web.Response:
        return web.Response(text=self.look.ROBOTS)

    async def _show_log(self, _: web.Request) -> web.Response:
        return web.json_response(self.log)

    def _not_found(self) -> web.Response:
        return _html(self.look.failure(self.look.NOT_FOUND, "404"), status=404)


def _html(page: str, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=page, status=status, headers=headers, content_type="text/html", charset="utf-8")
