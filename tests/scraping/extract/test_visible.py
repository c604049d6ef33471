"""The product as it looks, on pages that say nothing to machines."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper_backend.scraping.asked import Asked
from scraper_backend.scraping.clean import STANDARD_FIELD_TYPES, Context, value
from scraper_backend.scraping.document import Document
from scraper_backend.scraping.extract.visible import Look, buying, look, price_line, read
from tests.scraping.extract.pages import values

PAGES = Path(__file__).parents[2] / "pages"
SHOWN = sorted(folder.name for folder in PAGES.glob("visible-*"))


def seen(markup: str, *, locale: str | None = None) -> dict[str, object]:
    """What is seen of a page, cleaned."""
    context = Context("https://shop.example/p/1", locale=locale)
    found = look(Document(markup), context).seen
    return {name: value(STANDARD_FIELD_TYPES[name], one.raw, context) for name, one in found.items()}


def product(body: str, *, title: str = "Dog Bowl") -> str:
    """A page with a heading, a buy button and whatever is between."""
    return f"<title>{title} | Shop</title><main><h1>{title}</h1>{body}<button>Add to cart</button></main>"


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_without_structured_data_is_read_by_its_look(name: str) -> None:
    expected = json.loads((PAGES / name / "expected.json").read_text("utf-8"))
    markup = (PAGES / name / "page.html").read_text("utf-8")
    language = Document(markup).first("html")

    found = seen(markup, locale=language.attr("lang") if language is not None else None)

    if expected.get("is_product_page") is False:
        assert {} == found
        return
    for field, right in expected.items():
        assert (Decimal(str(right)) if field == "price" and right is not None else right) == found.get(
            field
        ), field


def test_there_are_pages_of_many_languages_and_layouts() -> None:
    assert len(SHOWN) >= 15


@pytest.mark.parametrize(
    ("box", "price"),
    [
        ('<p class="price_color">$12.99</p>', "12.99"),
        ("<p>$12.99</p>", "12.99"),
        ('<span class="price">12<sup>99</sup> €</span>', "12.99"),
        ('<span class="price">12<sup>€99</sup></span>', "12.99"),
        ("<b>$12</b><i>.99</i><i class='line-through'>$18.00</i>", "12.99"),
        ("<p><span>12,</span><span>99</span> <span>€ 12,99</span></p>", "12.99"),
        (
            "<p>Subscribe &amp; save 10% <b class=price>$11.69</b></p><p>Once <b class=price>$12.99</b></p>",
            "12.99",
        ),
        ("<p><s>UVP 15,99 €</s> <b class='pl_price__retail-price'>12,99 €</b></p>", "12.99"),
        ('<span class="price"><i>12</i><i>99</i> €</span>', "12.99"),
        ('<div class="price"><s>$15.00</s> <b>$12.99</b></div>', "12.99"),
        ('<div class="price"><span style="text-decoration: line-through">$15</span> $12.99</div>', "12.99"),
        ('<div><span class="old-price">$15.00</span><span class="new-price">$12.99</span></div>', "12.99"),
        (
            "<div><span>Was:</span> <span class='price'>$15.00</span></div><div class='price'>$12.99</div>",
            "12.99",
        ),
        ('<div class="price">$12.99</div><div class="unit-price">$0.42 / oz</div>', "12.99"),
        (
            '<p class="price"><i class="sr-only">Price</i>$12.99<span aria-hidden="true">$12.99</span></p>',
            "12.99",
        ),
        ('<div class="price">Free</div>', "0"),
        ('<div class="price">£10.00 ex VAT</div><div class="price">£12.00 inc VAT</div>', "12.00"),
        ('<div class="member">Member price <b>$9.99</b></div><div>Price <b>$12.99</b></div>', "12.99"),
        ('<div class="price hidden">$1.00</div><div class="price">$12.99</div>', "12.99"),
        ("<p><b>$</b><b>12.99</b></p>", "12.99"),
        ("<p class=price>$12.99</p><p>(<span class=price>$4.33</span> / Count)</p>", "12.99"),
        ("<p class=price>US $12.99</p><p class=price>Approximately £10.20</p>", "12.99"),
        ("<div class='price-info'><p class='old-price'>$15.00</p><p class='price'>$12.99</p></div>", "12.99"),
        ("<p class=price>List Price: $10.00</p><p class=price>$12.99</p>", "12.99"),
        ("<p>Club price <b>$9.99</b></p><p>Reg. price <b>$12.99</b></p>", "12.99"),
        (
            "<p class=price>$10.00 ex VAT</p><p class=price>$12.99 inc VAT</p><p>Product code: B-1</p>",
            "12.99",
        ),
        ("<div class=price>$3.20 per kg</div><div class=price>$12.99</div>", "12.99"),
        ("<div class=rate>from $1.10 per month</div><div class=total>$12.99</div>", "12.99"),
        ('<div class="product-price" data-price="12.99" data-currency="USD"></div>', "12.99"),
        ("<p class=price>$1,012<sup>99</sup></p>", "1012.99"),
        ("<p>Buy <b class=price>$12.99</b></p><p>Rent <b class=price>$4.00 / day</b></p>", "12.99"),
        ("<p class=price>$12.99</p><p class=market-price><b class=you-save>You save</b> $3.00</p>", "12.99"),
        ("<div style='display: none'><i>Was:</i></div><div class=price>$12.99</div>", "12.99"),
        (
            "<table><tr><td>1 - 9</td><td>$12.99</td></tr><tr><td>10 +</td><td>$9.99</td></tr></table>",
            "12.99",
        ),
        ("<p><span>$12.99</span> <span>or 4 payments of <b>$3.25</b> with Splitly</span></p>", "12.99"),
        ("<p><b>$12.99</b></p><p>Pay <b>$7.99</b> after <b>$5 off</b> with a new Shop Card</p>", "12.99"),
        (
            "<div class=was-price><b class=price>$12.99</b> <i class=line-through>$15.00</i></div>"
            "<p>Used <b>$9.00</b></p>",
            "12.99",
        ),
        (
            "<div role=radio aria-checked=true>Parcel <b class=price>$12.99</b></div>"
            "<div role=radio aria-checked=false>Fetched <b class=price>$9.99</b></div>",
            "12.99",
        ),
        (
            "<div><div class=price>$12.99</div></div><div><a href=/used>Used <b>$9.00</b></a></div>"
            "<div><a href=/kit>Kit <b>$20.00</b></a></div>",
            "12.99",
        ),
    ],
)
def test_the_price_is_the_one_a_person_would_name(box: str, price: str) -> None:
    assert Decimal(price) == seen(product(box))["price"]


@pytest.mark.parametrize(
    "box",
    [
        '<div class="price">Call for price</div><aside class="related"><b class="price">$5.00</b></aside>',
        "<p>Our cheaper model was $5.00 last year, and this one is not for sale.</p>",
        '<h2>Recently viewed</h2><div><a href="/b"><img src="/b">Mat</a> <b class="price">$5.00</b></div>',
        '<div class="mini-cart">Total <span class="price">$0.00</span></div>',
        '<div class="price"><del>$15.00</del></div>',
        '<div class="shipping-price">$4.90</div>',
        "<p>Free shipping over $49</p>",
        '<div class="price">$--.--</div>',
    ],
)
def test_a_product_without_a_price_has_none_and_not_a_neighbours(box: str) -> None:
    assert "price" not in seen(product(box))


def test_a_results_page_shows_no_product_however_few_it_lists() -> None:
    card = (
        '<article class="pod"><h3><a href="/p/{0}">Bowl {0}</a></h3><p class="price">$3.33</p>'
        "<button>Add to cart</button></article>"
    )

    for count in (1, 2, 12):
        cards = "".join(card.format(index) for index in range(count))
        assert read(Document(f"<h1>Bowls</h1><main>{cards}</main>"), Context("https://shop.example/")) is None


def test_an_article_that_names_a_price_shows_no_product() -> None:
    page = "<h1>Bowls compared</h1><article><p>We paid $12.99 for the red one.</p><p>It lasts.</p></article>"

    assert Look(why="nothing to buy, no code and no certain price") == look(
        Document(page), Context("https://a.example/")
    )


@pytest.mark.parametrize(
    "rows",
    [
        "<table><tr><th>SKU</th><td>BW-7</td></tr><tr><th>UPC</th><td>012345678905</td></tr><tr><th>Brand</th><td>Rim</td></tr></table>",
        "<dl><dt>SKU:</dt><dd>BW-7</dd><dt>UPC:</dt><dd>012345678905</dd><dt>Brand:</dt><dd>Rim</dd></dl>",
        "<ul><li>SKU: BW-7</li><li>UPC: 012345678905</li><li>Brand: Rim</li></ul>",
        "<div><b>SKU</b>: <span>BW-7</span></div><div><b>UPC</b>: <i>012345678905</i></div>"
        "<div><b>Brand</b>: <a>Rim</a></div>",
        "<p>SKU: BW-7 | In stock</p><p>UPC: 012345678905</p><p><strong>Brand:</strong> Rim</p>",
        "<h2>Item #BW-7 | Model #M-1</h2><h3>UPC <span>012345678905</span></h3><p>Brand: Rim</p>",
        "<p>Rimco Stock No.: BW-7</p><p>UPC 012345678905</p><p>Brand: Rim</p>",
        "<span>SKU:</span> <span>BW-7</span><div><p>UPC 012345678905</p><p>Brand: Rim</p></div>"
        + "<p>x</p>" * 300,
    ],
)
def test_codes_are_read_beside_their_labels_whatever_they_are_built_of(rows: str) -> None:
    found = seen(product(f'<div class="price">$5</div>{rows}'))

    assert ("BW-7", "012345678905", "Rim") == (found.get("sku"), found.get("gtin"), found.get("brand"))


def test_a_upc_that_is_none_is_the_shops_own_number() -> None:
    found = seen(product("<table><tr><th>UPC</th><td>AB/12 #7+8&amp;9</td></tr></table>"))

    assert "AB/12 #7+8&9" == found["sku"]
    assert "gtin" not in found


def test_a_switched_off_buy_button_says_that_it_cannot_be_had() -> None:
    page = '<h1>Bowl</h1><div class="price">$5</div><button class="add-to-cart" disabled>Sold out</button>'

    assert "out_of_stock" == seen(page)["availability"]
    assert "" == buying(Document(page))


def test_a_button_that_takes_orders_of_what_is_not_there_yet_says_so() -> None:
    page = "<h1>Bowl</h1><div class=price>$5</div><button>Pre-order now</button>"

    assert "pre_order" == seen(page)["availability"]


@pytest.mark.parametrize(
    ("body", "availability"),
    [
        ("<p>Coming soon</p>", "pre_order"),
        ("<p>Only available in store</p>", "in_store_only"),
        ("<p>Pickup: <b>0 in stock at Bay City</b></p>", "in_stock"),
        ("<p>Available in 3-4 weeks</p>", "back_order"),
        (
            "<div><button>S</button><button disabled>M <i>Sold out</i></button><button>L</button></div>",
            "in_stock",
        ),
    ],
)
def test_what_is_said_of_a_size_or_a_branch_is_not_said_of_the_product(body: str, availability: str) -> None:
    assert availability == seen(product(f"<div class=price>$5</div>{body}"))["availability"]


def test_a_bare_unavailable_says_nothing_of_a_product_without_a_price() -> None:
    page = "<h1>Bowl</h1><p>SKU: BW-7</p><p class=stock>Unavailable</p>"

    assert "availability" not in seen(page)
    assert "out_of_stock" == seen(f"{page}<p class=price>$5</p>")["availability"]


def test_a_size_that_has_to_be_chosen_says_nothing_of_the_stock() -> None:
    page = "<h1>Socks</h1><div class=price>$5</div><button disabled>Select a size</button>"

    assert Decimal(5) == seen(page)["price"]
    assert "availability" not in seen(page)


def test_a_price_and_a_notice_are_a_product_without_any_button() -> None:
    page = "<h1>Пилка садова</h1><div class=price>499 грн</div><p>Немає в наявності</p>"

    assert (Decimal(499), "out_of_stock") == (seen(page)["price"], seen(page)["availability"])


def test_an_order_that_was_placed_shows_no_product() -> None:
    page = "<h1>Thank you for your order!</h1><p>SKU: BW-7</p><p class=price>$5</p><button>Buy now</button>"

    assert {} == seen(page)


def test_a_number_is_a_code_before_an_id() -> None:
    rows = "<li>Item ID: 123</li><li>Item number: GS-20</li>"

    assert "GS-20" == seen(product(f"<p class=price>$5</p><ul>{rows}</ul>"))["sku"]
    assert "123" == seen(product(f"<p class=price>$5</p><ul>{rows[:20]}</ul>"))["sku"]


@pytest.mark.parametrize("button", ["Add case to cart", "Bestel", "장바구니", "Añadir", "Ajouter"])
def test_buttons_of_shops(button: str) -> None:
    page = f"<h1>Cola</h1><p class=price>$5.00</p><a href='#' onclick='buy(1)'>{button}</a>"

    assert button == buying(Document(page))


def test_two_labels_on_one_line_are_two_codes() -> None:
    found = seen(product("<p class=price>$5</p><p>Model #: GH50 SKU #: 1003-221</p>"))

    assert ("GH50", "1003-221") == (found["mpn"], found["sku"])


def test_of_two_currencies_the_one_beside_the_price_counts() -> None:
    found = seen(product("<p class=price>24,90 лв. / 12,73 €</p>"), locale="bg-BG")

    assert (Decimal("24.90"), "BGN") == (found["price"], found["currency"])


def test_a_working_buy_button_is_told() -> None:
    assert "Add to cart" == buying(Document(product("")))
    assert "in_stock" == seen(product('<div class="price">$5</div>'))["availability"]


def test_the_gallery_is_read_and_logos_and_neighbours_are_not() -> None:
    page = product(
        '<div class="gallery"><a href="/big/1.jpg"><img src="/small/1.jpg" alt="Dog Bowl"></a>'
        '<img src="/2-400.jpg" srcset="/2-400.jpg 400w, /2-1200.jpg 1200w" alt="Dog Bowl side"></div>'
        '<img src="/payment/visa.png"><div class="related"><img src="/other.jpg"></div>'
    )

    assert ["https://shop.example/big/1.jpg", "https://shop.example/2-1200.jpg"] == seen(page)["images"]


def test_every_value_says_why_and_how_sure_it_is() -> None:
    found = look(Document(product('<p class="price">$12.99</p>')), Context("https://shop.example/")).seen[
        "price"
    ]

    assert 0.5 < found.confidence <= 0.95
    assert "+3.0 it is named a price" in found.reasons


def test_a_price_element_reads_as_a_line() -> None:
    node = Document('<p><s>15</s> <b>12<sup>99</sup></b> € <i class="unit-price">1 €/kg</i></p>').css("p")[0]

    assert "12.99 €" == price_line(node)


def test_a_page_of_150_kb_is_looked_at_in_milliseconds() -> None:
    card = (
        '<div class="card"><a href="/x"><img src="/a.jpg"></a><h3><a href="/p">Name</a></h3>'
        '<span class="price">$9</span></div>'
    )
    document = Document(product('<p class="price">$12.99</p>') + f"<section>{card * 1200}</section>")
    context = Context("https://shop.example/")
    look(document, context)

    started = time.process_time()
    found = look(document, context)

    assert "$12.99" == found.seen["price"].raw
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 50_000,
        '<p class="price">$1</p>' * 20_000,
        "<b>" * 20_000 + "$1",
        "<h1>" * 5_000,
        "<li>SKU: 1" * 10_000,
    ],
)
def test_a_hostile_page_takes_bounded_time(hostile: str) -> None:
    document = Document(product("") + hostile)

    started = time.process_time()
    look(document, Context("https://shop.example/"))

    assert time.process_time() - started < 5


@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p class='price'>",
                "$5",
                "<s>",
                "<h1>",
                "SKU:",
                "<td>",
                "<a href=x>",
                "<button>Add to cart",
                "12",
                "\u00a0",
                "<sup>99</sup>",
                "<!--",
                "<dl><dt>UPC<dd>",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_heap_of_tags_is_looked_at_without_a_crash(pieces: list[str]) -> None:
    look(Document("".join(pieces)), Context("https://shop.example/"))


def test_a_code_with_a_blank_is_whole_where_it_is_the_asked_one() -> None:
    page = Document(product("<b>$12.99</b><ul><li>Product Code: GF/12 A</li></ul>"))

    asked = read(page, Context("https://shop.example/p/1"), Asked("GF/12 A"))
    other = read(page, Context("https://shop.example/p/1"), Asked("GF/12"))

    assert ("GF/12 A",) == (asked and asked.skus)
    assert ("GF/12",) == (other and other.skus)


def test_a_delivery_time_beside_the_price_does_not_outweigh_that_there_is_none() -> None:
    delivery = '<p>$9.00</p><span class="delivery-info">Ships in 2 days</span>'
    body = f"{delivery}<form><div><span>Out of stock</span></div></form>"

    assert "out_of_stock" == seen(product(body))["availability"]


def test_a_code_that_an_element_holds_is_the_products_where_it_holds_the_heading() -> None:
    card = '<div class="card" data-sku="OT-1"><a href="/o"><img src="o.jpg">Other</a> <b>$1.00</b></div>'
    box = "<h1>Dog Bowl</h1><b>$5.00</b><button>Add to cart</button>"
    page = f'<div data-product-sku="AT-47">{box}</div>{card * 3}'

    assert "AT-47" == seen(f"<title>Dog Bowl</title><main>{page}</main>").get("sku")
    assert "sku" not in seen(
        f"<title>Dog Bowl</title><main>{page.replace(' data-product-sku=', ' data-x=')}</main>"
    )


def test_a_page_without_headings_is_called_as_its_window_is() -> None:
    page = (
        "<title>Pond Pump | Shop</title><div class=name>Pond Pump <i>ID 7</i></div><p class=price>$5.00</p>"
    )

    assert "Pond Pump" == seen(f"{page}<button>Add to cart</button>").get("title")


def test_a_price_may_stand_on_the_button_alone() -> None:
    page = (
        "<title>Chew | Shop</title><main><h1>Chew</h1><p>Tough.</p><button>Add to cart – {}</button></main>"
    )

    assert Decimal("12.95") == seen(page.format("$12.95")).get("price")
    assert "price" not in seen(page.format("2 left"))


OLD_THEME = (
    "<title>{window}</title><div id=header><h1><a href='/'>My shop</a></h1></div>"
    "<div id=content><h2>{heading}</h2><p>$79.00</p><input type=submit value='Add to cart'></div>"
)


@pytest.mark.parametrize("window", ["Desk Lamp", "My shop - Desk Lamp", "Desk Lamp | My shop"])
@pytest.mark.parametrize("heading", ["Desk Lamp", "Desk Lamp (LMP-100)"])
def test_a_heading_that_leads_home_is_the_shops_name(window: str, heading: str) -> None:
    found = values(OLD_THEME.format(window=window, heading=heading), "LMP-100")

    assert ("Desk Lamp", Decimal("79.00")) == (found["title"], found["price"])
    assert ("LMP-100" if "(" in heading else None) == found.get("sku")


@pytest.mark.parametrize(
    ("heading", "sku"),
    [("Nails (100)", "100"), ("Shade for a desk lamp (LMP-100)", "LMP-100"), ("Lamp (LMP-1001)", "LMP-100")],
)
def test_what_stands_in_brackets_may_be_no_code_of_the_product(heading: str, sku: str) -> None:
    assert "sku" not in values(OLD_THEME.format(window=heading, heading=heading), sku)


def test_the_box_of_the_product_may_have_linked_headings() -> None:
    """A shop prints the brand and the category as headings with links, right beside the price."""
    box = (
        '<div class="info"><div class="price-box"><span class="price">32,00 €</span></div><p>Do 10 dní</p>'
        '<h2>Značka: <a href="/shopby/supra/">Supra</a></h2><h2><a href="#sizes">Sizes</a></h2></div>'
    )
    assert Decimal("32.00") == seen(product(box), locale="sk-SK")["price"]


def test_rows_of_the_layout_are_no_cards() -> None:
    other = '<div class="row"><a href="/p/2"><img src="/2.jpg"></a><b class="price">£9.99</b></div>'
    body = (
        '<div class="first row"><h1>Shorts</h1></div>'
        '<div class="row"><img src="/1.jpg"><b class="price">£34.95</b><button>Add to bag</button></div>'
        + other
    )
    assert Decimal("34.95") == seen(f"<title>Shorts</title><main>{body}</main>", locale="en-GB")["price"]


def test_in_a_layout_of_tables_near_is_what_shares_a_table() -> None:
    page = (
        "<title>Eau Duelle | Diptyque</title><table><tr><td><table><tr><td><table><tr><td>"
        "<div>Eau Duelle</div></td></tr></table></td></tr></table></td></tr>"
        "<tr><td><table class='alternative'><tr><td><table><tr>"
        "<td class='price-info'><b>Retail Price:</b> $125.00</td></tr><tr><td class='price-info'>"
        "<b>Your Price:</b> <div id='price' class='price'>$113.95</div></td></tr></table></td>"
        "<td><input type='submit' value='Add to Cart'></td></tr></table></td></tr></table>"
    )
    assert Decimal("113.95") == seen(page)["price"]


def test_a_heading_like_all_the_others_of_a_list_is_no_products() -> None:
    card = (
        '<div><h5>{0} Kit</h5><p class="price">$40</p><a class="btn-cart" href="/add">Add to Cart</a></div>'
    )
    cards = "".join(card.format(name) for name in ("Cider", "IPA", "Saison", "Stout", "Porter"))
    assert {} == seen(f"<title>Beer Making Kits</title><main>{cards}</main>")


def test_a_wrapper_that_a_menu_pushes_aside_is_the_page() -> None:
    inside = product('<b class="price">$44.50</b>' + "<p>Bright light for dark roads.</p>" * 5)
    assert Decimal("44.50") == seen(f'<div class="off-canvas-wrap">{inside}</div>')["price"]


def test_what_is_gone_is_not_free() -> None:
    gone = '<p>Нет в наличии</p><span class="price2">0.00 руб.</span>'
    found = seen(product(gone), locale="ru-RU")
    assert "price" not in found
    assert "out_of_stock" == found["availability"]


def test_sizes_that_are_sold_out_say_nothing_of_the_product() -> None:
    sizes = "".join(
        f'<li><a href="#s{n}">{n}</a><span class="availability">sold out</span></li>' for n in (38, 40, 42)
    )
    assert "in_stock" == seen(product(f'<b class="price">£34.95</b><ul>{sizes}</ul>'))["availability"]


@pytest.mark.parametrize(
    "brand",
    [
        '<dt class="manufacturer">Manufacturer:</dt>',
        '<a class="brand" href="/b">View all brand products</a>',
        "<p>Brand: Dog Bowl</p>",
    ],
)
def test_a_label_a_link_to_all_or_the_title_is_no_brand(brand: str) -> None:
    assert "brand" not in seen(product(f'{brand}<b class="price">$9.99</b>'))


def test_the_price_of_two_bought_together_is_not_that_of_one() -> None:
    box = '<div id="buyTogetherModule"><p class="price sale">$17.98</p>{}</div>'
    both = box.format('<a class="buy" href="#">Add Both to Cart</a>')
    one = '<div id="priceBox"><b>Price</b> <span>$8.99</span></div>'
    assert Decimal("8.99") == seen(product(one + both))["price"]


def test_a_heading_in_an_aside_is_the_products_where_it_is_the_only_one() -> None:
    aside = "<aside><h1>Dog Bowl</h1><b class=price>$12.99</b><button>Add to cart</button></aside>"
    assert Decimal("12.99") == seen(f"<title>Dog Bowl | Shop</title>{aside}")["price"]
    assert Decimal("5.00") == seen(f"{product('<b class=price>$5.00</b>', title='Cat Bowl')}{aside}")["price"]


def test_a_page_that_is_called_buy_is_a_form_and_no_product() -> None:
    assert {} == seen(product("<b class=price>$12.99</b>", title="Acquista"))


@pytest.mark.parametrize("name", ["data-selenium", "data-cy", "data-qaid", "data-automation"])
def test_an_element_is_called_by_what_its_testers_call_it_too(name: str) -> None:
    assert "B-7" == seen(product(f"<b class=price>$5</b><i {name}=product-code>B-7</i>"))["sku"]


def test_an_element_that_no_selector_can_name_may_be_the_heading() -> None:
    """Broken markup makes elements of anything: `<h,`, `<a"b`."""
    heading = "<h, class=product-title>Dog Bowl</h,>"
    page = f"<title>Dog Bowl</title>{heading}<b class=price>$9</b><button>Buy now</button>"
    assert Decimal(9) == seen(page)["price"]
