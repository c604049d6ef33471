"""Products: found by search and filter, with history and origin; jobs compared; how far a job is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scraper_backend.coordinator.rules import comparing, hints, products, progress
from scraper_backend.coordinator.rules.products import Filter
from tests.coordinator.office import Office, product


async def _found(
    office: Office, *titles: tuple[str, str, float], shop: str = "amazon", **options: object
) -> str:
    """A job that found these (SKU, title, price) at one shop."""
    job_id = await office.job([sku for sku, _, _ in titles], [shop], **options)
    data = {
        sku: {
            shop: product(title, price, brand="Acme", availability="in_stock", images=["https://a.example/1"])
        }
        for sku, title, price in titles
    }
    await office.report(job_id, "completed", data)
    return job_id


async def _search(office: Office, wanted: Filter, **more: object) -> list[str]:
    found = await office.store.read(lambda tx: products.search(tx, wanted, **more))  # type: ignore[arg-type]
    return [one.sku for one in found]


@pytest.mark.parametrize(
    ("words", "skus"),
    [
        ("", ["001", "002", "003"]),
        ("002", ["002"]),
        ("dog", ["001", "003"]),
        ("FOOD dog", ["001"]),
        ("acme", ["001", "002", "003"]),
        ("100%", ["003"]),
        ("_", []),
        ("zebra", []),
    ],
)
async def test_products_are_found_by_sku_title_and_brand(office: Office, words: str, skus: list[str]) -> None:
    await _found(office, ("001", "Dog food", 9), ("002", "Cat food", 8), ("003", "Dog toy 100% rubber", 7))

    assert skus == await _search(office, Filter(words))


async def test_a_page_goes_on_after_a_sku(office: Office) -> None:
    await _found(office, *((f"{n:03}", "Food", 1) for n in range(7)))

    assert ["000", "001", "002"] == await _search(office, Filter(), limit=3)
    assert ["003", "004", "005"] == await _search(office, Filter(), after="002", limit=3)


async def test_filters_narrow_what_is_found(office: Office) -> None:
    await _found(office, ("001", "Dog food", 9))
    await _found(office, ("001", "Dog food", 9), ("002", "Cat food", 8), shop="chewy")
    office.later(days=3)
    job = await office.job(["003"], ["amazon"])
    await office.report(job, "completed", {"003": {"amazon": {"title": "Bare"}}})

    assert ["001", "003"] == await _search(office, Filter(scraper="amazon"))
    assert ["003"] == await _search(office, Filter(lacks="price"))
    assert ["003"] == await _search(office, Filter(lacks="images"))
    assert [] == await _search(office, Filter(lacks="title"))
    assert ["001", "002"] == await _search(office, Filter(availability="in_stock"))
    assert ["003"] == await _search(office, Filter(changed_since=office.now - timedelta(days=1)))
    assert ["001", "002"] == await _search(office, Filter(seen_before=office.now - timedelta(days=1)))


async def test_a_test_leaves_no_product(office: Office) -> None:
    await _found(office, ("001", "Dog food", 9), test_mode=True)

    assert [] == await _search(office, Filter())
    assert await office.store.read(lambda tx: products.one(tx, "001")) is None


async def test_one_sku_has_its_sources_and_their_history(office: Office) -> None:
    await _found(office, ("001", "Dog food", 9))
    office.later(days=1)
    await _found(office, ("001", "Dog food", 8))
    await _found(office, ("001", "Food for dogs", 10), shop="chewy")

    one = await office.store.read(lambda tx: products.one(tx, "001"))
    history = await office.store.read(lambda tx: products.history(tx, "001"))

    assert one is not None
    assert [("amazon", 8.0), ("chewy", 10.0)] == [(s.scraper, s.price) for s in one.sources]
    assert [9.0, 8.0] == [point.price for point in history["amazon"]]
    assert ["amazon", "chewy"] == await office.store.read(products.scrapers)


async def test_every_value_says_where_it_comes_from(office: Office) -> None:
    job_id = await office.job(["001"], ["amazon"])
    told = {"price": {"raw": "$9.00", "strategy": "json_ld", "selector": "$.offers.price"}}
    detail = {"provenance": told, "evidence": ["it names 001"]}
    await office.report(
        job_id,
        "completed",
        {"001": {"amazon": product("Dog food", 9)}},
        outcomes={"001": {"amazon": {"outcome": "found", "detail": detail}}},
    )

    origin = (await office.store.read(lambda tx: products.origins(tx, "001")))[0]

    assert ("amazon", job_id, 1, "office-mac") == (
        origin.scraper,
        origin.job_id,
        origin.revision,
        origin.runner,
    )
    assert ("it names 001",) == origin.evidence
    price = next(value for value in origin.values if value.name == "price")
    assert (9, "$9.00") == (price.value, price.provenance["raw"])


async def test_an_export_has_all_values_of_now(office: Office) -> None:
    await _found(office, *((f"{n:04}", "Food", n) for n in range(450)))

    rows = [row async for page in products.export(office.store, Filter("food")) for row in page]
    few = [row async for page in products.export(office.store, Filter(), ["0007"]) for row in page]

    assert [f"{n:04}" for n in range(450)] == [row["sku"] for row in rows]
    assert [("0007", 7, "Acme", 1)] == [(r["sku"], r["price"], r["brand"], r["images_count"]) for r in few]


async def test_two_jobs_differ_in_price_stock_and_outcome(office: Office) -> None:
    before = await _found(office, ("001", "Dog food", 9), ("002", "Cat food", 8), ("003", "Toy", 7))
    office.later(days=1)
    after = await office.job(["001", "002", "003"], ["amazon"])
    data = {
        "001": {"amazon": product("Dog food", 9.5, availability="in_stock")},
        "002": {"amazon": product("Cat food", 8, availability="out_of_stock")},
    }
    await office.report(after, "completed", data, outcomes={"003": {"amazon": {"outcome": "not_found"}}})

    async def changes(change: str | None = None) -> dict[str, tuple[str, ...]]:
        found = await office.store.read(lambda tx: comparing.compare(tx, after, before, change=change))
        return {pair.sku: pair.changes for pair in found.pairs}

    assert {"001": ("price",), "002": ("stock",), "003": ("outcome",)} == await changes()
    assert {"002": ("stock",)} == await changes("stock")
    assert [before] == [one.job_id for one in await office.store.read(lambda tx: comparing.alike(tx, after))]


async def test_differences_come_in_pages(office: Office) -> None:
    before = await _found(office, *((f"{n:04}", "Food", n) for n in range(1200)))
    office.later(hours=1)
    after = await _found(office, *((f"{n:04}", "Food", n + (n % 2)) for n in range(1200)))

    async def page(start: int) -> comparing.Compared:
        return await office.store.read(lambda tx: comparing.compare(tx, after, before, after=start))

    skus, start = [], 0
    while True:
        found = await page(start)
        skus += [pair.sku for pair in found.pairs]
        if found.next is None:
            break
        start = found.next

    assert [f"{n:04}" for n in range(1200) if n % 2] == skus


async def test_progress_is_told_by_scraper_and_by_runner(office: Office) -> None:
    job_id = await office.job(["A", "B"])
    await office.report(
        job_id,
        "running",
        {"A": {"amazon": product("x")}},
        outcomes={"B": {"amazon": {"outcome": "not_found"}}},
    )

    told = await office.store.read(lambda tx: progress.of_job(tx, job_id))

    assert {"amazon": {"found": 1, "not_found": 1}, "chewy": {"leased": 2}} == {
        one.scraper: one.tasks for one in told.scrapers
    }
    assert [("office-mac", 2, 1, 2)] == [(r.runner, r.answered, r.found, r.working) for r in told.runners]


async def test_the_last_results_come_first_and_go_on(office: Office) -> None:
    job_id = await office.job(["A", "B", "C"], ["amazon"])
    for sku in ("B", "A", "C"):
        office.later(seconds=5)
        await office.report(job_id, "running", {sku: {"amazon": product(sku)}})

    first = await office.store.read(lambda tx: progress.newest(tx, job_id, limit=2))
    last = first[-1]
    rest = await office.store.read(
        lambda tx: progress.newest(tx, job_id, before=(last.at_ms, last.result.task_id), limit=2)
    )

    assert ["C", "A", "B"] == [ended.result.outcome.sku for ended in (*first, *rest)]
    assert ["B"] == [
        r.outcome.sku for r in await office.store.read(lambda tx: progress.of_sku(tx, job_id, "B"))
    ]


async def test_a_hint_says_how_a_scraper_does(office: Office) -> None:
    await _found(office, ("001", "Dog food", 9))
    await office.save_disabled("chewy")

    told = {hint.scraper: hint for hint in await office.store.read(hints.every)}

    assert ("good", "dim") == (told["amazon"].tone, told["chewy"].tone)
    assert told["amazon"].last_found_at is not None


async def test_the_own_fields_of_scrapers_have_columns() -> None:
    documents: list[dict[str, object]] = [
        {"selectors": {"title": "h1", "colour": ".c"}},
        {"selectors": [{"name": "size"}]},
        {},
    ]

    assert ["colour", "size"] == products.own_fields(documents, ("title",))


async def test_a_job_that_is_not_there_has_no_progress(office: Office) -> None:
    told = await office.store.read(lambda tx: progress.of_job(tx, "550e8400-e29b-41d4-a716-446655440000"))

    assert ((), ()) == told
