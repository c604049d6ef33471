"""A shop whose products are built by JavaScript: the pages of `site`, bought in a box that a script fills.

`python -m bench.scripted ROOT PORT` serves it: `/b/SKU.html` has no price and no structured data, its
script asks `/api/SKU.json` for them; pictures and style sheets are real, as they are on every shop.
"""

from __future__ import annotations

import json
import random
import re
import struct
import sys
import zlib
from pathlib import Path

from aiohttp import web

_BUY_BOX = re.compile(r'<div class="price price--pdp">.*?</div>(?=<fieldset>)', re.S)
_STOCK = re.compile(r'<div id="availability">.*?</div>', re.S)
_DATA = re.compile(r'<script type="application/ld\+json">.*?</script>', re.S)
_PICTURE = re.compile(r"https://images\.example\.test/[\w]+\?w=\d+")
_PICTURES = 24
_SCRIPT = """
const sku = location.pathname.split('/').pop().replace('.html', '');
document.getElementById('jsbox').innerHTML = '<span class="skeleton">$--.--</span>';
fetch('/api/' + sku + '.json').then(r => r.json()).then(d => {
  const box = document.createElement('div');
  box.className = 'price price--pdp';
  box.innerHTML = '<span class="price__main"></span><div id="availability"><span class="stock__label"></span></div>';
  box.querySelector('.price__main').setAttribute('content', d.price);
  box.querySelector('.price__main').textContent = '$' + d.price;
  box.querySelector('.stock__label').textContent = d.availability;
  document.getElementById('jsbox').replaceChildren(box);
  document.querySelectorAll('.review').forEach((r, i) => r.querySelector('p').prepend('#' + (i + 1) + ' '));
  document.querySelectorAll('.carousel__card').forEach(c => c.classList.add('seen'));
});
"""


def rewritten(page: str) -> str:
    """A product page of `site` without what its script brings."""
    page = _DATA.sub("", page, count=1)
    page = _STOCK.sub("", _BUY_BOX.sub('<div id="jsbox"></div>', page, count=1), count=1)
    count = iter(range(10**6))
    page = _PICTURE.sub(lambda _: f"/static/{next(count) % _PICTURES}.png", page)
    head = (
        '<link rel="stylesheet" href="/static/shop.css"><script src="/static/shop.js" defer></script></head>'
    )
    return page.replace("</head>", head, 1)


def picture(seed: int, size: int = 300) -> bytes:
    """A PNG of random stripes, some 60 KB: costly to decode as photographs are."""
    chance = random.Random(seed)
    rows = b"".join(
        b"\0" + bytes(chance.randrange(256) for _ in range(3)) * 20 + chance.randbytes(3 * (size - 20))
        for _ in range(size // 4)
        for _ in range(4)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def main(root: Path, port: int) -> None:
    """Serve until terminated."""
    truth = json.loads((root / "truth.json").read_text())
    files = {f"{number}.png": (picture(number), "image/png") for number in range(_PICTURES)}
    rules = "".join(f".m{i}{{margin:{i % 40}px;padding:{i % 7}rem}}\n" for i in range(3000))
    files["shop.css"] = (f".carousel{{display:flex;overflow:hidden}}\n{rules}".encode(), "text/css")
    files["shop.js"] = (_SCRIPT.encode(), "application/javascript")

    async def product(request: web.Request) -> web.Response:
        path = root / "p" / f"{request.match_info['sku']}.html"
        return web.Response(text=rewritten(path.read_text(encoding="utf-8")), content_type="text/html")

    async def api(request: web.Request) -> web.Response:
        facts = truth[request.match_info["sku"]]
        return web.json_response({name: facts[name] for name in ("price", "availability")})

    async def static(request: web.Request) -> web.Response:
        body, kind = files[request.match_info["name"]]
        return web.Response(body=body, content_type=kind, headers={"Cache-Control": "max-age=600"})

    app = web.Application()
    app.add_routes(
        [
            web.get("/b/{sku}.html", product),
            web.get("/api/{sku}.json", api),
            web.get("/static/{name}", static),
        ]
    )
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
