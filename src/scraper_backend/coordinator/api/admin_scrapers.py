"""`/api/v1/scrapers`: everything the panel does with scrapers, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api import admin_shapes as shapes
from scraper_backend.coordinator.documents import Reading, examine
from scraper_backend.coordinator.routes import Desk, answer, caller_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import drafts, pauses, scrapers
from scraper_backend.coordinator.rules.drafts import Trial
from scraper_backend.coordinator.rules.scrapers import Saved, Scraper
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import BadRequest, Faults
from scraper_backend.core.problems import Problem, at, sentence
from scraper_backend.core.scraper_config import ScraperConfig

router = new_router()
TAGS: Final[list[str | Enum]] = ["scrapers"]


@router.get("/api/v1/scrapers", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.ScraperList)
async def list_scrapers(request: Request, desk: Desk) -> Response:
    """Every scraper with its current configuration."""
    every = await desk.store.read(scrapers.every)
    return answer(shapes.ScraperList(scrapers=[shape_of(one) for one in every]))


@router.post("/api/v1/scrapers", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(body=shapes.ScraperDocument, answers=shapes.ScraperSaved)
async def save_scraper(request: Request, desk: Desk) -> Response:
    """Save a configuration: a new scraper, or a new revision of the one with its name."""
    document = (await body.read(request, shapes.ScraperDocument)).document
    config, text, now, by = right(document), text_in(document), desk.clock(), str(caller_of(request))
    saved = await desk.store.write(lambda tx: scrapers.save(tx, config, text=text, by=by, now=now))
    return answer(_saved(saved))


@router.post("/api/v1/scrapers/import", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(body=shapes.ScraperDocuments, answers=shapes.ScrapersSaved)
async def import_scrapers(request: Request, desk: Desk) -> Response:
    """Save several configurations, all of them or none.

    `GET /api/v1/scrapers` is the export: the `config` of each is a document for this call.
    """
    documents = (await body.read(request, shapes.ScraperDocuments)).documents
    configs = _all_right(documents)
    now, by = desk.clock(), str(caller_of(request))

    async def save(tx: Transaction) -> list[Saved]:
        return [
            await scrapers.save(tx, config, text=text_in(document), by=by, now=now)
            for config, document in zip(configs, documents, strict=True)
        ]

    saved = await desk.store.write(save)
    return answer(shapes.ScrapersSaved(saved=[_saved(one) for one in saved]))


@router.post("/api/v1/scrapers/check", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(body=shapes.ScraperDocument, answers=shapes.Checked)
async def check_scraper(request: Request) -> Response:
    """Tell every fault and warning of a configuration, and save nothing."""
    reading = read((await body.read(request, shapes.ScraperDocument)).document)
    problems = [shapes.ProblemBody.model_validate(problem.as_json()) for problem in reading.problems]
    return answer(shapes.Checked(is_valid=reading.config is not None, problems=problems))


@router.post("/api/v1/scrapers/try", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(body=shapes.TryBody, answers=shapes.TrialBody)
async def try_scraper(request: Request, desk: Desk) -> Response:
    """Try a configuration on SKUs in a test job, without saving it; it is gone after a day."""
    asked = await body.read(request, shapes.TryBody)
    config, now, by = right(asked.document), desk.clock(), str(caller_of(request))
    text = asked.document if isinstance(asked.document, str) else ""

    async def make(tx: Transaction) -> Trial:
        draft = await drafts.make(tx, config, asked.skus, text=text, by=by, now=now)
        return await drafts.trial(tx, draft.job_id)

    return answer(_trial(await desk.store.write(make)))


@router.get("/api/v1/scrapers/tries/{job_id}", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.TrialBody, errors=(404,))
async def show_try(request: Request, desk: Desk) -> Response:
    """What a draft and the current revision found so far, SKU by SKU."""
    job_id = request.path_params["job_id"]
    return answer(_trial(await desk.store.read(lambda tx: drafts.trial(tx, job_id))))


@router.get("/api/v1/scrapers/{name}", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.ScraperBody, errors=(404,))
async def show_scraper(request: Request, desk: Desk) -> Response:
    """One scraper with its current configuration."""
    return answer(shape_of(await _found(request, desk)))


@router.get("/api/v1/scrapers/{name}/revisions", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.RevisionList, errors=(404,))
async def list_revisions(request: Request, desk: Desk) -> Response:
    """Every configuration a scraper had."""
    name = (await _found(request, desk)).config.name
    every = await desk.store.read(lambda tx: scrapers.revisions(tx, name))
    made = [shapes.shaped(shapes.RevisionBody, one, config=one.config.to_wire()) for one in every]
    return answer(shapes.RevisionList(revisions=made))


@router.post("/api/v1/scrapers/{name}/revisions/{number}/restore", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(answers=shapes.ScraperSaved, errors=(400, 404))
async def restore_revision(request: Request, desk: Desk) -> Response:
    """Roll back: make an older revision current again, as a new one."""
    name, number = (await _found(request, desk)).config.name, request.path_params["number"]
    if not number.isdecimal():
        raise BadRequest(f"There is no revision {number}.", status=404)
    now, by = desk.clock(), str(caller_of(request))
    saved = await desk.store.write(lambda tx: scrapers.restore(tx, name, int(number[:9]), by=by, now=now))
    return answer(_saved(saved))


@router.post("/api/v1/scrapers/{name}/enable", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(answers=shapes.ScraperBody, errors=(404,))
async def enable_scraper(request: Request, desk: Desk) -> Response:
    """Let the scraper take part in new jobs."""
    name, now, by = (await _found(request, desk)).config.name, desk.clock(), str(caller_of(request))
    return answer(shape_of(await desk.store.write(lambda tx: scrapers.enable(tx, name, by=by, now=now))))


@router.post("/api/v1/scrapers/{name}/disable", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(answers=shapes.ScraperBody, errors=(404,))
async def disable_scraper(request: Request, desk: Desk) -> Response:
    """Keep the scraper, but do not run it."""
    name, now, by = (await _found(request, desk)).config.name, desk.clock(), str(caller_of(request))
    return answer(shape_of(await desk.store.write(lambda tx: scrapers.disable(tx, name, by=by, now=now))))


@router.post("/api/v1/scrapers/{name}/pause", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(body=shapes.Reason, answers=shapes.ScraperBody, errors=(404,))
async def pause_scraper(request: Request, desk: Desk) -> Response:
    """Give the site a rest; its tasks wait."""
    name, now, by = (await _found(request, desk)).config.name, desk.clock(), str(caller_of(request))
    reason = (await body.read(request, shapes.Reason)).reason.strip() or "paused by hand"
    paused = await desk.store.write(lambda tx: pauses.pause_scraper(tx, name, reason=reason, by=by, now=now))
    return answer(shape_of(paused))


@router.post("/api/v1/scrapers/{name}/resume", tags=TAGS)
@may_call(Who.TOKEN_SCRAPERS)
@speaks(answers=shapes.ScraperBody, errors=(404,))
async def resume_scraper(request: Request, desk: Desk) -> Response:
    """End the rest."""
    name, now, by = (await _found(request, desk)).config.name, desk.clock(), str(caller_of(request))
    return answer(
        shape_of(await desk.store.write(lambda tx: pauses.resume_scraper(tx, name, by=by, now=now)))
    )


def read(document: object) -> Reading:
    """A document of a body, whichever way it was sent."""
    return examine(
        document if isinstance(document, str) else orjson.dumps(document).decode(), source="document"
    )


def right(document: object) -> ScraperConfig:
    """Its configuration.  Raises `Faults` with every error."""
    reading = read(document)
    if reading.config is None:
        raise Faults("document", [at(problem, "document") for problem in reading.errors])
    return reading.config


def text_in(document: object) -> str | None:
    """How somebody wrote it, comments and all; None for an object, which nobody did."""
    return document if isinstance(document, str) else None


def _all_right(documents: Sequence[object]) -> list[ScraperConfig]:
    configs, problems = [], []
    for index, document in enumerate(documents):
        reading = read(document)
        problems += [at(problem, f"documents.{index}") for problem in reading.errors]
        if reading.config is not None:
            configs.append(reading.config)
            if reading.config.name in {config.name for config in configs[:-1]}:
                said = f"`{reading.config.name}` is there twice"
                problems.append(Problem(f"documents.{index}.name", said, "give each its own"))
    if problems:
        raise Faults("documents", problems)
    return configs


async def _found(request: Request, desk: Desk) -> Scraper:
    name = request.path_params["name"]
    try:
        return await desk.store.read(lambda tx: scrapers.get(tx, name))
    except Faults as faults:
        raise BadRequest(sentence(faults.problems), status=404) from None


def shape_of(scraper: Scraper) -> shapes.ScraperBody:
    """A scraper as the API tells it."""
    config = scraper.config
    return shapes.shaped(
        shapes.ScraperBody, scraper, name=config.name, disabled=config.disabled, config=config.to_wire()
    )


def _saved(saved: Saved) -> shapes.ScraperSaved:
    return shapes.ScraperSaved(
        scraper=shape_of(saved.scraper), is_new=saved.is_new, is_changed=saved.is_changed
    )


def _trial(trial: Trial) -> shapes.TrialBody:
    draft = trial.draft
    pairs = [shapes.Pair(sku=pair.sku, current=pair.current, draft=pair.draft) for pair in trial.pairs]
    return shapes.TrialBody(
        job_id=draft.job_id, current_job_id=draft.current_job_id, scraper=draft.config.name, base=draft.base,
        status=trial.job.status, results=pairs,
    )  # fmt: skip
