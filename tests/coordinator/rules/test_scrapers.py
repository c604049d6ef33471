"""Scrapers as numbered revisions that never change."""

from __future__ import annotations

import pytest

from scraper_backend.coordinator.rules import jobs, scrapers, sources
from scraper_backend.coordinator.store import reads
from scraper_backend.core.errors import Faults
from tests.coordinator.office import Office, shop


async def test_a_saved_scraper_reads_back_as_it_was_written(office: Office) -> None:
    config = shop(
        "petco",
        selectors={"title": "h1", "price": [".now", {"selector": ".was", "required": True}]},
        options={"rate": {"per_second": 1}, "test_skus": ["001"], "normalize": {"title": ["strip"]}},
    )

    saved = await office.save(config)

    assert (config, True, 1) == (saved.scraper.config, saved.is_new, saved.scraper.revision)


async def test_saving_the_same_again_makes_no_revision(office: Office) -> None:
    again = await office.save(shop("amazon"))

    assert (False, False, 1) == (again.is_new, again.is_changed, again.scraper.revision)


async def test_a_changed_scraper_is_a_new_revision_and_the_old_one_stays(office: Office) -> None:
    changed = await office.save(shop("amazon", selectors={"title": "h1"}))
    revisions = await office.store.read(lambda tx: scrapers.revisions(tx, "amazon"))

    assert (True, 2) == (changed.is_changed, changed.scraper.revision)
    assert [shop("amazon"), changed.scraper.config] == [revision.config for revision in revisions]


async def test_switching_off_is_no_new_configuration(office: Office) -> None:
    off = await office.store.write(lambda tx: scrapers.disable(tx, "amazon", now=office.now))
    on = await office.store.write(lambda tx: scrapers.enable(tx, "amazon", now=office.now))

    assert [(True, 1), (False, 1)] == [(s.config.disabled, s.revision) for s in (off, on)]


async def test_a_document_that_says_disabled_switches_it_off(office: Office) -> None:
    saved = await office.save(shop("amazon", disabled=True))

    assert (True, True, 1) == (saved.is_changed, saved.scraper.config.disabled, saved.scraper.revision)


async def test_an_unknown_scraper_is_told_with_the_nearest_name(office: Office) -> None:
    with pytest.raises(Faults, match="did you mean `amazon`"):
        await office.store.read(lambda tx: scrapers.get(tx, "amazn"))


async def test_every_change_is_in_the_book_with_before_and_after(office: Office) -> None:
    await office.save(shop("amazon", selectors={"title": "h1"}))

    newest = (await office.store.read(reads.audit))[0]

    assert ("scraper.saved", "amazon") == (newest.action, newest.subject)
    assert '"selectors":{}' in (newest.before or "")
    assert '"selectors":{"title":"h1"}' in (newest.after or "")


@pytest.mark.parametrize(
    ("options", "needs"),
    [
        ({}, []),
        ({"render": "auto"}, []),
        ({"render": "browser"}, ["browser"]),
        ({"login": {"url": "/login"}}, ["login"]),
        ({"steps": [{"click": "#go"}]}, ["browser", "steps"]),
    ],
)
def test_what_a_runner_must_be_able_to_do_follows_from_the_options(
    options: dict[str, object], needs: list[str]
) -> None:
    assert needs == scrapers.needs_of(shop("x", options=options))


async def test_a_job_keeps_the_revision_it_was_made_with(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    await office.save(shop("amazon", selectors={"title": "h1"}))

    config = await office.store.read(lambda tx: jobs.config(tx, job_id))

    assert [{}] == [scraper.selectors for scraper in config.scrapers]


async def test_how_a_revision_was_written_stays_with_it(office: Office) -> None:
    """Other comments for the same configuration are no new revision, and are in the book."""
    now, config = office.now, shop("amazon", options={"retries": 5})
    for text in ("# one\n", "# two\r\n"):
        await office.store.write(lambda tx: scrapers.save(tx, config, text=text, by="ann", now=now))  # noqa: B023
    await office.store.write(lambda tx: scrapers.save(tx, shop("amazon"), now=now))
    back = await office.store.write(lambda tx: scrapers.restore(tx, "amazon", 2, now=now))

    texts = [await office.store.read(lambda tx: sources.of(tx, "amazon", n)) for n in (1, 2, 3, 4)]  # noqa: B023
    assert [None, "# two\n", None, "# two\n"] == texts
    assert 4 == back.scraper.revision
