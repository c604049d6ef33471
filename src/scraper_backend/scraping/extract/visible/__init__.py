"""The product as it looks: careful heuristics over the visible page, the last resort and a second opinion.

`read` answers the product that a person would say the page is about, or None where there are several or
none; `variant` the row of the asked size; `buying` the words or the selector of a control that puts it into
a cart; `look` both, with a score and reasons for each value.  Nothing is read from related products, carts,
menus or hidden elements, and a price that could be another product's is no price.
"""

from __future__ import annotations

from scraper_backend.scraping.extract.visible.line import price_line
from scraper_backend.scraping.extract.visible.rows import variant
from scraper_backend.scraping.extract.visible.seen import Seen
from scraper_backend.scraping.extract.visible.sight import Look, buying, look, read

__all__ = ["Look", "Seen", "buying", "look", "price_line", "read", "variant"]
