"""Drafts that nobody but their own test runs, health, and what is forgotten; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scraper_backend.coordinator.rules import drafts, health, jobs, retention, scrapers, waiting
from scraper_backend.coordinator.rules.retention import Retention
from scraper_backend.coordinator.store import reads
from scraper_backend.core.errors import BadRequest, Faults
from tests.coordinator.fleet import FleetRunner
from tests.coordinator.office import Office, product, shop


async def test_a_draft_is_never_current_and_is_tried_beside_the_revision_that_is(office: Office) -> None:
    draft = await office.store.write(
        lambda tx: drafts.make(
            tx, shop("amazon", options={"render": "http"}), ["A1"], by="ann", now=office.now
        )
    )

    config = await office.store.read(lambda tx: jobs.config(tx, draft.job_id))
    current = await office.store.read(lambda tx: jobs.config(tx, draft.current_job_id or ""))
    saved = await office.store.read(lambda tx: scrapers.get(tx, "amazon"))

    assert [{"render": "http"}, {}] == [one.scrapers[0].options for one in (config, current)]
    assert config.test_mode
    assert (1, "auto") == (saved.revision, saved.config.options.render)
    assert [1] == [r.number for r in await office.store.read(lambda tx: scrapers.revisions(tx, "amazon"))]


async def test_a_draft_of_a_new_scraper_is_seen_by_nobody_and_can_be_saved(office: Office) -> None:
    config = shop("brand-new")
    await office.store.write(lambda tx: drafts.make(tx, config, ["A1"], by="ann", now=office.now))

    assert "brand-new" not in {one.config.name for one in await office.store.read(scrapers.every)}
    with pytest.raises(Faults):
        await office.store.read(lambda tx: scrapers.get(tx, "brand-new"))
    saved = await office.store.write(lambda tx: scrapers.save(tx, config, by="ann", now=office.now))
    assert (True, 1) == (saved.is_new, saved.scraper.revision)


async def test_a_draft_without_skus_takes_its_test_skus_and_says_when_there_are_none(office: Office) -> None:
    with_skus = shop("amazon", options={"test_skus": ["T1", "T2"]})

    draft = await office.store.write(lambda tx: drafts.make(tx, with_skus, [], by="ann", now=office.now))

    trial = await office.store.read(lambda tx: drafts.trial(tx, draft.job_id))
    assert ["T1", "T2"] == [pair.sku for pair in trial.pairs]
    with pytest.raises(Faults, match="test_skus"):
        await office.store.write(lambda tx: drafts.make(tx, shop("amazon"), [], by="ann", now=office.now))


async def test_a_draft_is_gone_after_a_day_with_everything_of_it(office: Office) -> None:
    draft = await office.store.write(
        lambda tx: drafts.make(tx, shop("brand-new"), ["A1"], by="ann", now=office.now)
    )
    office.later(hours=25)

    await retention.apply(office.store, now=office.now)

    with pytest.raises(BadRequest, match="kept for a day"):
        await office.store.read(lambda tx: drafts.get(tx, draft.job_id))
    assert [] == await office.store.read(jobs.every)
    assert not await office.store.read(
        lambda tx: tx.scalar("revision_document", scraper="brand-new", number=-1)
    )


async def test_rolling_back_is_a_new_revision(office: Office) -> None:
    await office.save(shop("amazon", options={"render": "http"}))

    saved = await office.store.write(lambda tx: scrapers.restore(tx, "amazon", 1, by="ann", now=office.now))

    assert (3, "auto") == (saved.scraper.revision, saved.scraper.config.options.render)
    with pytest.raises(Faults, match="there are 1 to 3"):
        await office.store.write(lambda tx: scrapers.restore(tx, "amazon", 9, by="ann", now=office.now))


async def _done(office: Office) -> str:
    job_id = await office.job(["A1", "A2"], ["amazon"])
    data = {"A1": {"amazon": product("Hose")}, "A2": {"amazon": product("Rake", images=[])}}
    await office.report(job_id, "completed", data)
    return job_id


async def test_health_tells_outcomes_and_how_often_fields_are_filled(office: Office) -> None:
    await _done(office)

    lately = (await office.store.read(health.of_scrapers))["amazon"]

    assert (2, 100) == (lately.results, lately.percent("found"))
    assert {"title": 100, "price": 100}.items() <= dict(lately.fields).items()
    assert lately == await office.store.read(lambda tx: health.of_scraper(tx, "amazon"))


async def test_a_job_is_forgotten_when_its_time_is_over_and_products_stay(office: Office) -> None:
    job_id = await _done(office)
    await office.store.write(lambda tx: retention.choose(tx, Retention(jobs=30), by="ann", now=office.now))

    assert 0 == await retention.apply(office.store, now=office.now + timedelta(days=29))
    await retention.apply(office.store, now=office.now + timedelta(days=31))

    assert job_id not in {job.job_id for job in await office.store.read(jobs.every)}
    assert {"A1", "A2"} == {row.sku for row in await office.store.read(reads.products)}
    assert [] == await office.store.read(reads.faults)


async def test_a_large_job_goes_bit_by_bit_and_its_counters_follow(office: Office) -> None:
    job_id = await _done(office)
    await office.store.write(lambda tx: retention.choose(tx, Retention(jobs=1), by="ann", now=office.now))

    await office.store.write(lambda tx: retention.forget(tx, batch=1, now=office.now + timedelta(days=2)))

    counts = (await office.store.read(lambda tx: jobs.show(tx, job_id))).counts
    assert (1, 1, 0) == (counts.total, counts.found, counts.open)
    assert [] == await office.store.read(reads.faults)


async def test_a_draft_of_a_disabled_scraper_is_tried_all_the_same(office: Office) -> None:
    """That is how a site that was switched off is mended; nothing else of it runs."""
    await office.store.write(lambda tx: scrapers.disable(tx, "amazon", now=office.now))
    changed = shop("amazon", options={"render": "http"})

    draft = await office.store.write(lambda tx: drafts.make(tx, changed, ["A1"], by="ann", now=office.now))

    for job_id in (draft.job_id, draft.current_job_id or ""):
        assert ["A1"] == (await office.store.read(lambda tx: jobs.config(tx, job_id))).skus  # noqa: B023
        waits = await office.store.read(lambda tx: waiting.reasons(tx, job_id, now=office.now))  # noqa: B023
        assert not [one for one in waits if "disabled" in one.reason]
    claimed = await FleetRunner(office).claim()
    assert {draft.job_id, draft.current_job_id} == {task.job_id for task in claimed.tasks}
