"""What every test may rely on: nobody's logging is another's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _quiet_after_itself() -> Iterator[None]:
    """A test that sets up logging, as a door does, leaves it as it was."""
    yield
    structlog.reset_defaults()
