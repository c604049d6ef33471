"""Raw text from a page → typed values, or None; never a neighbour's number.

Pure functions, called by `extract` and `verdict`; they fetch nothing, know no page and raise nothing for
what a website wrote.  Every function takes what the page gave (text, or a JSON value from embedded data)
and answers a typed value or None.  What each accepts: docs/reference/values.md.
"""

from scraper_backend.scraping.clean.codes import code, gtin, gtins, same_gtin
from scraper_backend.scraping.clean.dates import date
from scraper_backend.scraping.clean.fields import (
    STANDARD_FIELD_TYPES,
    Context,
    Kind,
    normalize,
    value,
)
from scraper_backend.scraping.clean.links import images, largest, url
from scraper_backend.scraping.clean.measures import boolean, integer, number, rating, reviews_count, weight
from scraper_backend.scraping.clean.money import Money, currency, is_price_alone, price, role_in
from scraper_backend.scraping.clean.notices import Availability
from scraper_backend.scraping.clean.stock import AVAILABILITIES, availability
from scraper_backend.scraping.clean.text import category, html_text, text

__all__ = [
    "AVAILABILITIES",
    "STANDARD_FIELD_TYPES",
    "Availability",
    "Context",
    "Kind",
    "Money",
    "availability",
    "boolean",
    "category",
    "code",
    "currency",
    "date",
    "gtin",
    "gtins",
    "html_text",
    "images",
    "integer",
    "is_price_alone",
    "largest",
    "normalize",
    "number",
    "price",
    "rating",
    "reviews_count",
    "role_in",
    "same_gtin",
    "text",
    "url",
    "value",
    "weight",
]
