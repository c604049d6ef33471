"""A thread's line to the coordinator."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper_backend.core.api_client import ScraperAPIClient
from scraper_backend.core.errors import KeyRefused
from scraper_backend.core.retry import Retry
from scraper_backend.runner.daemon.line import Line
from scraper_backend.runner.stop import Stop
from tests.fake_coordinator import KEY, FakeCoordinator


def test_a_key_that_was_replaced_in_its_file_is_taken_up(office: FakeCoordinator, tmp_path: Path) -> None:
    """The old one was revoked while the runner runs; nobody has to start it again."""
    file = tmp_path / "key"
    file.write_text("bsr_revoked")

    def connect(retry: Retry, timeout: float) -> ScraperAPIClient:
        environment = {"SCRAPER_API_KEY_FILE": str(file), "SCRAPER_API_URL": office.url}
        return ScraperAPIClient(None, None, "pi", timeout, retry=retry, environment=environment)

    line = Line(connect, Stop())
    with pytest.raises(KeyRefused) as refused:
        line.client.register_runner({})
    file.write_text(KEY)

    line.pause_after(refused.value)

    assert "pi" == line.client.register_runner({}).runner.name


def test_a_key_file_that_is_gone_for_a_moment_changes_nothing(
    office: FakeCoordinator, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)

    def connect(retry: Retry, timeout: float) -> ScraperAPIClient:
        environment = {"SCRAPER_API_KEY_FILE": str(file), "SCRAPER_API_URL": office.url}
        return ScraperAPIClient(None, None, "pi", timeout, retry=retry, environment=environment)

    line = Line(connect, Stop())
    file.unlink()

    line.pause_after(KeyRefused("no"))

    assert "pi" == line.client.register_runner({}).runner.name
