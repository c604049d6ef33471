"""What a door says of outcomes as they come."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from scraper_backend.cli import outcomes
from scraper_backend.core.wire import Outcome, OutcomeKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _outcome(sku: str, kind: OutcomeKind, reason: str = "", message: str = "") -> Outcome:
    detail = {"reason": reason, "message": message} if reason else {}
    return Outcome(sku=sku, scraper="shop", outcome=kind, detail=detail, scraped_at=NOW)  # type: ignore[arg-type]


def test_who_stops_a_run_half_way_hears_how_far_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(KeyboardInterrupt), outcomes.told(9, lines=None) as tally:
        tally.add(_outcome("1", "found"))
        raise KeyboardInterrupt

    assert "1 done: 1 found in " in capsys.readouterr().err


def test_what_went_wrong_is_told_once_for_each_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with outcomes.told(4, lines=None) as tally:
        tally.add(_outcome("1", "failed", "dns", "x.example has no address"))
        for sku in ("2", "3"):
            tally.add(_outcome(sku, "blocked", "rate_limited", f"429 for {sku}\x1b[31m"))
        tally.add(_outcome("4", "not_found", "no_results", "the shop said so"))

    assert ["rate limited (2): 429 for 2 [31m", "dns (1): x.example has no address"] == (
        capsys.readouterr().err.splitlines()[:2]
    )
