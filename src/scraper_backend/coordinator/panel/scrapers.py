"""Scrapers: how each does, its revisions and their differences, switching, taking in and giving out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.documents import File, examine, examine_files, packed, text_of
from scraper_backend.coordinator.panel import diff, forms, scrapers_form
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import health, pauses, scrapers, sources
from scraper_backend.coordinator.rules.scrapers import Revision, Saved, Scraper
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import BadRequest, Faults
from scraper_backend.core.problems import sentence

router = new_router()
ATTACHED: Final = 'attachment; filename="{}"'


def place_of(name: str) -> str:
    """The address of a scraper's page."""
    return f"/scrapers/{quote(name, safe='')}"


@router.get("/scrapers")
@may_call(Who.VIEWER)
async def list_scrapers(request: Request, desk: Desk) -> Response:
    every = await desk.store.read(scrapers.every)
    lately = await desk.store.read(health.of_scrapers)
    return page(
        request, "scrapers.html", here="Scrapers", scrapers=every, lately=lately, unseen=health.Health(),
        window=health.WINDOW,
    )  # fmt: skip


@router.get("/scrapers/-/export")
@may_call(Who.VIEWER)
async def export_scrapers(request: Request, desk: Desk) -> Response:
    async def question(tx: Transaction) -> dict[str, str]:
        return {one.config.name: await written(tx, one) for one in await scrapers.every(tx)}

    headers = {"Content-Disposition": ATTACHED.format("scrapers.zip")}
    texts = await desk.store.read(question)
    return Response(packed(texts), media_type="application/zip", headers=headers)


@router.get("/scrapers/-/import")
@may_call(Who.OPERATOR)
async def import_page(request: Request) -> Response:
    return page(request, "scrapers_import.html", here="Scrapers", files=(), saved=(), fault="")


@router.post("/scrapers/-/import")
@may_call(Who.OPERATOR)
async def import_scrapers(request: Request, desk: Desk) -> Response:
    """All of them, or none: a folder half imported is a riddle."""
    given, now, by = await forms.files(request, "files"), desk.clock(), str(caller_of(request))
    files = examine_files(given)
    fault = "" if files else "Choose at least one YAML, JSON or ZIP file."
    right = [(file.reading.config, file.text) for file in files if file.reading.config is not None]
    saved: list[Saved] = []
    if files and len(right) == len(files):

        async def save(tx: Transaction) -> list[Saved]:
            return [await scrapers.save(tx, config, text=text, by=by, now=now) for config, text in right]

        saved = await desk.store.write(save)
    return _imported(request, files, saved, fault)


def _imported(request: Request, files: Sequence[File], saved: Sequence[Saved], fault: str) -> Response:
    return page(
        request, "scrapers_import.html", status=200 if saved else 400, here="Scrapers", files=files,
        saved=saved, fault=fault,
    )  # fmt: skip


@router.get("/scrapers/{name}")
@may_call(Who.VIEWER)
async def show_scraper(request: Request, desk: Desk) -> Response:
    scraper = await found(request, desk)
    name = scraper.config.name
    revisions = await desk.store.read(lambda tx: scrapers.revisions(tx, name))
    lately = await desk.store.read(lambda tx: health.of_scraper(tx, name))
    return page(
        request, "scraper.html", here="Scrapers", scraper=scraper, revisions=revisions[::-1], health=lately,
        text=await desk.store.read(lambda tx: written(tx, scraper)),
        is_saved="saved" in request.query_params,
    )  # fmt: skip


@router.get("/scrapers/{name}/export")
@may_call(Who.VIEWER)
async def export_scraper(request: Request, desk: Desk) -> Response:
    scraper = await found(request, desk)
    headers = {"Content-Disposition": ATTACHED.format(f"{scraper.config.name}.yaml")}
    text = await desk.store.read(lambda tx: written(tx, scraper))
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


@router.get("/scrapers/{name}/revisions/{number}")
@may_call(Who.VIEWER)
async def show_revision(request: Request, desk: Desk) -> Response:
    """One revision, and what it changed; `?with=current` compares it with what runs now."""
    scraper = await found(request, desk)
    every = await desk.store.read(lambda tx: scrapers.revisions(tx, scraper.config.name))
    one = _numbered(every, request.path_params["number"])
    if one is None:
        raise BadRequest(f"There is no revision {request.path_params['number']}.", status=404)
    is_current = request.query_params.get("with") == "current"
    other = _numbered(every, str(scraper.revision if is_current else one.number - 1))
    older, newer = (one, other) if is_current else (other, one)
    rows = diff.rows(_text(older), _text(newer))
    return page(
        request, "scraper_revision.html", here="Scrapers", scraper=scraper, revision=one, older=older,
        newer=newer, rows=rows, text=_text(one), is_compared_with_current=is_current,
    )  # fmt: skip


@router.post("/scrapers/{name}/restore")
@may_call(Who.OPERATOR)
async def restore_revision(request: Request, desk: Desk) -> Response:
    name, now, by = (await found(request, desk)).config.name, desk.clock(), str(caller_of(request))
    number = (await forms.fields(request)).get("number", "")
    if not number.isdecimal():
        raise BadRequest("Say which revision.")
    await desk.store.write(lambda tx: scrapers.restore(tx, name, int(number), by=by, now=now))
    return RedirectResponse(f"{place_of(name)}?saved=1", status_code=303)


@router.post("/scrapers/{name}/switch")
@may_call(Who.OPERATOR)
async def switch_scraper(request: Request, desk: Desk) -> Response:
    name, now, by = (await found(request, desk)).config.name, desk.clock(), str(caller_of(request))
    said = await forms.fields(request)
    reason = said.get("reason", "").strip()[:500] or "paused by hand"
    steps = {
        "enable": lambda tx: scrapers.enable(tx, name, by=by, now=now),
        "disable": lambda tx: scrapers.disable(tx, name, by=by, now=now),
        "pause": lambda tx: pauses.pause_scraper(tx, name, reason=reason, by=by, now=now),
        "resume": lambda tx: pauses.resume_scraper(tx, name, by=by, now=now),
    }
    step = steps.get(said.get("action", ""))
    if step is None:
        raise BadRequest(f"Say what to do: {', '.join(steps)}.")
    await desk.store.write(step)
    return RedirectResponse(place_of(name), status_code=303)


async def found(request: Request, desk: Desk) -> Scraper:
    """The scraper in the address; a name that nobody has is a page that is not there."""
    name = request.path_params["name"]
    try:
        return await desk.store.read(lambda tx: scrapers.get(tx, name))
    except Faults as faults:
        raise BadRequest(sentence(faults.problems), status=404) from None


async def written(tx: Transaction, scraper: Scraper) -> str:
    """The current configuration as it was written, comments and all; the switch as it stands now."""
    text = await sources.of(tx, scraper.config.name, scraper.revision)
    known = examine(text).config if text is not None else None
    if text is None or known is None or scrapers.document_of(known) != scrapers.document_of(scraper.config):
        return text_of(scraper.config)
    if known.disabled == scraper.config.disabled:
        return text
    return scrapers_form.put(text, "disabled", scraper.config.disabled or None)


def _numbered(every: Sequence[Revision], number: str) -> Revision | None:
    return next((revision for revision in every if str(revision.number) == number), None)


def _text(revision: Revision | None) -> str:
    return text_of(revision.config) if revision else ""
