"""The coordinator as an ASGI application: everything is plugged together here, and only here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from scraper_backend.coordinator import refusals
from scraper_backend.coordinator.access import NotSignedIn
from scraper_backend.coordinator.api import (
    admin_jobs,
    admin_people,
    admin_reports,
    admin_runners,
    admin_scrapers,
    callback,
    claim,
    health,
    job,
    leases,
    logs,
    openapi,
    probes,
    results,
    runners,
)
from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.doors import House
from scraper_backend.coordinator.office import Clock, Office, uptime
from scraper_backend.coordinator.panel import (
    account,
    entry,
    exports,
    jobs,
    jobs_acts,
    jobs_compare,
    jobs_logs,
    jobs_new,
    jobs_result,
    keys,
    pages,
    products,
    reference,
    scrapers,
    scrapers_edit,
    settings,
    static,
)
from scraper_backend.coordinator.panel import runners as panel_runners
from scraper_backend.coordinator.routes import Guarded
from scraper_backend.coordinator.settings import Settings
from scraper_backend.coordinator.shell import Shell
from scraper_backend.coordinator.store import Store
from scraper_backend.core.errors import BackendError

ROUTERS: Final[tuple[APIRouter, ...]] = (
    job.router,
    callback.router,
    runners.router,
    health.router,
    claim.router,
    leases.router,
    results.router,
    logs.router,
    admin_scrapers.router,
    admin_reports.router,
    admin_jobs.router,
    admin_runners.router,
    admin_people.router,
    probes.router,
    openapi.router,
    static.router,
    entry.router,
    jobs_new.router,
    jobs.router,
    jobs_acts.router,
    jobs_result.router,
    jobs_logs.router,
    jobs_compare.router,
    products.router,
    exports.router,
    scrapers_edit.router,
    scrapers.router,
    panel_runners.router,
    keys.router,
    account.router,
    settings.router,
    reference.router,
)

REFUSED: Final = (BackendError, HTTPException, ClientDisconnect)


def create_app(store: Store, settings: Settings, *, clock: Clock) -> FastAPI:
    """The application over an open store.  `clock` is the only clock it reads."""
    office = Office(store, settings, clock, Chores(store, clock), started=(clock(), uptime()))
    app = House(
        shell=partial(Shell, is_https=settings.is_https, refuse=refused, expected=REFUSED),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=_lifespan,
        routes=[route for router in ROUTERS for route in router.routes],
    )
    app.state.office = office
    app.state.openapi = openapi.describe(app.routes)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The chores run as long as the application does."""
    office: Office = app.state.office
    task = asyncio.create_task(office.chores.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def refused(request: Request, error: Exception) -> Response:
    """Every exception as an answer: JSON, or a page for a person at a browser."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        error = HTTPException(405, headers={"Allow": ", ".join(allowed(request))})
    if not wants_page(request):
        return refusals.as_json(request, error)
    if isinstance(error, NotSignedIn):
        return entry.to_login(request)
    status = refusals.status_of(error)
    title = pages.TITLES.get(status, "That did not work")
    return pages.page(
        request, "refusal.html", status=status, title=title, words=refusals.words_of(error, request)
    )


def wants_page(request: Request) -> bool:
    """Whether a person is looking: a browser asks for HTML, htmx says that it is htmx."""
    is_machine = request.url.path.startswith(("/api/", "/static/"))
    return not is_machine and (
        "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers
    )


def allowed(request: Request) -> list[str]:
    """The methods that this address takes, over all routes that stand on it."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Guarded) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
