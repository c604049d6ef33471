"""What kind of page is this?  A judgement with its evidence, made before anything on it is believed.

Statuses first, then what the shop's own words say, where they stand and how little else there is: a
robot check can come with status 200, "no results" can hide in a template that no one sees.  Called by the
walk for pages on which it found no product; pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from scraper_backend.core.scraper_config import ScraperConfig
from scraper_backend.core.selector import is_xpath
from scraper_backend.core.wire import OutcomeKind
from scraper_backend.scraping import wording
from scraper_backend.scraping.document import UNSEEN, Node, TextNode
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.wording import Wording

Kind = Literal[
    "no_results", "gone", "home", "sent_away", "captcha", "denied", "rate_limited", "login", "cookie_wall",
    "maintenance", "server_error", "http_error", "shell",
]  # fmt: skip

OUTCOMES: Final[dict[Kind, OutcomeKind]] = {
    "no_results": "not_found",
    "gone": "not_found",
    "home": "not_found",
    "sent_away": "not_found",
    "captcha": "blocked",
    "denied": "blocked",
    "rate_limited": "blocked",
    "login": "blocked",
    "cookie_wall": "blocked",
    "maintenance": "failed",
    "server_error": "failed",
    "http_error": "failed",
    "shell": "failed",
}
"""How a walk ends that meets such a page."""

_BLOCKED_REASONS: Final = frozenset(("robots", "rate_limited", "forbidden"))

_SHORT: Final = 2_500
"""Characters of visible text up to which a page has room for nothing but a notice."""
_MOST_TEXT: Final = 200_000
_DEEPEST: Final = 80
"""Beyond these a page is made to keep us busy, and is not searched for words."""
_NOT_READ: Final = ("nav", "footer", "dialog", "option")
_BARE: Final = 250
"""Characters up to which it has not even that."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kind of page that is no product, and what shows it."""

    kind: Kind
    evidence: tuple[str, ...]

    @property
    def outcome(self) -> OutcomeKind:
        """How the walk ends."""
        return OUTCOMES[self.kind]


def of_no_page(missing: NoPage) -> OutcomeKind:
    """How a walk ends that got no page."""
    return "blocked" if missing.reason in _BLOCKED_REASONS else "failed"


def of_status(page: Page) -> Verdict | None:
    """What the status and the headers alone say; None for a page worth reading."""
    if _is_challenged(page.headers):
        return Verdict("captcha", ("the headers announce a challenge",))
    if page.status < 400:
        return None
    said = f"status {page.status}"
    if plain := _PLAIN_STATUSES.get(page.status):
        return Verdict(plain, (said,))
    if robot := of_robot_check(page):
        return Verdict(robot.kind, (said, *robot.evidence))
    if page.status == 503 and (words := _headline_says(page, wording.MAINTENANCE)):
        return Verdict("maintenance", (said, words))
    refused: Kind = "server_error" if page.status >= 500 else "http_error"
    return Verdict(_REFUSALS.get(page.status, refused), (said,))


_PLAIN_STATUSES: Final[Mapping[int, Kind]] = {404: "gone", 410: "gone", 429: "rate_limited"}
_REFUSALS: Final[Mapping[int, Kind]] = {401: "login", 407: "login", 403: "denied", 451: "denied"}


def _is_challenged(headers: Mapping[str, str]) -> bool:
    return headers.get("cf-mitigated") == "challenge" or "captcha" in headers.get("x-amzn-waf-action", "")


# ── Walls ──────────────────────────────────────────────────────────────────────────────────────────

_CHALLENGE: Final = re.compile(
    r"_cf_chl_opt|cf-challenge-running|challenge-platform/h/|px-captcha|geo\.captcha-delivery\.com|"
    r"/errors/validateCaptcha|distil_r_captcha|id=[\"']?(?:sec-if-cpt-container|cf-wrapper)|"
    r"/_sec/cp_challenge|ddos-guard\.net/|/\.well-known/ddosguard|AwsWafIntegration|geetest_|errors\.edgesuite\.net"
)
_WIDGET: Final = re.compile(
    r"(?i)g-recaptcha|h-captcha|hcaptcha\.com|cf-turnstile|_incapsula_resource|perimeterx|captcha\.js|"
    r"friendlycaptcha|frc-captcha|arkoselabs|funcaptcha|kpsdk|name=[\"']?captcha"
)


def of_robot_check(page: Page) -> Verdict | None:
    """A captcha, an interstitial or a refusal, whatever its status."""
    is_short = len(page.document.text) < _SHORT
    if is_short and (match := _CHALLENGE.search(page.text)):
        return Verdict("captcha", (f"the page carries a challenge ({match[0]})",))
    if words := _headline_says(page, wording.ROBOT_CHECK):
        return Verdict("captcha", (words,))
    if words := _headline_says(page, wording.DENIED):
        return Verdict("denied", (words,))
    asks = is_short and (len(page.document.text) < _BARE or wording.ROBOT_CHECK.search(page.document.text))
    if asks and (match := _WIDGET.search(page.text)):
        return Verdict("captcha", (f"the page holds a captcha ({match[0]}) and little else",))
    return None


def of_wall(page: Page) -> Verdict | None:
    """Whatever stands between us and the shop: a check, a login, a cookie wall, building work."""
    return of_robot_check(page) or _of_login(page) or _of_maintenance(page) or _of_consent(page)


def _of_login(page: Page) -> Verdict | None:
    path = urlsplit(page.url).path
    sent = bool(page.history) and re.search(
        r"(?i)/(?:[\w-]*log-?in|sign-?in|auth|sso|account/login|anmelden|connexion)\b", path
    )
    asks = any(not _is_unseen(node) for node in page.document.css("input[type=password]"))
    if sent:
        return Verdict("login", (f"the shop sent us to {path}",))
    if asks and (words := _headline_says(page, wording.LOGIN)):
        return Verdict("login", (words, "the page asks for a password"))
    return None


def _of_maintenance(page: Page) -> Verdict | None:
    words = _headline_says(page, wording.MAINTENANCE) if len(page.document.text) < _SHORT else ""
    return Verdict("maintenance", (words,)) if words else None


def _of_consent(page: Page) -> Verdict | None:
    """A page that is nothing but the question about cookies; a banner on a real page is no wall."""
    text = page.document.text
    if len(text) >= _SHORT or len(page.document.css("a[href]")) > 12:
        return None
    match = wording.CONSENT.search(text)
    asks = page.document.first("button, input[type=submit], [role=button]") is not None
    return (
        Verdict("cookie_wall", (f"the page only asks for consent (“{match[0]}”)",))
        if match and asks
        else None
    )


# ── Nothing there ──────────────────────────────────────────────────────────────────────────────────


def of_configured(page: Page, config: ScraperConfig) -> Verdict | None:
    """What `options.no_results` says."""
    for selector in config.options.no_results.selectors:
        found = page.document.xpath(selector) if is_xpath(selector) else page.document.css(selector)
        if any(not isinstance(node, Node) or not _is_unseen(node) for node in found):
            return Verdict("no_results", (f"no_results.selectors: {selector} is on the page",))
    if config.options.no_results.text:
        shown = page.document.text.casefold()
        for text in config.options.no_results.text:
            if _has_words(shown, " ".join(text.casefold().split())):
                return Verdict("no_results", (f"no_results.text: the page says “{text}”",))
    return None


def _has_words(shown: str, text: str) -> bool:
    """Whether `text` stands there; `0 results` does not stand in `10 results`."""
    start = shown.find(text) if text else -1
    while start >= 0:
        if not (text[0].isdigit() and shown[max(0, start - 1)].isdigit() and start > 0):
            return True
        start = shown.find(text, start + 1)
    return False


def of_words(page: Page) -> Verdict | None:
    """The shop says that it found nothing, where a reader can see it."""
    shown = page.document.text
    if len(shown) > _MOST_TEXT or not wording.says_no_results(shown):
        return None
    root = page.document.first("body")
    node = _smallest(root) if root is not None else None
    if node is None:
        return None
    return Verdict("no_results", (f"the page says “{seen_text(node)[:120]}”",))


def of_gone(page: Page, asked_url: str) -> Verdict | None:
    """A missing page that came with status 200, or a redirect to the shop's front."""
    if words := _headline_says(page, wording.GONE):
        return Verdict("gone", (words,))
    path = urlsplit(page.url).path.strip("/").casefold()
    if page.history and urlsplit(asked_url).path.strip("/") and path in _HOMES:
        return Verdict("home", ("the shop sent us to its front page",))
    return None


_HOMES: Final = frozenset(
    ("", "index.html", "index.php", "home", "en", "de", "fr", "us", "uk", "start", "default.aspx")
)


def of_shell(page: Page) -> Verdict | None:
    """A page that is empty until its scripts have run."""
    length = len(page.document.text)
    if page.rendered or length >= _BARE or not page.document.css("script:not([type*=json])"):
        return None
    mounts = (node for node in page.document.css(_MOUNTS) if len(node.text.strip()) < 30)
    mount = next(mounts, None)
    if mount is None and (length >= _BARE // 4 or page.document.first("h1") is not None):
        return None
    where = f"an empty {mount.tag} for scripts to fill" if mount is not None else "scripts"
    return Verdict("shell", (f"{length} characters of text, and {where}",))


_MOUNTS: Final = (
    "#root, #app, #__next, #__nuxt, #main-app, #application, #app-root, [ng-app], [ng-version], app-root, "
    "[data-reactroot], [data-server-rendered], #svelte, #gatsby-focus-wrapper, #shop, #storefront"
)


# ── Where words stand ──────────────────────────────────────────────────────────────────────────────


def _headline_says(page: Page, words: Wording) -> str:
    """The title or a heading with one of these words in it; on a page of few words, any line of it."""
    for where, text in _headlines(page):
        if match := words.search(text):
            return f"the {where} says “{match[0]}”"
    if len(page.document.text) < _BARE * 3 and (match := words.search(page.document.text)):
        return f"the page says “{match[0]}” and little else"
    return ""


def _headlines(page: Page) -> Iterator[tuple[str, str]]:
    for tag, where in (("title", "title"), ("h1", "heading"), ("h2", "heading")):
        for node in page.document.css(tag)[:3]:
            text = " ".join(node.text.split())
            if len(text) <= 200:
                yield where, text


def _smallest(node: Node, depth: int = 0) -> Node | None:
    """The smallest element a reader sees that says there are no results, frame and dialogs left out.

    A cart says "0 items" on every page of a shop.
    """
    if depth > _DEEPEST or _is_left_out(node):
        return None
    if not wording.says_no_results(" ".join(" ".join(node.stripped_strings).split())):
        return None
    for child in node.children:
        if isinstance(child, Node) and (found := _smallest(child, depth + 1)) is not None:
            return found
    own = seen_text(node, _is_left_out)
    return node if len(own) <= 600 and wording.says_no_results(own) else None


def _is_left_out(node: Node) -> bool:
    return node.tag in UNSEEN or node.tag in _NOT_READ or _is_hidden(node) or _is_cart(node)


def _is_cart(node: Node) -> bool:
    """Whether an element is the cart, or a link to it, or to what else a visitor keeps."""
    if node.tag in ("body", "main"):
        return False
    names = f"{node.attr('class') or ''} {node.attr('id') or ''} {node.attr('href') or ''}"
    if len(node.text) > _LONGEST_CART:
        return False
    return _KEPT.search(names) is not None or _OF_CART.search(node.text) is not None


def seen_text(node: Node, is_left_out: Callable[[Node], bool] | None = None) -> str:
    """The text of an element without what is hidden in it, and what else is left out."""
    unseen = is_left_out or _is_hidden
    parts: list[str] = []
    stack: list[object] = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, TextNode):
            parts.append(here.data)
        elif isinstance(here, Node) and here.tag not in UNSEEN and (here is node or not unseen(here)):
            parts.append(" ")
            stack.extend(reversed(here.children))
    return " ".join("".join(parts).split())


_LONGEST_CART: Final = 100
_CARTS: Final = (
    r"cart|basket|trolley|wish-?list|favou?rites|compare|comparison|warenkorb|merkzettel|merkliste|vergleich|panier"
    r"|favoris|carrito|cesta|carrello|winkel(?:wagen|mand)(?:je)?|koszyk|ko[sš][ií]k|kurv|varukorg|handlekurv|ostoskori"
    r"|carrinho|kosár|coș"
)
_KEPT: Final = re.compile(
    rf"(?<![a-z])(?:mini|block|shopping|top|header|site)?[-_]?(?:{_CARTS})(?![a-z])", re.I
)
_OF_CART: Final = re.compile(
    rf"(?<!\w)(?:shopping bag|(?:your|my) bag|{_CARTS})(?!\w)|(?<!\d)0[.,]00(?!\d)", re.I
)
_HIDDEN_NAME: Final = re.compile(
    r"(?:^|\s)(?:hidden|hide|d-none|is-hidden|invisible|display-none|u-hidden|uk-hidden|template|modal|"
    r"[\w-]*(?:autocomplete|autosuggest|suggestions?|typeahead|instant-?search)[\w-]*)(?:\s|$)", re.I
)  # fmt: skip


def _is_hidden(node: Node) -> bool:
    style = (node.attr("style") or "").replace(" ", "").lower()
    return (
        node.attr("hidden") is not None
        or "display:none" in style
        or "visibility:hidden" in style
        or bool(_HIDDEN_NAME.search(node.attr("class") or ""))
    )


def _is_unseen(node: Node) -> bool:
    """Whether an element, or one that it stands in, is hidden."""
    here: object = node
    while isinstance(here, Node):
        if _is_hidden(here) or here.tag in UNSEEN:
            return True
        here = here.parent
    return False
