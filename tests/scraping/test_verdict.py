"""What kind of page is this, and what shows it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper_backend.core.scraper_config import ScraperConfig, parse_value
from scraper_backend.scraping import verdict
from scraper_backend.scraping.page import NoPage, Page, Reason
from tests.scraping.shop import card, frame, product, results


def page(text: str, status: int = 200, *, url: str = "https://s.test/search?q=X-1", **more: object) -> Page:
    """A page that came back."""
    return Page(url, url, status, more.pop("headers", {}), text, datetime.now(UTC), **more)  # type: ignore[arg-type]


def config(**no_results: object) -> ScraperConfig:
    """A configuration that says how nothing looks."""
    plain = {"name": "s", "base_url": "https://s.test", "search_url_template": "/search?q={sku}"}
    return parse_value({**plain, "options": {"no_results": no_results}}, source="test")


@pytest.mark.parametrize(
    ("status", "kind", "outcome"),
    [
        (404, "gone", "not_found"), (410, "gone", "not_found"), (429, "rate_limited", "blocked"),
        (403, "denied", "blocked"), (401, "login", "blocked"), (500, "server_error", "failed"),
        (503, "server_error", "failed"), (400, "http_error", "failed"),
    ],
)  # fmt: skip
def test_statuses(status: int, kind: str, outcome: str) -> None:
    seen = verdict.of_status(page("<p>x</p>", status))

    assert seen is not None
    assert (kind, outcome, (f"status {status}",)) == (seen.kind, seen.outcome, seen.evidence)


def test_a_page_worth_reading_has_no_verdict() -> None:
    for text in (product("Leash", sku="X-1"), results("X-1", card("/p/1", "Leash"))):
        assert verdict.of_status(page(text)) is None
        assert verdict.of_wall(page(text)) is None
        assert verdict.of_shell(page(text)) is None
        assert verdict.of_gone(page(text), "https://s.test/search?q=X-1") is None


def test_a_challenge_in_the_headers() -> None:
    seen = verdict.of_status(page("", 403, headers={"cf-mitigated": "challenge"}))

    assert seen is not None
    assert "captcha" == seen.kind


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [("robots", "blocked"), ("rate_limited", "blocked"), ("dns", "failed"), ("timeout", "failed")],
)
def test_no_page(reason: Reason, outcome: str) -> None:
    assert outcome == verdict.of_no_page(NoPage("https://s.test", reason, "why"))


@pytest.mark.parametrize(
    "title",
    [
        "Just a moment...", "Attention Required! | Cloudflare", "Pardon Our Interruption", "Robot or human?",
        "Security check", "Sind Sie ein Mensch?", "Êtes-vous un robot ?", "Comprobación de seguridad",
    ],
)  # fmt: skip
def test_a_robot_check_by_its_title(title: str) -> None:
    seen = verdict.of_wall(page(f"<title>{title}</title><p>Wait.</p>"))

    assert seen is not None
    assert "captcha" == seen.kind
    assert title.split(maxsplit=1)[0].lower() in seen.evidence[0].lower()


def test_unusual_traffic_in_so_many_words() -> None:
    text = "<title>Sorry</title><p>Our systems have detected unusual traffic from your computer network.</p>"

    seen = verdict.of_wall(page(text))

    assert seen is not None
    assert "captcha" == seen.kind


@pytest.mark.parametrize("title", ["Access Denied", "Zugriff verweigert", "Accès refusé", "403 Forbidden"])
def test_a_refusal_with_status_200(title: str) -> None:
    seen = verdict.of_wall(page(f"<title>{title}</title><h1>{title}</h1>"))

    assert seen is not None
    assert "denied" == seen.kind


def test_a_robot_vacuum_is_no_robot_check() -> None:
    assert verdict.of_wall(page(product("Robot vacuum for humans with pets", sku="R-2"))) is None


def test_a_login_in_the_header_is_no_wall() -> None:
    text = frame(
        "<h1>Leash</h1>" + "<p>Words about the leash.</p>" * 40 + "<form><input type=password></form>"
    )

    assert verdict.of_wall(page(text)) is None


def test_a_cookie_banner_on_a_real_page_is_no_wall() -> None:
    cards = "".join(card(f"/p/{n}", f"Leash {n}") for n in range(12))
    assert (
        verdict.of_wall(page(frame(f"<ul>{cards}</ul><div>We use cookies <button>OK</button></div>"))) is None
    )


def test_an_empty_shell() -> None:
    seen = verdict.of_shell(page("<div id='root'></div><script src='/app.js'></script>"))

    assert seen is not None
    assert "an empty div for scripts to fill" in seen.evidence[0]


def test_a_rendered_page_is_no_shell() -> None:
    assert verdict.of_shell(page("<div id='root'></div><script></script>", rendered=True)) is None


@pytest.mark.parametrize(
    "said",
    [
        "0 results", "Your search did not match any products", "We couldn’t find anything for X-1",
        "0 Artikel gefunden", "Leider keine Produkte gefunden", "Aucun produit ne correspond",
        "Ningún producto", "Nessun prodotto", "Geen producten gevonden", "Brak produktów", "Nincs találat",
        "Ei hakutuloksia", "Ingen treff", "Žádné produkty", "Ничего не найдено", "見つかりませんでした",
    ],
)  # fmt: skip
def test_nothing_found(said: str) -> None:
    seen = verdict.of_words(page(frame(f"<h1>Search</h1><p>{said}</p>")))

    assert seen is not None
    assert said in seen.evidence[0]


@pytest.mark.parametrize(
    "said", ["10 results", "1-20 of 200 products", "Keine Versandkosten", "No returns needed"]
)
def test_something_found(said: str) -> None:
    assert verdict.of_words(page(frame(f"<h1>Search</h1><p>{said}</p>"))) is None


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>No results</p>", "<p style='display:none'>No results</p>",
        "<p class='d-none'>No results</p>",
        "<template><p>No results</p></template>", "<script>var t = 'No results';</script>",
        "<div class='search-autocomplete'><p>No results</p></div>",
        "<div class='modal'><p>No results</p></div>",
    ],
)  # fmt: skip
def test_words_that_no_one_sees(hidden: str) -> None:
    assert verdict.of_words(page(frame(f"<h1>Search</h1>{hidden}"))) is None


@pytest.mark.parametrize(
    "cart",
    [
        "<header><a class='minicart' href='/cart'>0 items $0.00</a></header>",
        "<a href='/checkout/basket'><i></i>0 items</a>",
        "<div id='top-cart'><p>There are no products in your cart</p></div>",
        "<div class='blockcart'><span>Panier</span> <span>0 articles</span></div>",
        "<p>Warenkorb: <b>0 Artikel</b></p>", "<span>0 Artikel - 0,00 €</span>",
        "<a href='/wishlist'>My list (0 items)</a>", "<a href='/compare'>Compare 0 products</a>",
    ],
)  # fmt: skip
def test_an_empty_cart_is_no_empty_result(cart: str) -> None:
    assert verdict.of_words(page(frame(f"{cart}<h1>Search</h1><p>3 hits</p>"))) is None
    assert verdict.of_words(page(f"<body>{cart}</body>")) is None
    assert verdict.of_words(page(f"<body>{cart}<p>Your search found no results.</p></body>")) is not None


def test_the_configured_words_and_selectors() -> None:
    text = frame("<div class='nix'>Hier   gibt es\nnichts</div><p hidden class='hid'>x</p>")

    by_text = verdict.of_configured(page(text), config(text="hier gibt es NICHTS"))
    by_css = verdict.of_configured(page(text), config(selectors=[".nope", ".nix"]))
    by_xpath = verdict.of_configured(page(text), config(selectors="//div[@class='nix']"))

    assert by_text is not None
    assert by_css is not None
    assert by_xpath is not None
    assert ".nix" in by_css.evidence[0]
    assert verdict.of_configured(page(text), config(selectors=".hid")) is None


def test_ten_results_are_not_no_results() -> None:
    assert verdict.of_configured(page(frame("<p>10 results</p>")), config(text="0 results")) is None
    assert verdict.of_configured(page(frame("<p>Found 0 results</p>")), config(text="0 results")) is not None


@pytest.mark.parametrize(
    "heading", ["Page not found", "404", "Seite nicht gefunden", "Page introuvable", "Oops!"]
)
def test_a_missing_page_with_status_200(heading: str) -> None:
    seen = verdict.of_gone(
        page(frame(f"<h1>{heading}</h1>", title=f"Error 404 - {heading}")), "https://s.test/p/x"
    )

    assert seen is not None
    assert "gone" == seen.kind


def test_a_redirect_to_the_front_page() -> None:
    home = page(frame("<h1>Welcome</h1>"), url="https://s.test/", history=("https://s.test/p/x",))

    seen = verdict.of_gone(home, "https://s.test/p/x")

    assert seen is not None
    assert "home" == seen.kind
