"""What everything runs on."""

from __future__ import annotations

import asyncio

import pytest
import uvloop

from scraper_backend.core.loop import run_async


async def _what() -> type[asyncio.AbstractEventLoop]:
    return type(asyncio.get_running_loop())


def test_work_runs_on_uvloop() -> None:
    assert run_async(_what()) is uvloop.Loop


def test_what_the_work_raises_comes_out() -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise ValueError("the work broke")

    with pytest.raises(ValueError, match="the work broke"):
        run_async(broken())
