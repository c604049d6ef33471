"""Products and exports as people get them."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet
import pytest

from tests.coordinator.live import CALLBACK, Live


async def _found(office: Live, **titles: str) -> str:
    """A job that found these titles by SKU."""
    job_id = await office.new_job(list(titles))
    data = {
        sku: {
            "amazon": {
                "title": title,
                "price": 9.5,
                "currency": "USD",
                "availability": "in_stock",
                "own": "x",
            }
        }
        for sku, title in titles.items()
    }
    answer = await (await office.machine()).post(
        CALLBACK, json={"job_id": job_id, "status": "completed", "results": {"data": data}}
    )
    assert len(titles) == answer.json()["stored"]
    return job_id


async def test_an_office_without_products_says_where_they_come_from(office: Live) -> None:
    page = (await (await office.person("operator")).get("/products")).text

    assert "No products yet" in page


async def test_products_are_searched_and_paged(office: Live) -> None:
    await _found(office, **{f"S{n:02}": f"Food {n}" for n in range(30)})
    browser = await office.person("viewer")

    first = (await browser.get("/products")).text
    second = (await browser.get("/products?after=S24")).text
    one = (await browser.get("/products?q=food+17")).text
    none = (await browser.get("/products?q=zebra")).text

    assert ("S24</a>" in first, "S25</a>" in first, "after=S24" in first) == (True, False, True)
    assert ("S25</a>" in second, "S24</a>" in second) == (True, False)
    assert ("S17</a>" in one, "S18</a>" in one) == (True, False)
    assert "No such products" in none


async def test_one_product_shows_its_sources_and_what_is_not_there_is_404(office: Live) -> None:
    await _found(office, **{"A/1 %": "Dog food"})
    browser = await office.person("viewer")

    page = await browser.get("/products/one", params={"sku": "A/1 %"})
    missing = await browser.get("/products/one?sku=nothing")
    history = await browser.get("/products/history", params={"sku": "A/1 %"})

    assert ("9.50 USD" in page.text, "revision 1" in page.text) == (True, True)
    assert 404 == missing.status_code
    assert ([9.5], ["good"]) == (history.json()["amazon"]["price"], history.json()["amazon"]["stock"])


@pytest.mark.parametrize("query", ["changed=0", "lacks=everything", "unseen=x", "q=" + "x" * 201])
async def test_a_query_that_means_nothing_is_told(office: Live, query: str) -> None:
    answer = await (await office.person("viewer")).get(f"/products?{query}")

    assert 400 == answer.status_code


async def test_exports_have_the_columns_and_headings_that_were_chosen(office: Live) -> None:
    job_id = await _found(office, **{"001": "Dog food", "002": "Cat food"})
    browser = await office.person("viewer")
    chosen = "column=sku&column=price&as.price=Our+price"

    form = (await browser.get(f"/jobs/{job_id}/export")).text
    lines = (await browser.get(f"/jobs/{job_id}/download?format=jsonl&{chosen}")).text.splitlines()
    sheet = (await browser.get(f"/products/download?format=csv&q=cat&{chosen}")).content.decode("utf-8-sig")
    table = (await browser.get(f"/jobs/{job_id}/download?format=parquet")).content

    assert 'name="as.price"' in form
    assert [{"sku": "001", "Our price": 9.5}, {"sku": "002", "Our price": 9.5}] == [
        json.loads(x) for x in lines
    ]
    assert [["sku", "Our price"], ["002", "9.5"]] == list(csv.reader(io.StringIO(sheet)))
    assert ["Dog food", "Cat food"] == pyarrow.parquet.read_table(io.BytesIO(table))["title"].to_pylist()


@pytest.mark.parametrize("query", ["column=prize", "column=sku&column=title&as.sku=title", "format=pdf"])
async def test_an_export_that_cannot_be_made_is_refused(office: Live, query: str) -> None:
    job_id = await _found(office, **{"001": "Dog food"})

    answer = await (await office.person("viewer")).get(f"/jobs/{job_id}/download?{query}")

    assert 400 == answer.status_code


async def test_an_export_says_what_it_is_and_is_not_shown(office: Live) -> None:
    job_id = await _found(office, **{"001": "Dog food"})
    browser = await office.person("viewer")

    headers = [(await browser.get(f"/jobs/{job_id}/download?format={f}")).headers for f in ("csv", "xlsx")]

    assert [f'attachment; filename="job-{job_id[:8]}.{f}"' for f in ("csv", "xlsx")] == [
        h["content-disposition"] for h in headers
    ]
    assert {"nosniff"} == {h["x-content-type-options"] for h in headers}
