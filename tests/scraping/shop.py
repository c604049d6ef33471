"""A real shop on 127.0.0.1 whose every page a test lays out, with the log of what was asked of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any, cast
from urllib.parse import quote

from aiohttp import web

from scraper_backend.core.scraper_config import ScraperConfig, parse_value
from scraper_backend.core.wire import Outcome
from scraper_backend.scraping.fetch.guard import AllowList
from scraper_backend.scraping.fetch.http import HttpFetcher
from scraper_backend.scraping.sku import scrape

Answer = web.Response | str
Page = Answer | Callable[[web.Request], Answer | Awaitable[Answer]]


@dataclass
class Shop:
    """Pages by path.  `search` answers /search and is given the query."""

    root: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    search: Callable[[str], Answer | Awaitable[Answer]] = field(default=lambda query: results(query))  # noqa: PLW0108
    template: str = "/search?q={sku}"
    log: list[str] = field(default_factory=list)

    @property
    def visited(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [path for path in self.log if path != "/robots.txt"]

    def config(self, **more: Any) -> ScraperConfig:
        """The least configuration, and whatever a test adds."""
        plain = {"name": "shop", "base_url": self.root, "search_url_template": self.template, **more}
        return parse_value(plain, source="test")

    async def scrape(self, sku: str, **more: Any) -> Outcome:
        """One SKU, fetched over HTTP."""
        async with fetcher(self) as fetching:
            return await scrape(self.config(**more), sku, fetching)

    async def answer(self, request: web.Request) -> web.Response:
        """The page of this path, or a 404."""
        self.log.append(request.path_qs)
        page: Page | None = self.pages.get(request.path_qs, self.pages.get(request.path))
        if page is None and request.path == "/search":
            page = lambda request: self.search(request.query.get("q", ""))  # noqa: E731
        if page is None:
            return web.Response(status=404, text="<h1>Page not found</h1>", content_type="text/html")
        answer: Any = page(request) if callable(page) and not isinstance(page, web.Response) else page
        if asyncio.iscoroutine(answer):
            answer = await answer
        return html(answer) if isinstance(answer, str) else cast(web.Response, answer)


def told(outcome: Outcome, *path: str | int) -> Any:
    """What stands at a path in an outcome's detail."""
    here: Any = outcome.detail
    for part in path:
        here = here[part]
    return here


def ending(outcome: Outcome) -> tuple[str, Any]:
    """The outcome and its reason."""
    return outcome.outcome, outcome.detail.get("reason")


def html(text: str, status: int = 200, **headers: str) -> web.Response:
    """A page with a status."""
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def moved(path: str) -> web.Response:
    """A redirect."""
    return web.Response(status=302, headers={"Location": path})


def as_json(value: object) -> web.Response:
    """A JSON answer."""
    return web.json_response(value)


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    """A shop that is open until the end of the block."""
    shop = Shop()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", shop.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    shop.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield shop
    finally:
        await runner.cleanup()


@asynccontextmanager
async def fetcher(shop: Shop) -> AsyncIterator[HttpFetcher]:
    """A fetcher that may visit the shop."""
    async with HttpFetcher(allow_private=AllowList.from_text(shop.root.partition("://")[2])) as fetching:
        yield fetching


# ── Pages ──────────────────────────────────────────────────────────────────────────────────────────

_FRAME = """<!DOCTYPE html><html lang="en"><head><title>{title}</title>{head}</head><body>
<header><a href="/">Garden &amp; Pet</a><nav><ul><li><a href="/category/dogs">Dogs</a></li>
<li><a href="/category/cats">Cats</a></li></ul></nav>
<form action="/search"><input type="search" name="q"
value="{query}"><button>Search</button></form><a href="/cart">Cart</a></header>
<main>{main}</main>
<footer><a href="/about">About us</a><a href="/contact">Contact</a></footer></body></html>"""


def frame(main: str, *, title: str = "Garden & Pet", head: str = "", query: str = "") -> str:
    """A page of the shop around its content."""
    return _FRAME.format(main=main, title=escape(title), head=head, query=escape(query, quote=True))


def card(path: str, title: str, *, price: str = "$10.00", more: str = "", attributes: str = "") -> str:
    """One result."""
    return f"""<li class="product-card" {attributes}>
<a href="{path}"><img src="/i.jpg" alt="{escape(title)}"></a>
<h3><a href="{path}">{escape(title)}</a></h3><span class="price">{price}</span>{more}</li>"""


def results(query: str, *cards: str, heading: str | None = None, head: str = "", more: str = "") -> str:
    """A results page; without cards it says that there is nothing."""
    said = heading or f"Search results for “{escape(query)}”"
    main = f"<h1>{said}</h1>"
    main += f"<ul class='products'>{''.join(cards)}</ul>" if cards else "<p>No products were found.</p>"
    return frame(main + more, title=f"{query} – Search", head=head, query=query)


def product(
    title: str,
    *,
    sku: str | None = None,
    price: str = "10.00",
    label: str = "",
    more: str = "",
    head: str = "",
    stock: str = "InStock",
    **claims: Any,
) -> str:
    """A product page with JSON-LD; `label` is a line of the page's look, such as `SKU: X`."""
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": title,
        **({"sku": sku} if sku else {}),
        "offers": {"@type": "Offer", "price": price, "priceCurrency": "USD",
                   "availability": f"https://schema.org/{stock}"},
        **claims,
    }  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    main = f"""<article class="product"><h1>{escape(title)}</h1><p class="price">${price}</p><p>In stock</p>
<p>{label}</p><form action="/cart/add" method="post"><button>Add to cart</button></form></article>{more}"""
    return frame(main, title=f"{title} | Garden & Pet", head=script + head)


def related(*cards: str) -> str:
    """What other customers looked at."""
    return f"<section class='related-products'><h2>You may also like</h2><ul>{''.join(cards)}</ul></section>"


def listing(items: Iterable[tuple[str, str]]) -> list[str]:
    """Cards for (path, title) pairs, no codes on them."""
    return [card(path, title) for path, title in items]


def encoded(sku: str) -> str:
    """The SKU as it stands in a path."""
    return quote(sku, safe="")
