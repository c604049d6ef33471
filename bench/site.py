"""A large shop for measuring: product pages of about 100 KB and search pages, the same at every run.

The pages have what real ones carry: a menu, a buy box, variants, reviews, carousels with other prices,
structured data, state in a script.  nginx serves them where it is installed, else aiohttp does; the
server is a process of its own and its CPU is nobody's.
"""

from __future__ import annotations

import contextlib
import gzip
import html
import json
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

WORDS = [
    "premium",
    "natural",
    "grain",
    "free",
    "chicken",
    "salmon",
    "turkey",
    "recipe",
    "adult",
    "puppy",
    "senior",
    "kitten",
    "dog",
    "cat",
    "food",
    "dental",
    "chew",
    "omega",
    "vitamin",
    "mineral",
    "protein",
    "healthy",
    "skin",
    "coat",
    "probiotic",
    "formula",
    "real",
    "meat",
    "first",
    "ingredient",
    "bag",
    "pack",
    "soft",
    "crunchy",
    "durable",
    "rubber",
    "toy",
    "leash",
    "collar",
    "harness",
    "nylon",
    "reflective",
    "garden",
    "soil",
    "mulch",
    "fertilizer",
    "seed",
    "lawn",
    "tomato",
    "feeder",
    "bird",
    "blend",
    "suet",
    "horse",
    "hay",
    "alfalfa",
    "layer",
    "feed",
    "pellet",
    "steel",
    "bowl",
    "washable",
    "bed",
    "orthopedic",
    "foam",
    "cover",
    "waterproof",
    "crate",
    "folding",
    "wire",
]
BRANDS = ("Northpaw", "Hollyhock", "Greenspan & Sons", "Barkley’s", "Millrace", "Tidepool")


class Writer:
    """Random but repeatable prose."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, count: int) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(count))

    def prose(self, sentences: int) -> str:
        return " ".join(self.words(self.random.randint(8, 18)).capitalize() + "." for _ in range(sentences))


def generate(folder: Path, products: int) -> Path:
    """Write the site under `folder` unless it is there; answers its root."""
    root = folder / f"shop-{products}"
    if (root / "truth.json").exists():
        return root
    (root / "p").mkdir(parents=True, exist_ok=True)
    (root / "search").mkdir(exist_ok=True)
    truth = {}
    for index in range(products):
        sku = f"SKU-{index:05d}"
        writer = Writer(index)
        facts = _facts(writer, index, sku)
        truth[sku] = facts
        _write(root / "p" / f"{sku}.html", _product(writer, facts))
        _write(root / "search" / f"{sku}.html", _search(writer, facts))
    (root / "truth.json").write_text(json.dumps(truth))
    return root


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode(), 6, mtime=0))


def _facts(writer: Writer, index: int, sku: str) -> dict[str, str]:
    brand = writer.random.choice(BRANDS)
    digits = f"{70000000000 + index:011d}"
    check = -sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits)) % 10
    return {
        "sku": sku,
        "title": f"{brand} {writer.words(9).title()}, {writer.random.randint(1, 50)} lb",
        "brand": brand,
        "price": f"{writer.random.randint(399, 12999) / 100:.2f}",
        "gtin": digits + str(check),
        "rating": f"{writer.random.randint(30, 50) / 10}",
        "availability": writer.random.choice(("In Stock", "In Stock", "Out of Stock")),
        "weight": f"{writer.random.randint(1, 50)} pounds",
    }


def _shell(writer: Writer, title: str, head: str, body: str, state: object) -> str:
    menu = "".join(
        f'<li class="nav__item"><a href="/c/{i}">{writer.words(2)}</a><ul>'
        + "".join(f'<li><a class="nav__sub" href="/c/{i}/{k}">{writer.words(2)}</a></li>' for k in range(18))
        + f'</ul><button type="button" aria-label="Open">{_icon(writer)}</button></li>'
        for i in range(9)
    )
    css = "".join(
        f".c-{i}__{writer.words(1)}{{display:flex;margin:{i % 9}px;padding:0 {i % 7}rem}}\n"
        for i in range(90)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en-US"><head><meta charset="utf-8"><title>{html.escape(title)} | Measured Pets</title>'
        f"{head}<style>{css}</style><script>window.dataLayer=window.dataLayer||[];</script></head><body>"
        f'<header><form action="/s" role="search"><input name="k"></form><nav><ul>{menu}</ul></nav></header>'
        f'<main id="main">{body}</main><footer>{writer.prose(4)}</footer>'
        f'<script id="__STATE__" type="application/json">{json.dumps(state)}</script></body></html>'
    )


def _card(writer: Writer, *, href: str, title: str, price: str, kind: str) -> str:
    pid = writer.random.randrange(10**8)
    picture = f"https://images.example.test/{pid}"
    return (
        f'<div class="{kind}" data-pid="{pid}"><div class="card__media"><a class="card__img" href="{href}" tabindex="-1">'
        f'<img loading="lazy" alt="{html.escape(title)}" src="{picture}?w=300" srcset="{picture}?w=300 1x, {picture}?w=600 2x"'
        f' width="300" height="300"></a><button type="button" class="card__fav" aria-label="Add to list">{_icon(writer)}</button>'
        f'</div><div class="card__body"><h2 class="card__title"><a class="card__link" href="{href}">{html.escape(title)}</a></h2>'
        f"{_stars(writer)}"
        f'<div class="price price--std"><span class="sr-only">Price</span><span>${price}</span>'
        f'<span class="price__was">${float(price) * 1.2:.2f}</span></div><p class="card__ship">Free delivery <b>{writer.words(1)}</b></p>'
        f'<button class="btn" type="button" data-pid="{pid}">Add to Cart</button></div></div>'
    )


def _icon(writer: Writer) -> str:
    points = " ".join(f"{writer.random.random() * 9:.3f}" for _ in range(18))
    return (
        '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="M12 12c{points}z" fill="currentColor"></path></svg>'
    )


def _stars(writer: Writer) -> str:
    rated = writer.random.randint(30, 50) / 10
    return (
        f'<div class="stars" role="img" aria-label="Rated {rated} out of 5 stars"><span class="stars__bar" style="--v:{rated}">'
        f'</span><span class="stars__count">{writer.random.randint(1, 9000)}</span></div>'
    )


def _carousel(writer: Writer, size: int) -> str:
    cards = "".join(
        _card(
            writer,
            href=f"/p/x{writer.random.randrange(10**8)}.html",
            title=writer.words(8).title(),
            price=f"{writer.random.randint(300, 9999) / 100:.2f}",
            kind="carousel__card",
        )
        for _ in range(size)
    )
    return f'<section class="carousel"><h2>{writer.words(3).title()}</h2>{cards}</section>'


def _product(writer: Writer, facts: dict[str, str]) -> str:
    r = writer.random
    images = [f"https://images.example.test/{facts['sku']}_{k}?w=1500" for k in range(r.randint(5, 9))]
    stock = "OutOfStock" if facts["availability"].startswith("Out") else "InStock"
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": facts["title"],
        "sku": facts["sku"],
        "gtin12": facts["gtin"],
        "brand": {"@type": "Brand", "name": facts["brand"]},
        "image": images,
        "description": writer.prose(6),
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": facts["rating"],
            "reviewCount": r.randint(3, 900),
        },
        "offers": {
            "@type": "Offer",
            "price": facts["price"],
            "priceCurrency": "USD",
            "availability": f"https://schema.org/{stock}",
        },
        "review": [{"@type": "Review", "reviewBody": writer.prose(3)} for _ in range(5)],
    }
    gallery = "".join(
        f'<li><img class="gallery__img" src="{url}" data-zoom="{url}" alt="view"></li>' for url in images
    )
    variants = "".join(
        f'<label class="variant"><input type="radio" name="size" value="{k}"><span>{k} lb</span><span>${k}.99</span></label>'
        for k in range(r.randint(3, 9))
    )
    specs = "".join(
        f"<tr><th> {k} </th><td>{html.escape(v)}</td></tr>\n"
        for k, v in [("Brand", facts["brand"]), ("Item Weight", facts["weight"]), ("UPC", facts["gtin"])]
        + [(writer.words(2).title(), writer.words(2)) for _ in range(r.randint(8, 18))]
    )
    reviews = "".join(
        f'<article class="review"><header>{_stars(writer)}<h3>{writer.words(5)}</h3></header><p>{writer.prose(r.randint(2, 6))}</p>'
        f'<footer><span class="review__by">{writer.words(1).title()}</span> <time>{r.randint(1, 28)} May</time>'
        f'<button type="button">{_icon(writer)} Helpful</button></footer></article>'
        for _ in range(r.randint(25, 40))
    )
    body = (
        f'<nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/c/1">{writer.words(2)}</a></li></ol></nav>'
        f'<div class="pdp" data-sku="{facts["sku"]}"><ul class="gallery" id="gallery">{gallery}</ul><section>'
        f'<a class="pdp__brand" href="/b">{html.escape(facts["brand"])}</a><h1 id="productTitle"> {html.escape(facts["title"])} </h1>'
        f'<span class="rating__value" content="{facts["rating"]}">{facts["rating"]}</span><div id="buybox">'
        f'<div class="price price--pdp"><span class="price__main" content="{facts["price"]}">${facts["price"]}</span>'
        f"<span>List: <s>${float(facts['price']) * 1.25:.2f}</s></span></div><fieldset>{variants}</fieldset>"
        f'<div id="availability"><span class="stock__label">{facts["availability"]}</span></div>'
        f'<form method="post" action="/cart"><button type="submit">Add to Cart</button></form></div></section></div>'
        f'<section id="description"><div class="desc__body"><p>{writer.prose(9)}</p></div></section>'
        f'<table id="specs"><tbody>{specs}</tbody></table><section id="reviews">{reviews}</section>'
        + "".join(_carousel(writer, r.randint(10, 16)) for _ in range(3))
    )
    linked = json.dumps(data).replace("</", "<\\/")
    head = (
        f'<link rel="canonical" href="/p/{facts["sku"]}.html"><meta property="og:type" content="product">'
        f'<meta property="og:title" content="{html.escape(facts["title"])}">'
        f'<script type="application/ld+json">{linked}</script>'
    )
    state = {
        "variants": [
            {"id": r.randrange(10**9), "n": writer.words(3), "p": r.random() * 99} for _ in range(60)
        ]
    }
    return _shell(writer, facts["title"], head, body, state)


def _search(writer: Writer, facts: dict[str, str]) -> str:
    first = _card(
        writer,
        href=f"/p/{facts['sku']}.html?ref=1",
        title=facts["title"],
        price=facts["price"],
        kind="s-result",
    )
    others = "".join(
        _card(
            writer,
            href=f"/p/{facts['sku'][:4]}{writer.random.randrange(90000) + 10000}.html",
            title=writer.words(9).title(),
            price=f"{writer.random.randint(300, 9999) / 100:.2f}",
            kind="s-result",
        )
        for _ in range(writer.random.randint(24, 36))
    )
    body = f'<h1>Results for &ldquo;{facts["sku"]}&rdquo;</h1><div id="results">{first}{others}</div>'
    return _shell(writer, f"Search {facts['sku']}", "", body, {"q": facts["sku"]})


NGINX = """
daemon off; worker_processes 1; pid {run}/nginx.pid; error_log {run}/nginx.err warn;
events {{ worker_connections 4096; }}
http {{
  types {{ text/html html; }}
  default_type text/html; charset utf-8; access_log off; sendfile on; tcp_nodelay on;
  keepalive_requests 10000000; gzip_static on; open_file_cache max=10000 inactive=600s;
  client_body_temp_path {run}/a; proxy_temp_path {run}/b; fastcgi_temp_path {run}/c;
  uwsgi_temp_path {run}/d; scgi_temp_path {run}/e;
  server {{ listen 127.0.0.1:{port}; root {root};
    location = /robots.txt {{ return 200 "User-agent: *\\nAllow: /\\n"; }}
    location = /s {{ rewrite ^ /search/$arg_k.html? last; }} }}
}}
"""


@contextlib.contextmanager
def served(root: Path) -> Iterator[str]:
    """The site's address while it is served."""
    port = _free_port()
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx:
        config = root / "nginx.conf"
        config.write_text(NGINX.format(run=root, root=root, port=port))
        command = [nginx, "-p", str(root), "-c", str(config)]
    else:
        command = [sys.executable, "-m", "bench.static", str(root), str(port)]
    with _running(command, port) as base:
        yield base


@contextlib.contextmanager
def scripted(root: Path) -> Iterator[str]:
    """The same products on pages that a script completes."""
    port = _free_port()
    with _running([sys.executable, "-m", "bench.scripted", str(root), str(port)], port) as base:
        yield base


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[str]:
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise SystemExit("bench: the site's server did not start")
