"""A job is made in the panel: looked at first, made once, of exactly what was shown."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx2
import openpyxl
import pytest

from scraper_backend.coordinator.rules import jobs
from tests.coordinator.live import CALLBACK, Live, csrf_of


async def _form(office: Live, *shops: str) -> tuple[httpx2.AsyncClient, dict[str, Any]]:
    """Somebody in front of an empty form."""
    for shop in shops or ("amazon",):
        await office.new_scraper(shop)
    browser = await office.person("operator")
    fields = {
        "csrf": await csrf_of(browser),
        "workers": "3",
        "priority": "0",
        "scraper": list(shops or ("amazon",)),
    }
    page = (await browser.get("/jobs/new")).text
    fields["job_id"] = re.findall(r'name="job_id" value="([^"]+)"', page)[0]
    return browser, fields


def _checked(page: str) -> str:
    found = re.search(r'name="checked" value="([^"]+)"', page)
    assert found
    return found[1]


async def _jobs(office: Live) -> list[jobs.Job]:
    return await office.office.store.read(jobs.every)


async def test_nothing_is_made_before_it_was_looked_at(office: Live) -> None:
    browser, fields = await _form(office)

    unseen = await browser.post("/jobs/new", data={**fields, "text": "012345, 067890"})
    made = await browser.post(
        "/jobs/new", data={**fields, "text": "012345, 067890", "checked": _checked(unseen.text)}
    )

    assert 400 == unseen.status_code
    assert "2</b> SKUs" in unseen.text
    assert (303, f"/jobs/{fields['job_id']}") == (made.status_code, made.headers["location"])
    (job,) = await _jobs(office)
    assert (2, ("amazon",), 3) == (job.skus, job.scrapers, job.max_workers)


async def test_a_form_that_is_sent_twice_makes_one_job(office: Live) -> None:
    browser, fields = await _form(office)
    fields["text"] = "012345"
    fields["checked"] = _checked((await browser.post("/jobs/new/check", data=fields)).text)

    answers = [await browser.post("/jobs/new", data=fields) for _ in range(2)]

    assert {f"/jobs/{fields['job_id']}"} == {answer.headers["location"] for answer in answers}
    assert 1 == len(await _jobs(office))


async def test_bad_rows_are_shown_and_left_out_only_on_request(office: Live) -> None:
    browser, fields = await _form(office)
    upload = {"file": ("list.csv", b"sku,name\n012345,a\n1.5E+11,b\n012345,c\n", "text/csv")}

    looked = await browser.post("/jobs/new/check", data=fields, files=upload)
    fields["checked"] = _checked(looked.text)
    refused = await browser.post("/jobs/new", data=fields, files=upload)
    made = await browser.post("/jobs/new", data={**fields, "skip_bad": "1"}, files=upload)

    assert "row 3: found 1.5E+11, a number that a spreadsheet rounded" in looked.text
    assert "duplicate, taken once" in looked.text
    assert (400, 303) == (refused.status_code, made.status_code)
    assert 1 == (await _jobs(office))[0].skus


async def test_the_column_of_a_workbook_can_be_chosen(office: Live) -> None:
    browser, fields = await _form(office)
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in (("UPC", "MPN"), ("012345678905", "M-1"), (36000291452, "M-2")):
        book.active.append(row)
    book.save(data)
    upload = {"file": ("list.xlsx", data.getvalue(), "application/octet-stream")}

    first = await browser.post("/jobs/new/check", data=fields, files=upload)
    second = await browser.post("/jobs/new/check", data={**fields, "column": "1"}, files=upload)

    assert "came as number" in first.text
    assert "012345678905" in first.text
    assert re.search(r"M-1\s+M-2", second.text)


async def test_a_file_that_cannot_be_read_says_what_to_do(office: Live) -> None:
    browser, fields = await _form(office)

    answer = await browser.post(
        "/jobs/new/check",
        data=fields,
        files={"file": ("x.xls", b"\xd0\xcf\x11\xe0", "text/csv")},
    )

    assert "save it as .xlsx or CSV" in answer.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scraper": []}, "name at least one scraper"),
        ({"scraper": ["amazone"]}, "did you mean"),
        ({"workers": "0"}, "from 1 to 1000"),
        ({"workers": "many"}, "must be a whole number"),
        ({"priority": "1000"}, "from -100 to 100"),
    ],
)
async def test_faults_are_told_and_the_form_keeps_what_was_written(
    office: Live, wrong: dict[str, Any], words: str
) -> None:
    browser, fields = await _form(office, "amazon", "chewy")
    fields = {**fields, "text": "012345", **wrong}
    fields["checked"] = _checked((await browser.post("/jobs/new/check", data=fields)).text)

    answer = await browser.post("/jobs/new", data=fields)

    assert 400 == answer.status_code
    assert words in re.sub("</?code>", "", answer.text)


async def test_a_job_can_be_made_like_another(office: Live) -> None:
    job_id = await office.new_job(["00123", "00456"])
    browser = await office.person("operator")

    page = (await browser.get(f"/jobs/new?like={job_id}")).text

    assert "00123\n00456" in page
    assert re.search(r'value="amazon" checked', page)


async def test_products_become_a_job(office: Live) -> None:
    job_id = await office.new_job(["001", "002", "003"])
    data = {sku: {"amazon": {"title": f"Food {sku}", "price": 1.0}} for sku in ("001", "002", "003")}
    await (await office.machine()).post(
        CALLBACK, json={"job_id": job_id, "status": "completed", "results": {"data": data}}
    )
    browser = await office.person("operator")
    csrf = await csrf_of(browser)

    ticked = await browser.post("/jobs/new/from", data={"csrf": csrf, "sku": ["003", "001"]})
    fitting = await browser.post("/jobs/new/from?q=food", data={"csrf": csrf, "all": "1"})

    assert "003\n001</textarea>" in ticked.text
    assert "001\n002\n003</textarea>" in fitting.text


async def test_without_a_scraper_the_form_says_what_is_missing(office: Live) -> None:
    page = (await (await office.person("operator")).get("/jobs/new")).text

    assert "bsr scraper import" in page


async def test_a_viewer_makes_no_job(office: Live) -> None:
    answer = await (await office.person("viewer")).get("/jobs/new")

    assert 403 == answer.status_code


async def test_a_saved_scraper_leads_to_a_job_with_it(office: Live) -> None:
    await office.new_scraper("amazon")
    await office.new_scraper("chewy")
    browser = await office.person("operator")

    saved = await browser.get("/scrapers/chewy?saved=1")
    form = await browser.get("/jobs/new?scraper=chewy")

    assert "Revision 1 is current" in saved.text
    assert 'href="/jobs/new?scraper=chewy"' in saved.text
    assert 1 == len(re.findall(r'name="scrapers?"[^>]*value="[a-z]+"[^>]* checked', form.text))
    assert re.search(r'value="chewy"[^>]* checked', form.text)
