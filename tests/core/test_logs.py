"""What is logged, and what is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

CALL = "HTTP Request: POST http://c.test/claim"


@pytest.mark.parametrize(("level", "is_said"), [("info", False), ("debug", True)])
def test_a_call_is_no_news_unless_somebody_looks_for_trouble(level: str, is_said: bool) -> None:
    code = f"""
import logging
from scraper_backend.core import logs
logs.configure(level={level!r}, form="json")
logging.getLogger("httpx2").info({CALL!r})
logs.named("ours").info("spool.empty")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr

    assert is_said == (CALL in said)
    assert "spool.empty" in said
