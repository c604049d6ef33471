"""One product that a results page lists: where it is and how well it fits what was asked.

Made by `search` and `presets`, visited by `sku`, weighed by `identity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

CERTAIN: Final = 80
"""From here on the results page itself says that this product has the code."""
ADDRESSED: Final = 70
"""Its address is the code, which the results page itself need not say."""
HINTED: Final = 30
"""From here on something about the result names the code."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product link.

    code: the code that the list states for it, "" for none.  score: evidence that it is the one, 0 for
    none.  price: what the list says the asked variant costs, where `variant` is true.
    """

    url: str
    title: str = ""
    code: str = ""
    score: int = 0
    why: tuple[str, ...] = ()
    price: Decimal | None = None
    variant: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether the list states the asked code for it."""
        return self.score >= CERTAIN

    def as_json(self) -> dict[str, object]:
        """The candidate as it stands in an outcome's `detail.candidates`."""
        return {
            "url": self.url,
            "title": self.title or None,
            "sku": self.code or None,
            "price": None if self.price is None else float(self.price),
            "score": self.score,
            "why": list(self.why),
        }
