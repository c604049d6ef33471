"""From a laptop to a job on the server: `bsr login`, a token made in the panel, and the first command."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.coordinator.panel.browser import needs_browser, started, visitor
from tests.journeys.house import BSR, House, Office

pytestmark = needs_browser


@pytest.fixture
def office(house: House) -> Iterator[Office]:
    """A coordinator that is on."""
    with house.serving() as opened:
        yield opened


async def test_a_laptop_is_logged_in_with_a_token_from_the_panel(
    house: House, office: Office, tmp_path: Path
) -> None:
    """The laptop has no database of its own; what it asks for is on the server."""
    laptop = Laptop(house, tmp_path)
    link = (await asyncio.to_thread(house.told, "user", "link", "--at", office.url))["link"]
    _, _, said = await laptop.bsr("login", office.url)
    page = re.search(r"http://\S+/settings/tokens\S+", said)
    assert page, said

    async with started() as browser:
        rosa = await visitor(browser, office.url)
        await rosa.open(link.removeprefix(office.url))
        await rosa.open(page[0].removeprefix(office.url))
        await rosa.page.click("text=Make the token")
        token = await rosa.page.inner_text("#secret")
    logged_in = await laptop.bsr("login", office.url, "--token-stdin", stdin=token)
    made = await laptop.bsr("key", "create", "from-the-laptop")
    keys = await asyncio.to_thread(house.told, "key", "list")

    assert (0, 0) == (logged_in[0], made[0]), (logged_in, made)
    assert "its token allows read, jobs, scrapers, runners until" in logged_in[1]
    assert ["from-the-laptop"] == [key["name"] for key in keys]
    assert [] == rosa.alarms


class Laptop:
    """Another machine: nothing of the server's environment, a home of its own."""

    def __init__(self, house: House, home: Path) -> None:
        own = ("BSR_DATA_DIR", "DATABASE_URL")
        kept = {name: value for name, value in house.environment.items() if name not in own}
        self._environment = {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}

    async def bsr(self, *arguments: str, stdin: str = "") -> tuple[int | None, str, str]:
        """Run a command; its exit code and what it said."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *BSR, *arguments, env=self._environment, stdin=pipe, stdout=pipe, stderr=pipe
        )
        out, err = await process.communicate(stdin.encode())
        return process.returncode, out.decode(), err.decode()
