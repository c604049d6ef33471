"""`/api/v1/runners` and `/api/v1/keys`: the machines and what lets them in."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from scraper_backend.coordinator import body
from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.api import admin_shapes as shapes
from scraper_backend.coordinator.routes import Desk, answer, caller_of, may_call, new_router, speaks
from scraper_backend.coordinator.rules import keys, runners
from scraper_backend.coordinator.rules.keys import Key, NewKey
from scraper_backend.coordinator.rules.runners import Runner

router = new_router()
TAGS: Final[list[str | Enum]] = ["runners"]


@router.get("/api/v1/runners", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.RunnerList)
async def list_runners(request: Request, desk: Desk) -> Response:
    """Every runner by name."""
    now = desk.clock()
    every = await desk.store.read(lambda tx: runners.every(tx, now=now))
    return answer(shapes.RunnerList(runners=[_runner(one) for one in every]))


@router.post("/api/v1/runners/pause", tags=TAGS)
@may_call(Who.TOKEN_RUNNERS)
@speaks(body=shapes.RunnerName, answers=shapes.RunnerBody, errors=(404,))
async def pause_runner(request: Request, desk: Desk) -> Response:
    """Let a runner finish what it has begun and take nothing more; `note` says why."""
    asked, now, by = await body.read(request, shapes.RunnerName), desk.clock(), str(caller_of(request))
    return answer(
        _runner(await desk.store.write(lambda tx: runners.rest(tx, asked.name, asked.note, by=by, now=now)))
    )


@router.post("/api/v1/runners/resume", tags=TAGS)
@may_call(Who.TOKEN_RUNNERS)
@speaks(body=shapes.RunnerName, answers=shapes.RunnerBody, errors=(404,))
async def resume_runner(request: Request, desk: Desk) -> Response:
    """Let it take work again."""
    asked, now, by = await body.read(request, shapes.RunnerName), desk.clock(), str(caller_of(request))
    return answer(_runner(await desk.store.write(lambda tx: runners.wake(tx, asked.name, by=by, now=now))))


@router.post("/api/v1/runners/remove", tags=TAGS)
@may_call(Who.TOKEN_RUNNERS)
@speaks(body=shapes.RunnerName, answers=shapes.Done, errors=(404, 409))
async def remove_runner(request: Request, desk: Desk) -> Response:
    """Forget a runner that is gone; 409 while it is here."""
    asked, now, by = await body.read(request, shapes.RunnerName), desk.clock(), str(caller_of(request))
    await desk.store.write(lambda tx: runners.remove(tx, asked.name, by=by, now=now))
    return answer(shapes.Done())


@router.get("/api/v1/keys", tags=TAGS)
@may_call(Who.TOKEN_READ)
@speaks(answers=shapes.KeyList)
async def list_keys(request: Request, desk: Desk) -> Response:
    """Every API key there ever was, without its secret."""
    every, now = await desk.store.read(keys.every), desk.clock()
    return answer(shapes.KeyList(keys=[_key(one, now) for one in every]))


@router.post("/api/v1/keys", tags=TAGS)
@may_call(Who.TOKEN_RUNNERS)
@speaks(body=shapes.NewKey, answers=shapes.KeyMade)
async def create_key(request: Request, desk: Desk) -> Response:
    """Make an API key for runners; its secret is in this answer and nowhere else."""
    asked, now, by = await body.read(request, shapes.NewKey), desk.clock(), str(caller_of(request))
    lives = None if asked.expires_days is None else timedelta(days=asked.expires_days)
    made = await desk.store.write(
        lambda tx: keys.create(tx, asked.name, bind=asked.bind, expires_in=lives, by=by, now=now)
    )
    return answer(_made(made, now))


@router.post("/api/v1/keys/{key_id}/rotate", tags=TAGS)
@may_call(Who.TOKEN_RUNNERS)
@speaks(body=shapes.Rotate, answers=shapes.KeyMade)
async def rotate_key(request: Request, desk: Desk) -> Response:
    """Make a key's successor; the old one works for the overlap."""
    asked, now, by = await body.read(request, shapes.Rotate), desk.clock(), str(caller_of(request))
    overlap, which = timedelta(hours=asked.overlap_hours), f"#{request.path_params['key_id']}"
    made = await desk.store.write(lambda tx: keys.rotate(tx, which, overlap=overlap, by=by, now=now))
    return answer(_made(made, now))


@router.post("/api/v1/keys/{key_id}/revoke", tags=TAGS)
@may_call(Who.TOKEN_RUNNERS)
@speaks(answers=shapes.KeyBody, errors=(400,))
async def revoke_key(request: Request, desk: Desk) -> Response:
    """End a key at once."""
    which, now, by = f"#{request.path_params['key_id']}", desk.clock(), str(caller_of(request))
    return answer(_key(await desk.store.write(lambda tx: keys.revoke(tx, which, by=by, now=now)), now))


def _runner(runner: Runner) -> shapes.RunnerBody:
    return shapes.shaped(shapes.RunnerBody, runner)


def _key(key: Key, now: datetime) -> shapes.KeyBody:
    return shapes.shaped(shapes.KeyBody, key, status=key.status(now))


def _made(made: NewKey, now: datetime) -> shapes.KeyMade:
    return shapes.KeyMade(secret=made.secret, key=_key(made.key, now))
