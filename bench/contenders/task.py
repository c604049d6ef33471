"""The work every HTTP contender does: search page, product link, product page, ten fields, for each SKU.

Standard library only, so that each environment can import it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

LINK = "#results .s-result a.card__link"
CSS = {
    "title": ("#productTitle", None),
    "brand": ("a.pdp__brand", None),
    "price": (".price--pdp .price__main", "content"),
    "rating": (".rating__value", "content"),
    "availability": ("#availability .stock__label", None),
    "description": ("#description .desc__body", None),
}
IMAGES = ("#gallery img.gallery__img", "data-zoom")
XPATH = {
    "gtin": "//table[@id='specs']//tr[normalize-space(th)='UPC']/td/text()",
    "weight": "//table[@id='specs']//tr[normalize-space(th)='Item Weight']/td/text()",
    "category": "//nav[@aria-label='Breadcrumb']//li[last()]/a/text()",
}
CONCURRENCY = 16


def arguments() -> tuple[str, list[str], dict[str, Any]]:
    """The site's address, the SKUs, and the right answers."""
    base, count, truth_file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(truth_file, encoding="utf-8") as file:
        truth = json.load(file)
    names = list(truth)
    return base, [names[i % len(names)] for i in range(count)], truth


class Meter:
    """CPU seconds (user and system, all threads) and wall time since it was made."""

    def __init__(self) -> None:
        self.cpu, self.wall = self._cpu(), time.perf_counter()

    @staticmethod
    def _cpu() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    def report(self, *, products: int, right: int) -> None:
        """The contender's one line: two pages a product."""
        cpu = self._cpu() - self.cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        line = {
            "pages_per_cpu_s": 2 * products / cpu,
            "cpu_ms_per_page": cpu * 1000 / (2 * products),
            "wall_s": time.perf_counter() - self.wall,
            "peak_mib": peak,
            "right": right / products,
        }
        print(json.dumps(line))


def is_right(fields: dict[str, Any], truth: dict[str, str]) -> bool:
    """Whether title, price and code are those of the product that was asked for."""
    return (
        " ".join(str(fields["title"]).split()) == truth["title"]
        and abs(float(fields["price"]) - float(truth["price"])) < 0.001
        and str(fields["gtin"]).strip().lstrip("0") == truth["gtin"].lstrip("0")
    )
