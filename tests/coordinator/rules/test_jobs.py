"""Jobs: made of SKUs and scrapers, shown, listed, cancelled, read out."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.rules import jobs, scrapers
from scraper_backend.core.errors import Faults, NoSuchJob
from tests.coordinator.office import MONDAY, SHOPS, Office, product, shop

NOBODY = "00000000-0000-4000-8000-000000000000"


async def problems(office: Office, skus: list[str], shops: list[str], **options: object) -> list[str]:
    with pytest.raises(Faults) as faults:
        await office.store.write(lambda tx: jobs.create(tx, skus, shops, now=office.now, **options))  # type: ignore[arg-type]
    return [str(problem) for problem in faults.value.problems]


async def test_a_job_is_every_sku_on_every_scraper(office: Office) -> None:
    job_id = await office.job(["A", "B", "C"])

    job = await office.show(job_id)

    assert ("pending", 3, SHOPS, MONDAY) == (job.status, job.skus, job.scrapers, job.created_at)
    assert {"total": 6, "open": 6} == await office.counts(job_id)


async def test_skus_are_text_and_keep_their_order(office: Office) -> None:
    skus = ["0012", "12", "a/b c", "é%", "Z", "A"]

    job_id = await office.job(skus)
    config = await office.store.read(lambda tx: jobs.config(tx, job_id))

    assert skus == config.skus


async def test_duplicates_are_removed_and_counted(office: Office) -> None:
    made = await office.store.write(
        lambda tx: jobs.create(tx, ["A", "B", "A", "A"], ["amazon", "amazon"], now=office.now)
    )

    assert (2, 2, 2) == (made.skus, made.tasks, made.duplicates)


async def test_all_that_is_wrong_is_told_at_once(office: Office) -> None:
    told = await problems(office, ["A", "", "B\n"], ["amazn", "chewy", "nothing like it"], max_workers=0)

    assert [
        "scrapers: no scraper is named `amazn`; did you mean `amazon`?",
        "scrapers: no scraper is named `nothing like it`; known: amazon, chewy",
        "skus.1: is empty; correct or remove it",
        "skus.2: has a control character: 'B\\n'; correct or remove it",
        "max_workers: is 0; write a number from 1 to 1000",
    ] == told


async def test_a_job_of_nothing_is_refused(office: Office) -> None:
    assert [
        "scrapers: is empty; name at least one scraper",
        "skus: is empty; give at least one SKU",
    ] == await problems(office, [], [])


async def test_a_thousand_faulty_skus_are_summed_up(office: Office) -> None:
    told = await problems(office, [""] * 1000, ["amazon"])

    assert 21 == len(told)
    assert "skus: 980 more SKUs are faulty; correct these first" == told[-1]


async def test_a_test_job_without_skus_takes_those_of_its_scrapers(office: Office) -> None:
    await office.save(shop("amazon", options={"test_skus": ["T1", "T2"]}))
    await office.save(shop("chewy", options={"test_skus": ["T2", "T3"]}))

    job_id = await office.job([], test_mode=True)
    config = await office.store.read(lambda tx: jobs.config(tx, job_id))

    assert (["T1", "T2", "T3"], True) == (config.skus, config.test_mode)


async def test_a_test_job_of_scrapers_without_test_skus_is_refused(office: Office) -> None:
    told = await problems(office, [], ["amazon"], test_mode=True)

    assert ["skus: is empty; give at least one SKU, or write `options.test_skus` in a scraper"] == told


async def test_a_disabled_scraper_is_listed_and_gets_no_tasks(office: Office) -> None:
    await office.save(shop("chewy", disabled=True))
    job_id = await office.job(["A"])

    config = await office.store.read(lambda tx: jobs.config(tx, job_id))

    assert [("amazon", False), ("chewy", True)] == [(s.name, s.disabled) for s in config.scrapers]
    assert {"total": 1, "open": 1} == await office.counts(job_id)


async def test_a_scraper_that_is_disabled_later_must_not_run_either(office: Office) -> None:
    job_id = await office.job(["A"])
    await office.store.write(lambda tx: scrapers.disable(tx, "chewy", now=office.now))

    config = await office.store.read(lambda tx: jobs.config(tx, job_id))

    assert [False, True] == [s.disabled for s in config.scrapers]


async def test_a_job_of_disabled_scrapers_is_over_at_once(office: Office) -> None:
    await office.save(shop("amazon", disabled=True))

    job = await office.show(await office.job(["A"], ["amazon"]))

    assert ("completed", 0, MONDAY) == (job.status, job.counts.total, job.ended_at)


async def test_an_unknown_job_is_said_to_be_unknown(office: Office) -> None:
    for question in (jobs.config, jobs.show):
        with pytest.raises(NoSuchJob, match=NOBODY):
            await office.store.read(lambda tx, ask=question: ask(tx, NOBODY))  # type: ignore[misc]
    with pytest.raises(NoSuchJob):
        await office.store.write(lambda tx: jobs.cancel(tx, NOBODY, now=office.now))
    with pytest.raises(NoSuchJob):
        await office.outcomes(NOBODY)


async def test_jobs_are_listed_newest_first_and_by_state(office: Office) -> None:
    made = []
    for _ in range(4):
        office.later(minutes=1)
        made.append(await office.job())
    await office.report(made[1], "running")

    newest = await office.store.read(lambda tx: jobs.every(tx, limit=2))
    older = await office.store.read(lambda tx: jobs.every(tx, before=newest[-1].created_at))
    running = await office.store.read(lambda tx: jobs.every(tx, status="running"))

    assert made[::-1] == [job.job_id for job in (*newest, *older)]
    assert [made[1]] == [job.job_id for job in running]


async def test_a_cancelled_job_keeps_what_was_found_and_asks_for_nothing_more(office: Office) -> None:
    job_id = await office.job(["A", "B"], ["amazon"])
    await office.report(job_id, "running", {"A": {"amazon": product("a")}})

    job = await office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now))
    config = await office.store.read(lambda tx: jobs.config(tx, job_id))

    assert ("cancelled", []) == (job.status, config.skus)
    assert {"total": 2, "found": 1, "cancelled": 1} == await office.counts(job_id)
    assert {("A", "amazon"): "found"} == await office.outcomes(job_id)


async def test_cancelling_what_is_over_changes_nothing(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "completed")

    job = await office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now))

    assert "completed" == job.status


async def test_a_large_job_is_read_out_whole_in_its_order(office: Office) -> None:
    skus = [f"{n:05}" for n in range(1201)]
    job_id = await office.job(skus, ["amazon"])
    await office.report(job_id, "completed", {sku: {"amazon": product(sku)} for sku in skus[:700]})

    lines = [line async for line in jobs.export(office.store, job_id)]

    assert skus == [line.sku for line in lines]
    assert ["found"] * 700 + ["not_found"] * 501 == [line.outcome for line in lines]
    assert {"reason": "not_reported"} == lines[-1].detail


async def test_results_can_be_asked_for_by_outcome_and_scraper(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "completed", {"A": {"amazon": product("a"), "chewy": product("a")}})

    page = await office.store.read(
        lambda tx: jobs.results(tx, job_id, outcome="found", scraper="chewy", limit=10)
    )

    assert [("A", "chewy", "office-mac", 1)] == [
        (r.outcome.sku, r.outcome.scraper, r.runner, r.revision) for r in page
    ]


async def test_a_catalogue_of_twenty_thousand_skus_is_one_transaction(office: Office) -> None:
    skus = [f"SKU-{n:05}" for n in range(20_000)]

    job_id = await office.job(skus)

    assert {"total": 40_000, "open": 40_000} == await office.counts(job_id)
