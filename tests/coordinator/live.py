"""A real coordinator on a free port of this machine, and people and machines who call it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.rules import jobs, keys, links, scrapers, tokens, users
from scraper_backend.coordinator.rules.users import Role
from scraper_backend.coordinator.serve import running
from scraper_backend.coordinator.settings import read_settings
from scraper_backend.core import signing
from scraper_backend.core.scraper_config import ScraperConfig

SECRET = "a secret of the webhook"
JOB = "/api/scraper/v1/job"
CALLBACK = "/api/admin/scraping/callback"
REGISTER = "/api/admin/scraper-network/runners/register"
HEALTH = "/api/admin/scraper-network/health"
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Live:
    """The office behind its address."""

    office: Office

    @property
    def address(self) -> str:
        return self.office.settings.address

    def now(self) -> datetime:
        return self.office.clock()

    def caller(self, **headers: str) -> httpx2.AsyncClient:
        """Somebody with these headers."""
        return httpx2.AsyncClient(base_url=self.address, headers=headers, timeout=20)

    async def new_key(self, name: str = "fleet", *, bind: str | None = None) -> str:
        made = await self.office.store.write(lambda tx: keys.create(tx, name, bind=bind, now=self.now()))
        return made.secret

    async def machine(self, name: str = "fleet", *, bind: str | None = None) -> httpx2.AsyncClient:
        """A machine with a fresh key."""
        return self.caller(**{"X-API-Key": await self.new_key(name, bind=bind)})

    async def new_scraper(self, name: str = "amazon", **said: Any) -> None:
        config = ScraperConfig(
            name=name, base_url=f"https://{name}.com", search_url_template="/s?k={sku}", **said
        )
        await self.office.store.write(lambda tx: scrapers.save(tx, config, now=self.now()))

    async def new_job(self, skus: Sequence[str] = ("SKU-001",), names: Sequence[str] = ("amazon",)) -> str:
        for name in names:
            await self.new_scraper(name)
        made = await self.office.store.write(lambda tx: jobs.create(tx, skus, names, now=self.now()))
        return made.job_id

    async def person(self, role: Role = "admin") -> httpx2.AsyncClient:
        """Somebody with this role at a browser, signed in."""
        token, name = links.new_token(), f"{role}-{links.new_token()[:6]}"

        async def invite(tx: Any) -> None:
            user = await users.create(tx, name, "", role, now=self.now())
            await links.make(tx, token, "sign_in", user_id=user.id, now=self.now())

        await self.office.store.write(invite)
        browser = self.caller(Accept="text/html")
        answer = await browser.get("/enter", params={"token": token})
        assert 303 == answer.status_code
        return browser

    async def bearer(self, *scopes: str, role: Role = "admin") -> httpx2.AsyncClient:
        """A script with a token of a fresh person."""
        name = f"{role}-{links.new_token()[:6]}"

        async def make(tx: Any) -> str:
            await users.create(tx, name, "", role, now=self.now())
            made = await tokens.create(tx, name, "script", scopes, by="test", now=self.now())
            return made.secret

        secret = await self.office.store.write(make)
        return self.caller(Authorization=f"Bearer {secret}")

    def signed(self, body: bytes, secret: str = SECRET) -> httpx2.AsyncClient:
        """A crash reporter that signed this body."""
        return self.caller(**{"X-Webhook-Signature": signing.sign(body, secret)})


async def csrf_of(browser: httpx2.AsyncClient) -> str:
    """What this person's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', (await browser.get("/jobs")).text)
    assert found
    return found[1]


@asynccontextmanager
async def live(url: str, **environment: str) -> AsyncIterator[Live]:
    """A coordinator over this database while the block lasts."""
    settings = read_settings({"DATABASE_URL": url, "SCRAPER_WEBHOOK_SECRET": SECRET, **environment}, port=0)
    async with running(settings, clock=lambda: datetime.now(UTC)) as office:
        yield Live(office)


async def send(address: str, raw: bytes, *, wait: float = 5.0) -> bytes:
    """What comes back for these very bytes until the other side hangs up or says no more."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(raw)
    await writer.drain()
    answer = b""
    try:
        async with asyncio.timeout(wait):
            while not _is_whole(answer):
                part = await reader.read(65536)
                if not part:
                    break
                answer += part
    except TimeoutError:
        pass
    writer.close()
    return answer


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(found and length and len(body) >= int(length[1]))
