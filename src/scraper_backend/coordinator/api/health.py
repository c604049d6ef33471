"""`GET /api/admin/scraper-network/health`: what works, and what to set where something does not.

The contract's three checks by name, then ours.  A missing option is a warning, never an error: the
coordinator works without it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.office import Office, uptime
from scraper_backend.coordinator.routes import Desk, answer, may_call, new_router, speaks
from scraper_backend.coordinator.rules import webhook
from scraper_backend.coordinator.settings import Settings
from scraper_backend.core import wire
from scraper_backend.core.errors import Trouble, UsageError

router = new_router()
SECRET_MIN: Final = 16
SLOW_S: Final = 1.0
PATIENCE_S: Final = 5.0
JUMP_S: Final = 5.0
LATE_S: Final = 30.0


@router.get("/api/admin/scraper-network/health", tags=["contract"])
@may_call(Who.KEY)
@speaks(answers=wire.Health)
async def check_health(request: Request, desk: Desk) -> Response:
    """Verify that the coordinator is reachable and set up.

    A check is `ok`, `warning` or `error`; its message says what to set.
    """
    checks = [
        github_app(desk.settings),
        runner_auth(),
        webhook_secret(await secrets_of(desk)),
        await database(desk),
        clock(desk),
        chores(desk),
    ]
    return answer(wire.Health(checks=checks))


def github_app(settings: Settings) -> wire.Check:
    """Whether runners can be started as GitHub Actions."""
    name, key = "GitHub App", settings.github_app_private_key
    if settings.github_app_id is None or key is None:
        said = "Not configured; set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE to start GitHub Actions"
        return wire.Check(name=name, status="warning", message=said)
    if not _is_rsa_key(key.get_secret_value()):
        said = "GITHUB_APP_PRIVATE_KEY is not an RSA key in PEM; set it to the file that GitHub gave you"
        return wire.Check(name=name, status="error", message=said)
    return wire.Check(name=name, status="ok", message="Configured")


def runner_auth() -> wire.Check:
    """Who asks has a valid key, or would not read this."""
    return wire.Check(name="Runner Auth", status="ok", message="API Key authentication")


async def secrets_of(desk: Office) -> tuple[str, ...]:
    """What signs crash reports: the environment's secrets, or else those made in the panel."""
    key = desk.settings.sealing_key
    try:
        return desk.settings.webhook_secrets or await desk.store.read(lambda tx: webhook.stored(tx, key))
    except (UsageError, Trouble):
        return ()


def webhook_secret(secrets: tuple[str, ...]) -> wire.Check:
    """Whether a crashed container can report with a signature."""
    name = "Webhook Secret"
    if not secrets:
        said = "Not configured; set SCRAPER_WEBHOOK_SECRET so that a crashed GitHub Action can report"
        return wire.Check(name=name, status="warning", message=said)
    if any(len(secret) < SECRET_MIN for secret in secrets):
        said = f"HMAC fallback configured, but SCRAPER_WEBHOOK_SECRET has less than {SECRET_MIN} characters"
        return wire.Check(name=name, status="warning", message=said)
    both = "; the previous secret is accepted too" if len(secrets) > 1 else ""
    return wire.Check(name=name, status="ok", message=f"HMAC fallback configured{both}")


async def database(desk: Office) -> wire.Check:
    """Whether the database answers, and how fast."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await desk.store.ping()
    except Exception:  # whatever a database raises, the answer is the same
        return wire.Check(name="Database", status="error", message="Does not answer; see DATABASE_URL")
    took = time.perf_counter() - began
    said = f"Answers in {took * 1000:.0f} ms"
    return wire.Check(name="Database", status="warning" if took > SLOW_S else "ok", message=said)


def clock(desk: Office) -> wire.Check:
    """Whether the machine's time was set while we ran: every lease and schedule hangs on it."""
    wall, counter = desk.started
    jumped = (desk.clock() - wall).total_seconds() - (uptime() - counter)
    if abs(jumped) > JUMP_S:
        said = f"The system clock was moved by {jumped:+.0f} s since the start; keep it by NTP"
        return wire.Check(name="Clock", status="warning", message=said)
    said = f"{wire.utc_text(desk.clock())}, steady since the start"
    return wire.Check(name="Clock", status="ok", message=said)


def chores(desk: Office) -> wire.Check:
    """Whether what happens by the clock does happen: a dead runner's work goes to another."""
    late = desk.chores.lateness(desk.clock()).total_seconds()
    if late > LATE_S:
        said = f"{late:.0f} s late; the coordinator or its database is overloaded, or was asleep"
        return wire.Check(name="Chores", status="warning", message=said)
    return wire.Check(name="Chores", status="ok", message="On time")


def _is_rsa_key(text: str) -> bool:
    try:
        return isinstance(load_pem_private_key(text.encode(), password=None), RSAPrivateKey)
    except (ValueError, TypeError):
        return False
