"""The links of a page that may lead to a product."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper_backend.scraping.links import Anchors, product_links
from scraper_backend.scraping.page import Page


@pytest.mark.parametrize(
    "buy", ["?action=buy_now&products_id=7", "?add-to-cart=7", "?page=cart&do=add&products_id=7"]
)
def test_a_link_that_buys_leads_to_no_product(buy: str) -> None:
    name = '<td><a href="?page=product&products_id=7">Bowl</a></td>'
    row = f'<tr>{name}<td>$9.00 <a href="{buy}">Buy</a></td></tr>'
    url = "https://shop.test/index.php?q=7"
    page = Page(url, url, 200, {}, f"<table>{row}</table>", datetime.now(UTC))

    found = product_links(Anchors(page))

    assert ["https://shop.test/index.php?page=product&products_id=7"] == [one.url for one in found]
    assert "tr" == found[0].card.tag
