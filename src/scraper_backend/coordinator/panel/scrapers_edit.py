"""The editor of a scraper: YAML with its faults by the line, a form for the common part, and a try.

Nothing is saved that has a fault; what was typed is never lost over one.
"""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.documents import Reading, examine, text_of
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel import forms, scrapers_form
from scraper_backend.coordinator.panel.jobs import TONES
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.panel.scrapers import found, place_of, written
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import drafts, scrapers
from scraper_backend.coordinator.rules.drafts import Pair, Trial
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem
from scraper_backend.core.scraper_config import STANDARD_FIELDS, ScraperConfig
from scraper_backend.core.wire import Outcome

router = new_router()
BLANK: Final = """\
name: my-shop
base_url: https://www.example.com
search_url_template: /search?q={sku}

# Without selectors, titles, prices, images and stock come from the structured data that most shops have.
# selectors:
#   price: span.price

options:
  test_skus:
    - "012345678905"
"""


@router.get("/scrapers/-/new")
@may_call(Who.OPERATOR)
async def new_scraper(request: Request, desk: Desk) -> Response:
    """A blank one, or `?from=NAME` a copy."""
    name = request.query_params.get("from", "")
    text = BLANK
    if name:
        text = scrapers_form.put(
            await desk.store.read(lambda tx: _written(tx, name)), "name", f"{name[:95]}-copy"
        )
    return _editor(request, text, examine(text))


@router.get("/scrapers/{name}/edit")
@may_call(Who.OPERATOR)
async def edit_scraper(request: Request, desk: Desk) -> Response:
    scraper = await found(request, desk)
    text = await desk.store.read(lambda tx: written(tx, scraper))
    return _editor(request, text, examine(text), base=scraper.config.name, revision=scraper.revision)


@router.post("/scrapers/-/check")
@may_call(Who.OPERATOR)
async def check_text(request: Request, desk: Desk) -> Response:
    """What is wrong with the text, and the form as the text has it."""
    text = (await forms.fields(request)).get("text", "")
    return _parts(request, text, is_typed=True)


@router.post("/scrapers/-/form")
@may_call(Who.OPERATOR)
async def put_form(request: Request, desk: Desk) -> Response:
    """The text with the form's fields put into it."""
    said = await forms.fields(request)
    try:
        text = scrapers_form.merged(said.get("text", ""), said)
    except Faults:
        text = said.get("text", "")
    return _parts(request, text, is_typed=False)


@router.post("/scrapers/-/save")
@may_call(Who.OPERATOR)
async def save_scraper(request: Request, desk: Desk) -> Response:
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    text, base, revision = said.get("text", ""), said.get("base", ""), said.get("revision", "")
    reading = examine(text)
    config = reading.config
    if config is None:
        return _editor(request, text, reading, base=base, revision=revision, status=400)

    async def save(tx: Transaction) -> Problem | None:
        fault = await _conflict(tx, config, base, revision)
        if fault is None:
            await scrapers.save(tx, config, text=text, by=by, now=now)
        return fault

    fault = await desk.store.write(save)
    if fault is None:
        return RedirectResponse(f"{place_of(config.name)}?saved=1", status_code=303)
    current = await _revision_of(desk, base)
    return _editor(
        request, text, Reading(None, (fault, *reading.problems)), base=base, revision=current, status=409
    )


@router.post("/scrapers/-/try")
@may_call(Who.OPERATOR)
async def try_scraper(request: Request, desk: Desk) -> Response:
    """A draft in a test job of its own."""
    said, now, by = await forms.fields(request), desk.clock(), str(caller_of(request))
    text, skus = said.get("text", ""), said.get("skus", "").split("\n")
    reading = examine(text)
    config = reading.config
    if config is not None:
        try:
            draft = await desk.store.write(
                lambda tx: drafts.make(tx, config, skus, text=text, by=by, now=now)
            )
            return RedirectResponse(f"/scrapers/-/tries/{draft.job_id}", status_code=303)
        except Faults as faults:
            reading = Reading(None, (*faults.problems, *reading.problems))
    facts = {"base": said.get("base", ""), "revision": said.get("revision", ""), "skus": said.get("skus", "")}
    return _editor(request, text, reading, status=400, **facts)


@router.get("/scrapers/-/tries/{job_id}")
@may_call(Who.VIEWER)
async def show_try(request: Request, desk: Desk) -> Response:
    return await _trial(request, desk, "scraper_try.html")


@router.get("/scrapers/-/tries/{job_id}/live")
@may_call(Who.VIEWER)
async def live_try(request: Request, desk: Desk) -> Response:
    return await _trial(request, desk, "scraper_try_live.html")


@router.get("/scrapers/-/tries/{job_id}/edit")
@may_call(Who.OPERATOR)
async def edit_try(request: Request, desk: Desk) -> Response:
    """Back to the editor with what was tried."""
    job_id = request.path_params["job_id"]
    draft = await desk.store.read(lambda tx: drafts.get(tx, job_id))
    text, name = draft.text or text_of(draft.config), draft.config.name
    revision = await _revision_of(desk, name)
    return _editor(request, text, examine(text), base=name if revision else "", revision=revision or "")


async def _written(tx: Transaction, name: str) -> str:
    return await written(tx, await scrapers.get(tx, name))


async def _trial(request: Request, desk: Office, template: str) -> Response:
    job_id = request.path_params["job_id"]
    trial = await desk.store.read(lambda tx: drafts.trial(tx, job_id))
    tables = [(pair, compared(pair, trial.draft.config)) for pair in trial.pairs]
    is_over = trial.job.ended_at is not None and (
        trial.current_job is None or trial.current_job.ended_at is not None
    )
    return page(
        request, template, here="Scrapers", trial=trial, tables=tables, tones=TONES, is_over=is_over,
        name=trial.draft.config.name, total=_total(trial), address=desk.settings.address,
    )  # fmt: skip


def compared(pair: Pair, config: ScraperConfig) -> list[tuple[str, Any, Any, Any, bool]]:
    """A line for each field of an SKU: current, draft, what is expected, and whether the draft has it."""
    old, new = _data(pair.current), _data(pair.draft)
    expected = dict(config.options.expect.get(pair.sku, {}))
    names = dict.fromkeys([*STANDARD_FIELDS, *old, *new, *expected])
    return [
        (
            name,
            old.get(name),
            new.get(name),
            expected.get(name),
            name not in expected or _is_same(new.get(name), expected[name]),
        )
        for name in names
        if name != "scraped_at" and any(name in side for side in (old, new, expected))
    ]


def _is_same(found: object, expected: object) -> bool:
    if isinstance(found, (int, float)) and isinstance(expected, (int, float, str)):
        try:
            return abs(float(found) - float(expected)) < 0.005
        except ValueError:
            return False
    return found == expected


def _data(outcome: Outcome | None) -> dict[str, Any]:
    return {key: value for key, value in outcome.data.items() if value is not None} if outcome else {}


def _total(trial: Trial) -> tuple[int, int]:
    """How many outcomes are here, of how many."""
    jobs = [job for job in (trial.job, trial.current_job) if job is not None]
    return sum(job.counts.total - job.counts.open for job in jobs), sum(job.counts.total for job in jobs)


async def _conflict(tx: Transaction, config: ScraperConfig, base: str, revision: str) -> Problem | None:
    """Why saving would surprise somebody; None when it would not."""
    names = {one.config.name: one.revision for one in await scrapers.every(tx)}
    if base and config.name != base:
        hint = "put the old name back; Duplicate makes another scraper"
        return Problem("name", f"was `{base}`; results are kept under that name", hint)
    if not base and config.name in names:
        return Problem("name", f"there is a scraper `{config.name}` already", "choose another name")
    if base and revision.isdecimal() and names.get(base, 0) > int(revision):
        newer, words = names[base], "save once more to put yours on top of it"
        return Problem("", f"somebody saved revision {newer} while you were editing {revision}", words)
    return None


async def _revision_of(desk: Office, name: str) -> int | None:
    every = await desk.store.read(scrapers.every)
    return next((one.revision for one in every if one.config.name == name), None)


def _editor(
    request: Request, text: str, reading: Reading, *, base: str = "", revision: object = "",
    skus: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    known = reading.config or examine(text).config
    shown = "\n".join(known.options.test_skus) if skus is None and known else skus or ""
    return page(
        request, "scraper_edit.html", status=status, here="Scrapers", text=text, reading=reading, base=base,
        revision=revision or "", skus=shown, inputs=scrapers_form.INPUTS, said=scrapers_form.values(text),
        render=scrapers_form.RENDER, is_part=False, is_typed=True, most=drafts.MOST_SKUS,
    )  # fmt: skip


def _parts(request: Request, text: str, *, is_typed: bool) -> Response:
    return page(
        request, "scraper_edit_parts.html", text=text, reading=examine(text), inputs=scrapers_form.INPUTS,
        said=scrapers_form.values(text), render=scrapers_form.RENDER, is_part=True, is_typed=is_typed,
    )  # fmt: skip
