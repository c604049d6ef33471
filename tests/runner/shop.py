"""A small shop: its search redirects to the product, its pages carry JSON-LD, it can be slow or broken."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Shop:
    def __init__(self, skus: list[str]) -> None:
        self.skus = set(skus)
        self.pause_s = 0.0
        self.broken = False
        self.forbidden = False
        self.moments: list[float] = []
        self.searched: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def scraper(self, name: str = "shop", **keys: Any) -> dict[str, Any]:
        return {
            "name": name, "disabled": False, "base_url": self.url,
            "search_url_template": "/search?q={sku}", "selectors": {}, "options": {"retries": 0}, **keys,
        }  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/robots.txt":
                    return self._page(404, "none")
                shop.moments.append(time.monotonic())
                time.sleep(shop.pause_s)
                if shop.broken:
                    return self._page(500, "broken")
                if parts.path == "/search" and shop.forbidden:
                    shop.searched.append(parse_qs(parts.query)["q"][0])
                    return self._page(403, "Access denied")
                if parts.path == "/search":
                    sku = parse_qs(parts.query).get("q", [""])[0]
                    shop.searched.append(sku)
                    return self._search(sku)
                return self._page(200, _product(unquote(parts.path.removeprefix("/p/"))))

            def _search(self, sku: str) -> None:
                if sku not in shop.skus:
                    return self._page(200, f"<h1>Search</h1><p>No results found for {sku}.</p>")
                self.send_response(302)
                self.send_header("Location", f"/p/{sku}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None

            def _page(self, status: int, text: str) -> None:
                raw = f"<!doctype html><title>Shop</title><body>{text}</body>".encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _product(sku: str) -> str:
    product = {
        "@context": "https://schema.org", "@type": "Product", "name": f"Product {sku}", "sku": sku,
        "offers": {"@type": "Offer", "price": "12.50", "priceCurrency": "USD", "availability": "InStock"},
    }  # fmt: skip
    ld = f'<script type="application/ld+json">{json.dumps(product)}</script>'
    return f"{ld}<h1>Product {sku}</h1><p>SKU: {sku}</p><p>$12.50</p>"


@contextmanager
def open_shop(skus: list[str]) -> Iterator[Shop]:
    shop = Shop(skus)
    try:
        yield shop
    finally:
        shop.close()
