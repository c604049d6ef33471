"""The product's pictures: those of the gallery beside its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scraper_backend.scraping import clean
from scraper_backend.scraping.clean.links import is_placeholder
from scraper_backend.scraping.document import Node
from scraper_backend.scraping.extract.visible.scene import Scene, elements_above

ENOUGH: Final = 3.0
ALONE: Final = 1.5
"""What is enough for the only picture there is."""
MOST: Final = 300

_SOURCES: Final = (
    "data-zoom-image", "data-zoom", "data-large_image", "data-large-image", "data-large",
    "data-full", "data-src-large", "data-original",
    "data-image", "data-hires", "data-old-hires", "data-src", "data-lazy", "data-lazy-src", "src",
)  # fmt: skip
_SETS: Final = ("srcset", "data-srcset")
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|webp|avif|gif)(?:$|\?)", re.IGNORECASE)
_NO_PRODUCT: Final = re.compile(
    r"logo|icon|payment|visa|mastercard|paypal|badge|flag|sprite|avatar|rating"
    r"|stars?[._/-]|banner|seal|trust|captcha|swatch",
    re.IGNORECASE,
)


def pictures(scene: Scene, base: str) -> tuple[list[str], Node | None]:
    """The addresses of the gallery's pictures, and its first image; none when nothing looks like one."""
    near = [one for one in _images(scene) if one[0] >= ALONE]
    scored = near if len(near) == 1 else [one for one in near if one[0] >= ENOUGH]
    if not scored:
        return [], None
    best = max(score for score, _, _ in scored)
    chosen = [(node, source) for score, node, source in scored if score >= best - 1.5]
    return list(dict.fromkeys(source for _, source in chosen)), chosen[0][0]


def _images(scene: Scene) -> Iterator[tuple[float, Node, str]]:
    title = _words(scene.title)
    for node in scene.document.tree.select("img")[:MOST]:
        if node in scene.apart or scene.is_card(node):
            continue
        source = _source(node)
        if source is None or _NO_PRODUCT.search(source.rsplit("/", 2)[-1]) or is_placeholder(source):
            continue
        yield _score(node, scene, title), node, source


def _source(node: Node) -> str | None:
    """The largest that the image names: the link around it, zoom attributes, `srcset`, `src`."""
    link = next((above.attr("href") for above in list(elements_above(node))[:2] if above.tag == "a"), None)
    if link and _PICTURE.search(link):
        return link
    for name in _SOURCES[:11]:
        value = node.attr(name)
        if value and not value.startswith("data:"):
            return value
    for name in _SETS:
        found = clean.largest(node.attr(name))
        if found:
            return found
    return next(
        (value for name in _SOURCES[11:] if (value := node.attr(name)) and not value.startswith("data:")),
        None,
    )


def _score(node: Node, scene: Scene, title: set[str]) -> float:
    score = max(-2.0, 3.0 - 0.5 * scene.distance(node))
    said = {
        trait
        for above in [node, *list(elements_above(node))[:6]]
        if above not in scene.above
        for trait in scene.traits_of(above)
    }
    score += 2.0 * ("gallery" in said) - 3.0 * bool(said & {"story", "review", "brand"})
    score += 3.0 * (node.attr("itemprop") == "image")
    alt = _words(node.attr("alt") or "")
    score += 2.0 * (bool(alt) and len(alt & title) * 2 >= len(title))
    score -= 2.0 * bool(_NO_PRODUCT.search(f"{node.attr('class') or ''} {node.attr('alt') or ''}"))
    return score - 3.0 * _is_tiny(node)


def _is_tiny(node: Node) -> bool:
    sizes = [int(size) for name in ("width", "height") if (size := node.attr(name) or "").isdigit()]
    return bool(sizes) and max(sizes) < 48


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
