"""What every test may rely on: nobody's logging is another's; and which tests come first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

LONG = (
    "tests/journeys/", "tests/docs/", "tests/simulation/", "tests/runner/daemon/",
    "tests/runner/test_guard.py", "tests/coordinator/test_serve.py", "tests/coordinator/panel/",
    "tests/scraping/test_stream.py", "tests/scraping/fetch/test_browser.py", "tests/test_packaging.py",
)  # fmt: skip
"""Where a test takes seconds, mostly of waiting for processes."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers the long tests begin first, so that none of them is waited for at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def _quiet_after_itself() -> Iterator[None]:
    """A test that sets up logging, as a door does, leaves it as it was."""
    yield
    structlog.reset_defaults()
