"""The work every HTTP contender does: search page, product link, product page, ten fields, for each SKU.

Standard library only, so that each environment can import it.
"""

from __future__ import annotations

import ctypes
import json
import os
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
    """CPU seconds (user and system, all threads) and wall time since it was made.

    with_children: those of every process that was started count too, orphans included: they become
    children of this process, which waits for them before it reports.
    """

    def __init__(self, *, with_children: bool = False) -> None:
        self.with_children = with_children
        if with_children:
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.cpu, self.wall = self._cpu(), time.perf_counter()

    def _cpu(self) -> float:
        whose = (resource.RUSAGE_SELF, *([resource.RUSAGE_CHILDREN] if self.with_children else []))
        used = [resource.getrusage(who) for who in whose]
        return sum(usage.ru_utime + usage.ru_stime for usage in used)

    def report(self, *, products: int, right: int, pages: int = 0, **more: float) -> None:
        """The contender's one line: two pages a product unless `pages` says otherwise."""
        if self.with_children:
            _wait_for_all()
        cpu, pages = self._cpu() - self.cpu, pages or 2 * products
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        line = {
            "pages_per_cpu_s": pages / cpu,
            "cpu_ms_per_page": cpu * 1000 / pages,
            "wall_s": time.perf_counter() - self.wall,
            "peak_mib": peak,
            "right": right / products,
            **more,
        }
        print(json.dumps(line))


_PR_SET_CHILD_SUBREAPER = 36


def _wait_for_all() -> None:
    """Every process below this one is over; 10 s at most."""
    for _ in range(200):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.05)


def is_right(fields: dict[str, Any], truth: dict[str, str]) -> bool:
    """Whether title, price and code are those of the product that was asked for."""
    return (
        " ".join(str(fields["title"]).split()) == truth["title"]
        and abs(float(fields["price"]) - float(truth["price"])) < 0.001
        and str(fields["gtin"]).strip().lstrip("0") == truth["gtin"].lstrip("0")
    )
