"""Addresses of pages and images.

An image is listed once, in its largest size: sizes live in `srcset`, in query parameters and in the names
that image servers give, so two addresses that differ only there are one picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from scraper_backend.scraping.clean.text import plain, unescape
from scraper_backend.scraping.clean.words import words

LONGEST_ADDRESS: Final = 4096
MOST_IMAGES: Final = 60


def url(raw: object, base: str) -> str | None:
    """Absolute http(s) address without fragment; None for anything else (javascript:, data:, mailto:)."""
    if not isinstance(raw, str):
        return None
    if _PLAIN.fullmatch(raw) and "/." not in raw and len(raw) < LONGEST_ADDRESS // 2:
        return raw if raw[0] != "/" else _root(base) and f"{_root(base)}{raw}"
    return _resolved(raw, base)


_PLAIN: Final = re.compile(
    r"""(?:https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?          # a host and perhaps its port
           (?::(?:[1-5]\d{4}|6[0-4]\d{3}|[1-9]\d{0,3}))?
        |(?=/[^/]))                                           # or a path from the root
    /[\w%:@!$'()*+,=~\-./]*(?:\?[\w%:@!$&'()*+,=~\-./?]+)?""",
    re.A | re.X,
)
"""An address that is written as it is sent: nothing to decode, to encode or to resolve."""


@lru_cache(256)
def _root(base: str) -> str | None:
    """The scheme and host of an address."""
    front = _resolved("/", base)
    return front.removesuffix("/") if front else None


def _resolved(raw: str, base: str) -> str | None:
    written = plain(unescape(raw[: LONGEST_ADDRESS + 1]), longest=LONGEST_ADDRESS + 1).replace(" ", "%20")
    if not written or len(written) > LONGEST_ADDRESS or written.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(base, written.replace("\\", "/")))
        is_reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not is_reachable or re.search(r"[\s<>\"{}|^`]", parts.netloc):
        return None
    return urlunsplit((parts.scheme, parts.netloc, _quoted(parts.path), _quoted(parts.query), ""))


def _quoted(part: str) -> str:
    """Percent-encoded as a browser would; what is encoded already stays."""
    return quote(part, safe="/%:@!$&'()*+,;=~?-._[]|")


# ── Images ─────────────────────────────────────────────────────────────────────────────────────────


def largest(srcset: object) -> str | None:
    """The largest candidate of a `srcset` attribute, as written."""
    if not isinstance(srcset, str) or not srcset.strip():
        return None
    best: tuple[float, str] = (-1.0, "")
    for candidate, size in _candidates(srcset[:20_000]):
        best = max(best, (size, candidate), key=lambda item: item[0])
    return best[1] or None


def _candidates(srcset: str) -> Iterator[tuple[str, float]]:
    """Each address with its width or density.  Addresses may hold commas, but not at their end."""
    address = ""
    for word in re.sub(r"(?<=\d[wxh]),(?=\S)", ", ", srcset).split():
        bare = word.strip(",")
        if re.fullmatch(r"\d{1,6}(?:\.\d{1,4})?[wxh]", bare) and address:
            yield address, float(bare[:-1])
            address = ""
        elif address:
            yield address.rstrip(","), 1.0
            address = bare
        else:
            address = bare
        if address and word.endswith(","):
            yield address, 1.0
            address = ""
    if address:
        yield address, 1.0


def images(many: Iterable[object] | object, base: str) -> tuple[str, ...]:
    """Absolute, largest, each picture once; placeholders, spinners, pixels and data: dropped.

    An item may be an address, a `srcset`, or an object with `url` or `contentUrl` as JSON-LD has it.
    """
    items = [many] if isinstance(many, (str, dict)) or not isinstance(many, Iterable) else many
    chosen: dict[str, tuple[float, str]] = {}
    for item in items:
        if len(chosen) >= MOST_IMAGES:
            break
        address = url(_address(item), base)
        if address is None or is_placeholder(address):
            continue
        picture, size = _picture(address)
        if picture not in chosen or size > chosen[picture][0]:
            chosen[picture] = (size, address)
    return tuple(address for _, address in chosen.values())


def _address(item: object) -> object:
    if isinstance(item, dict):
        return next((item[key] for key in ("contentUrl", "url", "@id", "src") if item.get(key)), None)
    if isinstance(item, str) and _SIZED.search(item):
        return largest(item)
    return item


_SIZED: Final = re.compile(r"\s\d{1,6}(?:\.\d+)?[wx](?:,|\s*$)")
_PLACEHOLDER: Final = re.compile(
    r"(?:^|[/_.\-=])(?:placeholder|place-holder|no[-_]?image|no[-_]?photo|no[-_]?picture"
    r"|no[-_]?img|noimg|image[-_]?not[-_]?found|image[-_]?missing|"
    r"not[-_]?available|image[-_]?coming[-_]?soon|coming[-_]?soon|default[-_]?(?:image"
    r"|product|img)|missing[-_]?image|image_not_found|"
    r"spinner|loading|loader|ajax-load|preload(?:er)?|blank|spacer|pixel|1x1|transparent"
    r"|clear|dummy|lazy[-_]?load|lazyload|empty|kein-bild|"
    r"sprite|favicon|grey|gray|s\.gif|t\.gif)(?:[/_.\-]|\d|$)",
    re.IGNORECASE,
)
_TRACKER_MARKS: Final = (
    "facebook",
    "analytics",
    "doubleclick",
    "bat.bing",
    "pixel",
    "beacon",
    "track",
    "scorecard",
)
"""What every tracker's address has in it; looking for one of them takes a tenth of the time."""
_TRACKER: Final = re.compile(
    r"facebook\.com/tr|google-analytics|doubleclick\.net|bat\.bing|pixel\.|/pixel\b"
    r"|/beacon|/track(?:ing|er)?[/.?]|analytics\.|scorecardresearch",
    re.IGNORECASE,
)


@lru_cache(1024)
def is_placeholder(address: str) -> bool:
    """Whether an image stands for one that is not there: a spinner, a pixel, a "no image" sign."""
    path = address.partition("?")[0].partition("#")[0].partition("://")[2].partition("/")[2]
    if path.lower().endswith((".svg", ".ico", ".js", ".css", ".html", ".mp4", ".webm")):
        return True
    low = address.lower()
    may_track = any(mark in low for mark in _TRACKER_MARKS)
    is_tracker = may_track and _TRACKER.search(address) is not None
    return is_tracker or _PLACEHOLDER.search("/".join(path.rsplit("/", 3)[-3:])) is not None


_SIZE_PARAMETERS: Final = words(
    """
    w h width height wid hei size sw sh sm q quality qlt fmt format fm auto dpr fit crop resize scale
    op_sharpen op_usm strip v ver version t ts bg bgcolor background pad canvas optimize enable disable
    upscale trim rect imwidth imheight imdensity maxwidth maxheight max-w max-h mw mh profile preset
    $pdp$ $large$ webp sharp usm pjpg_quality itok interpolation resmode iccembed extend fill-color ar
    cs as
    """
)
_SIZE_IN_NAME: Final = (
    re.compile(
        r"_(?:pico|icon|thumb|small|compact|medium|large|grande|original|master"
        r"|\d{2,4}x\d{0,4}|x\d{2,4})(?:_crop_\w+)?(?:@[23]x)?(?:\.progressive)?(?=\.\w{3,4}$)",
        re.I,
    ),
    re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w{3,4}$)"),
    re.compile(r"\._[A-Z0-9,_]{3,80}_(?=\.\w{3,4}$)"),
    re.compile(
        r"(?<=/)(?:w_\d+|h_\d+|c_\w+|q_\w+|f_\w+|g_\w+|dpr_[\w.]+)(?:,(?:w_\d+|h_\d+|c_\w+"
        r"|q_\w+|f_\w+|g_\w+|dpr_[\w.]+))*(?=/)"
    ),
    re.compile(
        r"(?<=/)cache/(?:\d+/)?(?:small_image|image"
        r"|thumbnail)?/?(?:\d{1,4}x\d{0,4}/)?[0-9a-f]{32}(?=/[^/]/[^/]/)"
    ),
    re.compile(
        r"(?<=/)(?:\d{2,4}x\d{2,4}|fit-in/\d{1,4}x\d{1,4}|stencil/\d{2,4}[xw]\d{0,4}"
        r"|images/stencil/[\w:]+)(?=/)"
    ),
    re.compile(
        r"(?<=[-_])(?:small|medium|large|thumb|thumbnail|zoom|xl|cart|home|big|(?:small"
        r"|medium|large|home|cart|thickbox)_default)(?=[./])",
        re.I,
    ),
)
_WIDTH_WORDS: Final[dict[str, float]] = {
    "pico": 16, "icon": 32, "thumb": 50, "thumbnail": 80, "small": 100, "cart": 110, "compact": 160,
    "home": 250, "medium": 240, "large": 480, "grande": 600, "thickbox": 800, "xl": 1000, "big": 1000,
    "zoom": 1200, "original": 4000, "master": 4000,
}  # fmt: skip


@lru_cache(1024)
def _picture(address: str) -> tuple[str, float]:
    """What tells one picture from another, and how wide this copy of it says it is (0: full size unsaid)."""
    parts = urlsplit(address)
    asked, stated = _without_size(parts.query)
    widths, path = list(stated), parts.path
    for pattern in _SIZE_IN_NAME:
        if pattern.search(path):
            widths.extend(_width(match.group()) for match in pattern.finditer(path))
            path = pattern.sub("", path)
    return f"{parts.netloc.removeprefix('www.')}{path}?{asked}", max(widths, default=_UNSAID)


@lru_cache(256)
def _without_size(query: str) -> tuple[str, tuple[float, ...]]:
    """A query without what asks for a size, and the widths that it asks for; a shop's are mostly alike."""
    pairs = parse_qsl(query, keep_blank_values=True) if query and len(query) < 1000 else []
    kept = [(key, value) for key, value in pairs if key.lower() not in _SIZE_PARAMETERS]
    widths = (value for key, value in pairs if key.lower() in _WIDTHS and re.fullmatch(r"\d{1,5}", value))
    return urlencode(kept), tuple(map(float, widths))


_WIDTHS: Final = words("w width wid size sw imwidth maxwidth max-w mw")
_UNSAID: Final = 1500.0
"""An address that names no size is the picture itself: wider than a resized copy, unless that is huge."""


def _width(named: str) -> float:
    numbers = [float(number) for number in re.findall(r"(?<![0-9a-f])\d{2,4}(?![0-9a-f])", named)]
    if numbers:
        return max(numbers)
    return next((width for word, width in _WIDTH_WORDS.items() if word in named.lower()), _UNSAID)
