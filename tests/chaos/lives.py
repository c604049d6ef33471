"""The lives that `kills.py` ends: a coordinator, and a runner whose client writes down what it is told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scraper_backend.coordinator.serve import serve
from scraper_backend.coordinator.settings import read_settings
from scraper_backend.core import logs, wire
from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.runner.daemon import start
from scraper_backend.runner.daemon.settings import Settings


def coordinator(database_url: str, port: int) -> None:
    """A coordinator's whole life."""
    settings = read_settings({"DATABASE_URL": database_url, "LOG_LEVEL": "error"}, port=port)
    serve(settings, announce=lambda _: None)


def runner(folder: str, url: str, key: str, name: str) -> None:
    """A daemon's whole life."""
    logs.configure(level="error", form="console")
    os.environ |= {"SCRAPER_API_KEY": key, "BSR_DATA_DIR": folder}
    Noting.ledger = Path(folder) / "ledger"
    start.__dict__["ScraperAPIClient"] = Noting
    hand = (sys.executable, "-S", str(Path(__file__).with_name("hand.py")))
    settings = Settings(Path(folder), walks=12, processes=2, poll_s=0.2, worker=hand)
    raise SystemExit(start.start(url, name, settings=settings))


class Noting(ScraperAPIClient):
    """The runner's client, which writes down each verdict."""

    ledger: Path

    def send_results(self, items: Sequence[Any]) -> wire.ResultsAnswer:
        """Hand in a batch."""
        answer = super().send_results(items)
        lines = [
            f"{json.dumps([i['job_id'], i['sku'], i['scraper'], i['outcome'], v])}\n"
            for i, v in zip(items, answer.items, strict=True)
            if isinstance(v, str)
        ]
        with self.ledger.open("a", encoding="utf-8") as file:
            file.write("".join(lines))
        return answer
