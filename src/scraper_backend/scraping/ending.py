"""How a walk ends: what was read and judged → the outcome, its data and its evidence.

Called by `sku` and `fixtures`; pure.  `data` is what the contract calls ProductData, there only for
`found`; `detail` says how we know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from scraper_backend.core.plain import mended
from scraper_backend.core.wire import Outcome, OutcomeKind, utc_text
from scraper_backend.scraping.candidate import Candidate
from scraper_backend.scraping.extract import Extraction
from scraper_backend.scraping.identity import Proof
from scraper_backend.scraping.labels import Declared
from scraper_backend.scraping.page import NoPage, Page
from scraper_backend.scraping.verdict import Verdict, of_no_page

RAW_SHOWN: Final = 200
"""Characters of a field's raw text that its provenance keeps."""
TEXT_KEPT: Final = 40_000
"""Characters of one field: an item of 256 KiB is the most that a coordinator stores."""
MOST_CANDIDATES: Final = 10

REASONS: Final[Mapping[str, str]] = {
    "gone": "page_not_found",
    "home": "redirected",
    "sent_away": "redirected",
    "denied": "forbidden",
    "shell": "needs_browser",
}
"""Kinds of pages that have a clearer name as a reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One product page, read and judged."""

    page: Page
    extraction: Extraction
    proof: Proof
    candidate: Candidate | None = None

    def as_candidate(self) -> dict[str, object]:
        """The page as one of several that could be meant."""
        price = self.extraction.value("price")
        title = self.extraction.value("title") or (self.candidate.title if self.candidate else None)
        code = next((one.code for one in self.proof.found), None) or self.extraction.value("sku")
        return {"url": self.page.url, "title": title, "sku": code, "price": price}


@dataclass(frozen=True, slots=True)
class Asking:
    """What every outcome repeats: the SKU, the scraper and the time."""

    sku: str
    scraper: str
    at: datetime

    def outcome(
        self, kind: OutcomeKind, detail: Mapping[str, object], data: Mapping[str, object] | None = None
    ) -> Outcome:
        """An outcome of plain JSON values; what is empty is left out of the detail.

        It is not validated: every part is ours and `mended` by the line that makes it, and pydantic's look
        at each of a hundred provenance values costs as much as parsing a page does.
        """
        told = {name: value for name, value in detail.items() if value not in (None, "", [], (), {})}
        return Outcome.model_construct(
            sku=self.sku,
            scraper=self.scraper,
            outcome=kind,
            data=mended(dict(data or {})),
            detail=mended(told),
            scraped_at=self.at,
        )


def found(asking: Asking, reading: Reading, notes: Iterable[str] = ()) -> Outcome:
    """The product, with every field's provenance; drifted when required fields no longer match."""
    if reading.extraction.missing_required or not _has_substance(reading.extraction):
        return drifted(asking, reading)
    detail = {
        "evidence": [*reading.proof.evidence, *notes],
        "identity": identity_of(reading.proof),
        "provenance": provenance(reading.extraction),
        "url": reading.page.url,
        "rendered": reading.page.rendered or None,
    }
    return asking.outcome("found", detail, data_of(reading, asking.at))


def _has_substance(extraction: Extraction) -> bool:
    return any(extraction.value(name) not in (None, "") for name in ("title", "price"))


def drifted(asking: Asking, reading: Reading) -> Outcome:
    """A product page on which what must be there is missing."""
    missing = reading.extraction.missing_required or ("title", "price")
    said = [f"the required field {name} was not found" for name in missing]
    detail = {
        "reason": "required_missing",
        "message": f"a product page, but without {', '.join(missing)}; look at the selectors",
        "missing": list(missing),
        "evidence": [*reading.extraction.why, *reading.proof.evidence, *said],
        "provenance": provenance(reading.extraction),
        "url": reading.page.url,
        "status": reading.page.status,
    }
    return asking.outcome("drifted", detail)


def mismatch(asking: Asking, reading: Reading) -> Outcome:
    """A product page, of another product."""
    reason = "other_variant" if reading.proof.by == "variant" else "other_product"
    detail = {
        "reason": reason,
        "evidence": list(reading.proof.evidence),
        "found": codes_of(reading.proof.found),
        "candidates": [reading.as_candidate()],
        "url": reading.page.url,
    }
    return asking.outcome("mismatch", detail)


def listed_other(asking: Asking, page: Page, candidate: Candidate) -> Outcome:
    """The search led to one product, and the list itself states another code for it."""
    detail = {
        "reason": "other_product",
        "evidence": list(candidate.why),
        "found": [{"kind": "sku", "code": candidate.code}],
        "candidates": [candidate.as_json()],
        "url": page.url,
    }
    return asking.outcome("mismatch", detail)


def ambiguous(
    asking: Asking, reason: str, candidates: Iterable[Mapping[str, object]], evidence: Iterable[str], url: str
) -> Outcome:
    """Several products that could be meant, or one of which nothing tells that it is."""
    listed = [dict(one) for one in candidates][:MOST_CANDIDATES]
    detail = {"reason": reason, "evidence": list(evidence), "candidates": listed, "url": url}
    return asking.outcome("ambiguous", detail)


def not_found(
    asking: Asking,
    reason: str,
    evidence: Iterable[str],
    page: Page,
    candidates: Iterable[Mapping[str, object]] = (),
) -> Outcome:
    """The shop does not list it."""
    listed = [dict(one) for one in candidates][:MOST_CANDIDATES]
    detail = {"reason": reason, "evidence": list(evidence), "url": page.url, "candidates": listed}
    return asking.outcome("not_found", detail)


def judged(asking: Asking, verdict: Verdict, page: Page) -> Outcome:
    """A page that is no product: missing, a wall, broken, empty."""
    detail: dict[str, Any] = {
        "reason": REASONS.get(verdict.kind, verdict.kind),
        "evidence": list(verdict.evidence),
        "url": page.url,
        "status": page.status,
        "retry_after": page.headers.get("retry-after"),
    }
    if verdict.kind == "shell":
        detail["message"] = (
            "the page is empty until its scripts run; install the browser extra, or write `render: browser`"
        )
    return asking.outcome(verdict.outcome, detail)


def no_page(asking: Asking, missing: NoPage) -> Outcome:
    """Nothing came back."""
    detail = {
        "reason": missing.reason,
        "message": missing.message,
        "url": missing.url,
        "status": missing.status,
        "retry_after_s": missing.retry_after_s,
        "evidence": [missing.message] if missing.message else [],
    }
    return asking.outcome(of_no_page(missing), detail)


def internal(asking: Asking, error: BaseException) -> Outcome:
    """We broke; the traceback is in the log."""
    detail = {"reason": "internal", "message": f"{type(error).__name__} inside the scraper; its log has more"}
    return asking.outcome("failed", detail)


# ── Parts ──────────────────────────────────────────────────────────────────────────────────────────


def data_of(reading: Reading, at: datetime) -> dict[str, object]:
    """The fields as JSON values, `url` and `scraped_at` always among them."""
    fields = {name: _shortened(one.value) for name, one in reading.extraction.fields.items()}
    kept = {name: value for name, value in fields.items() if value is not None}
    return {**kept, "url": kept.get("url") or reading.page.url, "scraped_at": utc_text(at)}


def _shortened(value: object) -> object:
    if isinstance(value, str):
        return value[:TEXT_KEPT]
    if isinstance(value, (list, tuple)):
        return [_shortened(one) for one in value[:200]]
    return value


def provenance(extraction: Extraction) -> dict[str, dict[str, object]]:
    """Where each field came from."""
    told = {name: one.provenance.as_json() for name, one in extraction.fields.items()}
    for whole in told.values():
        whole["raw"] = str(whole["raw"])[:RAW_SHOWN]
    return told


def identity_of(proof: Proof) -> dict[str, object]:
    """How we know which product it is."""
    return {"by": proof.by, "evidence": list(proof.evidence), "codes": codes_of(proof.found)}


def codes_of(declared: Iterable[Declared]) -> list[dict[str, object]]:
    """Codes as they stand in a detail."""
    return [{"kind": one.kind, "code": one.code[:80], "where": one.where} for one in list(declared)[:10]]
