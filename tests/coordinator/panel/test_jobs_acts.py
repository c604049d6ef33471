"""A job is paused, resumed, cancelled and tried again by a person; its logs and results are read."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper_backend.coordinator.rules import jobs
from tests.coordinator.live import CALLBACK, Live, csrf_of

LOGS = "/api/scraper/v1/logs"


async def _show(office: Live, job_id: str) -> jobs.Job:
    return await office.office.store.read(lambda tx: jobs.show(tx, job_id))


async def _mixed(office: Live) -> str:
    """A finished job with one found, one not found and one blocked SKU."""
    job_id = await office.new_job(["A1", "B2", "C3"])
    report = {
        "job_id": job_id,
        "status": "completed",
        "runner_name": "garage-pi",
        "results": {
            "data": {"A1": {"amazon": {"title": "Dog food", "price": 9.5, "currency": "USD"}}},
            "outcomes": {
                "A1": {"amazon": {"outcome": "found", "detail": {"provenance": {"price": {"raw": "$9.50"}}}}},
                "B2": {"amazon": {"outcome": "not_found", "detail": {"evidence": ["it said: nothing here"]}}},
                "C3": {"amazon": {"outcome": "blocked", "detail": {"reason": "captcha"}}},
            },
        },
    }
    assert 200 == (await (await office.machine()).post(CALLBACK, json=report)).status_code
    return job_id


async def test_a_job_rests_and_goes_on(office: Live) -> None:
    job_id = await office.new_job()
    browser = await office.person("operator")
    form = {"csrf": await csrf_of(browser)}

    await browser.post(f"/jobs/{job_id}/pause", data=form)
    paused, page = await _show(office, job_id), (await browser.get(f"/jobs/{job_id}")).text
    await browser.post(f"/jobs/{job_id}/resume", data=form)

    assert paused.paused_at is not None
    assert ("job paused" in page, ">Resume<" in page) == (True, True)
    assert (await _show(office, job_id)).paused_at is None


async def test_a_waiting_job_says_why(office: Live) -> None:
    job_id = await office.new_job()

    page = (await (await office.person("viewer")).get(f"/jobs/{job_id}")).text

    assert "no runner is here" in page


async def test_cancelling_is_asked_twice(office: Live) -> None:
    job_id = await office.new_job()
    browser = await office.person("operator")

    asked = await browser.get(f"/jobs/{job_id}/cancel")
    before = (await _show(office, job_id)).status
    await browser.post(f"/jobs/{job_id}/cancel", data={"csrf": await csrf_of(browser)})

    assert "1 open task</b> will be cancelled" in asked.text
    assert ("pending", "cancelled") == (before, (await _show(office, job_id)).status)


async def test_the_part_that_went_wrong_is_tried_again(office: Live) -> None:
    job_id = await _mixed(office)
    browser = await office.person("operator")

    asked = (await browser.get(f"/jobs/{job_id}/retry")).text
    await browser.post(f"/jobs/{job_id}/retry", data={"csrf": await csrf_of(browser), "outcome": ["blocked"]})

    assert 'value="blocked" checked' in asked
    assert 'value="not_found">' in asked
    job = await _show(office, job_id)
    assert ("running", 1, 1, 0) == (job.status, job.counts.open, job.counts.found, job.counts.blocked)


async def test_what_a_person_did_stands_in_the_book(office: Live) -> None:
    job_id = await office.new_job()
    browser = await office.person("operator")
    await browser.post(f"/jobs/{job_id}/pause", data={"csrf": await csrf_of(browser)})

    from scraper_backend.coordinator.store import reads

    line = (await office.office.store.read(reads.audit))[0]

    assert ("job.paused", job_id) == (line.action, line.subject)
    assert line.actor.startswith("user operator-")


async def test_a_result_tells_every_value_and_why(office: Live) -> None:
    job_id = await _mixed(office)
    browser = await office.person("viewer")

    pages = [(await browser.get(f"/jobs/{job_id}/results/{n}")).text for n in (1, 2, 3)]
    missing = [await browser.get(f"/jobs/{job_id}/results/{n}") for n in ("4", "x", "9" * 30)]

    assert ("$9.50" in pages[0], "garage-pi" in pages[0]) == (True, True)
    assert "it said: nothing here" in pages[1]
    assert "captcha" in pages[2]
    assert [404, 404, 404] == [answer.status_code for answer in missing]


async def test_logs_are_shown_the_newest_first_and_filtered(office: Live) -> None:
    job_id = await office.new_job()
    machine = await office.machine()
    said = [("info", "task.began"), ("error", "fetch.failed"), ("debug", "page.got")]
    events = [
        {"seq": n, "at": datetime.now(UTC).isoformat(), "level": level, "event": event, "job_id": job_id,
         "facts": {"sku": f"SKU-{n}"}}
        for n, (level, event) in enumerate(said)
    ]  # fmt: skip
    answer = await machine.post(LOGS, json={"runner_name": "garage-pi", "events": events})
    assert 200 == answer.status_code, answer.text
    browser = await office.person("viewer")

    everything = (await browser.get(f"/jobs/{job_id}/logs")).text
    errors = (await browser.get(f"/jobs/{job_id}/logs/live?level=error")).text
    words = (await browser.get(f"/jobs/{job_id}/logs/live?q=sku-0")).text
    nothing = (await browser.get(f"/jobs/{job_id}/logs/live?q=zebra")).text

    assert everything.index("page.got") < everything.index("task.began")
    assert ("fetch.failed" in errors, "task.began" in errors) == (True, False)
    assert ("task.began" in words, "fetch.failed" in words) == (True, False)
    assert "No such lines" in nothing


async def test_two_jobs_are_compared(office: Live) -> None:
    before = await _mixed(office)
    after = await office.new_job(["A1", "B2"])
    data = {"A1": {"amazon": {"title": "Dog food", "price": 10.5, "currency": "USD"}}}
    await (await office.machine("second")).post(
        CALLBACK, json={"job_id": after, "status": "completed", "results": {"data": data}}
    )
    browser = await office.person("viewer")

    page = (await browser.get(f"/jobs/{after}/compare")).text
    titles = (await browser.get(f"/jobs/{after}/compare?other={before}&change=title")).text
    alone = (await browser.get(f"/jobs/{before}/compare")).text

    assert ("9.50 USD" in page, "10.50 USD" in page, "+10.5 %" in page) == (True, True, True)
    assert "No difference" in titles
    assert "Nothing to compare with" in alone
