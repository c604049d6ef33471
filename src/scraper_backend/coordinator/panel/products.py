"""Products: what every source says of a SKU, side by side, with its history and its origin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args
from urllib.parse import urlencode

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, may_call, new_router
from scraper_backend.coordinator.rules import products
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import BadRequest
from scraper_backend.core.lines import COLUMNS

router = new_router()
PAGE: Final = 25
TOLD: Final = 60
"""Observations that the table below a chart has, the newest."""
Stock = Literal[
    "in_stock", "out_of_stock", "limited_availability", "pre_order", "back_order", "in_store_only",
    "online_only", "discontinued", "sold_out",
]  # fmt: skip
AVAILABILITIES: Final = get_args(Stock)
STOCK_TONES: Final = {
    "in_stock": "good", "limited_availability": "warn", "online_only": "good", "in_store_only": "warn",
    "pre_order": "warn", "back_order": "warn", "out_of_stock": "bad", "sold_out": "bad",
    "discontinued": "bad",
}  # fmt: skip


class ProductsQuery(BaseModel):
    """Which products.  `changed` and `unseen` are days."""

    model_config = ConfigDict(frozen=True)
    q: str = Field(default="", max_length=200)
    scraper: str | None = Field(default=None, max_length=100)
    stock: str | None = Field(default=None, max_length=50)
    lacks: Literal["price", "images", "title"] | None = None
    changed: int | None = Field(default=None, ge=1, le=3650)
    unseen: int | None = Field(default=None, ge=1, le=3650)
    after: str = Field(default="", max_length=200)

    def as_filter(self, now: datetime) -> products.Filter:
        """What the rules understand."""
        return products.Filter(
            self.q, self.scraper, self.stock, self.lacks,
            now - timedelta(days=self.changed) if self.changed else None,
            now - timedelta(days=self.unseen) if self.unseen else None,
        )  # fmt: skip

    def link(self, **more: object) -> str:
        """These conditions as a query string, and what is added or taken away."""
        said = {**self.model_dump(exclude={"after"}), **more}
        return urlencode({name: value for name, value in said.items() if value not in (None, "")})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.link())


@router.get("/products")
@may_call(Who.VIEWER)
async def list_products(request: Request, desk: Desk) -> Response:
    asked = query(request, ProductsQuery)
    wanted = asked.as_filter(desk.clock())

    async def question(tx: Transaction) -> tuple[list[products.Product], list[str]]:
        found = await products.search(tx, wanted, after=asked.after, limit=PAGE + 1)
        return found, await products.scrapers(tx)

    found, scrapers = await desk.store.read(question)
    shown = found[:PAGE]
    more = max(product.sku for product in shown) if found[PAGE:] else None
    return page(
        request, "products.html", here="Products", asked=asked, products=shown, more=more, scrapers=scrapers,
        availabilities=AVAILABILITIES, stock_tones=STOCK_TONES,
    )  # fmt: skip


@router.get("/products/one")
@may_call(Who.VIEWER)
async def show_product(request: Request, desk: Desk) -> Response:
    sku = request.query_params.get("sku", "")

    async def question(tx: Transaction) -> dict[str, Any] | None:
        product = await products.one(tx, sku)
        if product is None:
            return None
        return {
            "product": product,
            "origins": await products.origins(tx, sku),
            "history": await products.history(tx, sku),
        }

    facts = await desk.store.read(question)
    if facts is None:
        raise BadRequest("No scraper has found this SKU yet, outside of tests.", status=404)
    told = {name: points[-TOLD:][::-1] for name, points in facts.pop("history").items()}
    return page(
        request, "product.html", here="Products", told=told, stock_tones=STOCK_TONES,
        fields=_fields(facts["origins"]), lowest=_lowest(facts["product"]), **facts,
    )  # fmt: skip


@router.get("/products/history")
@may_call(Who.VIEWER)
async def product_history(request: Request, desk: Desk) -> Response:
    """The series of a chart: `{scraper: {at: [seconds], price: […], stock: [tone], words, currency}}`."""
    sku = request.query_params.get("sku", "")
    told = await desk.store.read(lambda tx: products.history(tx, sku))
    series = {
        name: {
            "at": [point.observed_at / 1000 for point in points],
            "price": [point.price for point in points],
            "stock": [STOCK_TONES.get(point.availability or "", "dim") for point in points],
            "words": [(point.availability or "stock unknown").replace("_", " ") for point in points],
            "currency": next((point.currency for point in reversed(points) if point.currency), None),
        }
        for name, points in told.items()
    }
    return Response(orjson.dumps(series), media_type="application/json")


def _fields(origins: Sequence[products.Origin]) -> list[str]:
    """Every field that a source has, the standard ones first and in their order."""
    named = {value.name for origin in origins for value in origin.values} - {"scraped_at"}
    standard = [name for name in (*COLUMNS, "sku") if name in named]
    return [*standard, *sorted(named - set(standard))]


def _lowest(product: products.Product) -> float | None:
    """The lowest price, where there are several of one currency to compare."""
    prices = [(s.price, s.currency) for s in product.sources if s.price is not None]
    if len(prices) < 2 or len({currency for _, currency in prices}) > 1:
        return None
    return min(price for price, _ in prices)
