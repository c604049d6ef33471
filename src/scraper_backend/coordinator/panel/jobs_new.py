"""A new job: SKUs pasted, uploaded or taken from products; what they come to is shown before it is made.

Nothing is kept between looking and making: the form is sent whole each time and read the same way, and a job
is made only of the very SKUs that were shown (`Intake.digest`).  The job's id is in the form, so that a form
which is sent twice makes one job.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scraper_backend.coordinator.access import Who
from scraper_backend.coordinator.body import query
from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.panel.pages import page
from scraper_backend.coordinator.panel.products import ProductsQuery
from scraper_backend.coordinator.routes import Desk, caller_of, may_call, new_router
from scraper_backend.coordinator.rules import hints, jobs, products
from scraper_backend.coordinator.sheets import intake, reading
from scraper_backend.coordinator.store import Transaction
from scraper_backend.core.errors import BadRequest, Faults, NoSuchJob
from scraper_backend.core.wire import MAX_BODY

router = new_router()
MOST_PRODUCTS: Final = 50_000
"""SKUs that a filter puts into a form; a body holds no more."""
SHOWN: Final = 50
"""Doubtful rows that are shown one by one."""


@dataclass(frozen=True, slots=True)
class Order:
    """The form as it stands."""

    job_id: str
    text: str = ""
    scrapers: tuple[str, ...] = ()
    is_test: bool = False
    workers: str = "3"
    priority: str = "0"
    label: str = ""
    taken: intake.Intake = field(default_factory=intake.Intake)
    file: str = ""
    skips_bad: bool = False
    checked: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nobody has written anything yet."""
        return not (self.taken.skus or self.taken.bad)


@router.get("/jobs/new")
@may_call(Who.OPERATOR)
async def new_job(request: Request, desk: Desk) -> Response:
    """Blank; `?like=JOB` has its SKUs and scrapers, `?scraper=NAME` that scraper ticked."""
    like, named = request.query_params.get("like", ""), tuple(request.query_params.getlist("scraper"))
    blank = Order(str(uuid.uuid4()), scrapers=named)
    order = await desk.store.read(lambda tx: _like(tx, like)) if like else blank
    return await _form(request, desk, order)


@router.post("/jobs/new/check")
@may_call(Who.OPERATOR)
async def check_job(request: Request, desk: Desk) -> Response:
    """What the form would come to: the part of the page that is fetched while somebody writes."""
    return await _answer(request, desk, "jobs_new_check.html")


@router.post("/jobs/new/from")
@may_call(Who.OPERATOR)
async def job_of_products(request: Request, desk: Desk) -> Response:
    """The form with the products that were ticked, or with all that fit the filter."""
    form = await _sent(request)
    skus = [sku for sku in form.getlist("sku") if isinstance(sku, str)]
    if form.get("all"):
        wanted = query(request, ProductsQuery).as_filter(desk.clock())
        skus = await desk.store.read(lambda tx: products.fitting(tx, wanted, limit=MOST_PRODUCTS))
    return await _form(request, desk, _of_skus(Order(str(uuid.uuid4())), skus))


@router.post("/jobs/new")
@may_call(Who.OPERATOR)
async def create_job(request: Request, desk: Desk) -> Response:
    try:
        order = await _order(request)
    except BadRequest as error:
        return await _form(request, desk, Order(str(uuid.uuid4())), faults=[str(error)])
    if await desk.store.read(lambda tx: _is_there(tx, order.job_id)):
        return RedirectResponse(f"/jobs/{order.job_id}", status_code=303)
    faults = _unready(order)
    if not faults:
        try:
            return await _create(request, desk, order)
        except Faults as error:
            faults = [str(problem) for problem in error.problems]
    return await _form(request, desk, _pasted(order), faults=faults)


async def _create(request: Request, desk: Office, order: Order) -> Response:
    by, now = str(caller_of(request)), desk.clock()
    workers, priority = _number(order.workers, "workers"), _number(order.priority, "priority")
    await desk.store.write(
        lambda tx: jobs.create(
            tx, order.taken.skus, order.scrapers, test_mode=order.is_test, max_workers=workers,
            priority=priority, label=order.label, job_id=order.job_id, by=by, now=now,
        )
    )  # fmt: skip
    return RedirectResponse(f"/jobs/{order.job_id}", status_code=303)


def _number(text: str, name: str) -> int:
    try:
        return int(text or "0")
    except ValueError:
        raise BadRequest(f"{name.capitalize()} must be a whole number.") from None


def _unready(order: Order) -> list[str]:
    """Why a person should look first; "" means that the page below tells it."""
    if order.taken.bad and not order.skips_bad:
        return ["Some rows give no SKU. Correct them, or tick that they are left out."]
    if order.taken.skus and order.checked != order.taken.digest:
        return ["Look at what the job will search for, then create it."]
    return []


async def _answer(request: Request, desk: Office, template: str) -> Response:
    try:
        order, fault = await _order(request), ""
    except BadRequest as error:
        order, fault = Order(str(uuid.uuid4())), str(error)
    return page(request, template, **_facts(order), fault=fault)


async def _form(request: Request, desk: Office, order: Order, *, faults: list[str] | None = None) -> Response:
    known = await desk.store.read(hints.every)
    if not order.scrapers and len(known) == 1:
        order = replace(order, scrapers=(known[0].scraper,))
    return page(
        request, "jobs_new.html", status=400 if faults else 200, here="Jobs", hints=known,
        faults=faults or [], fault="", address=desk.settings.address, **_facts(order),
    )  # fmt: skip


def _facts(order: Order) -> dict[str, Any]:
    return {"order": order, "taken": order.taken, "shown": SHOWN}


async def _sent(request: Request) -> FormData:
    return await request.form(max_files=4, max_part_size=MAX_BODY)


async def _order(request: Request) -> Order:
    """The form, with the SKUs that are in it.  Raises `BadRequest` for a file that cannot be read."""
    form = await _sent(request)
    upload = form.get("file")
    column = _text(form, "column")
    chosen = int(column) if column.isascii() and column.isdecimal() and len(column) < 4 else None
    text, name, data = _text(form, "text"), "", b""
    if isinstance(upload, UploadFile) and upload.filename:
        name, data = upload.filename[:100], await upload.read()
    taken = await asyncio.to_thread(_take, text, name, data, chosen)
    return Order(
        _job_id(_text(form, "job_id")), text, tuple(s for s in form.getlist("scraper") if isinstance(s, str)),
        bool(form.get("test")), _text(form, "workers"), _text(form, "priority"), _text(form, "label").strip(),
        taken, name, bool(form.get("skip_bad")), _text(form, "checked"),
    )  # fmt: skip


def _take(text: str, name: str, data: bytes, column: int | None) -> intake.Intake:
    table = reading.read_file(data, name) if name else reading.read_text(text)
    return intake.take(table, column)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _job_id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def _pasted(order: Order) -> Order:
    """The form to be shown again: a browser forgets the file, so its SKUs stand in the text from now on."""
    return _of_skus(order, order.taken.skus) if order.file and order.taken.skus else order


def _of_skus(order: Order, skus: tuple[str, ...] | list[str]) -> Order:
    text = "\n".join(skus)
    table = reading.Table.of(
        [reading.Row(number, (reading.Cell(sku),)) for number, sku in enumerate(skus, 1)]
    )
    return replace(order, text=text, taken=intake.take(table), file="")


async def _like(tx: Transaction, job_id: str) -> Order:
    """The form of a job that was, to be sent again."""
    job, config = await jobs.show(tx, _job_id(job_id)), await jobs.config(tx, _job_id(job_id))
    order = Order(
        str(uuid.uuid4()), scrapers=job.scrapers, is_test=job.test_mode, workers=str(job.max_workers),
        priority=str(job.priority), label=job.label,
    )  # fmt: skip
    return _of_skus(order, config.skus)


async def _is_there(tx: Transaction, job_id: str) -> bool:
    try:
        await jobs.show(tx, job_id)
    except NoSuchJob:
        return False
    return True
