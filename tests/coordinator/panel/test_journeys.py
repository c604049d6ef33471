"""Days of people at a real browser: from the first start to the first results, a long CSV, two who watch."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import httpx2

from scraper_backend.coordinator.rules import links, scrapers
from scraper_backend.core.scraper_config import parse_value
from scraper_backend.practice.catalogue import DEMO_SKUS
from scraper_backend.practice.shop import open_shop
from tests.coordinator.live import CALLBACK, Live
from tests.coordinator.panel.browser import needs_browser, people, visitor

pytestmark = needs_browser


async def _run_runner(office: Live, job_id: str, shop: str) -> None:
    """A runner process with a key of its own does the job."""
    environment = {
        **os.environ, "SCRAPER_API_URL": office.address, "SCRAPER_API_KEY": await office.new_key("garage"),
        "RUNNER_NAME": "garage-pi", "RUNNER_ALLOW_PRIVATE_HOSTS": shop.removeprefix("http://"),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scraper_backend.runner", "--job-id", job_id, env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, errors = await process.communicate()
    assert 0 == process.returncode, errors.decode()


async def test_from_the_first_start_to_the_first_results(office: Live, browser: Any) -> None:
    """A set-up link, a password, three SKUs, a runner: and there they are, without a reload."""
    token = links.new_token()
    await office.office.store.write(lambda tx: links.make(tx, token, "setup", now=office.now()))

    async with open_shop() as shops:
        await _save(office, "practice-pets", shops["pets"])
        anna = await visitor(browser, office.address)
        await anna.open(f"/setup?token={token}")
        await anna.page.fill("[name=name]", "anna")
        await anna.page.fill("[name=password]", "correct horse battery staple")
        await anna.page.fill("[name=again]", "correct horse battery staple")
        await anna.page.click("button[type=submit]")
        await anna.page.wait_for_url("**/jobs")
        assert "Three steps to the first result" in await anna.text()
        await anna.page.click("text=New job")
        await anna.page.fill("#text", "\n".join(DEMO_SKUS[:3]))
        await anna.page.wait_for_selector("#check .sum b:text-is('3')")
        await anna.page.click("text=Create job")
        await anna.page.wait_for_selector("text=Waiting for a runner")
        await _run_runner(office, anna.page.url.rpartition("/")[2], shops["pets"])
        await anna.page.wait_for_selector("#live .badge:text-is('completed')")
        rows = await anna.page.locator("#results tbody tr").count()
        await anna.page.click("nav >> text=Products")
        await anna.page.wait_for_url("**/products")
        products = await anna.text()

    assert 3 == rows
    assert any(sku in products for sku in DEMO_SKUS[:3])
    assert [] == anna.alarms


async def _save(office: Live, name: str, address: str) -> None:
    document = {"name": name, "base_url": address, "search_url_template": "/search?q={sku}"}
    config = parse_value(document, source=name)
    await office.office.store.write(lambda tx: scrapers.save(tx, config, now=office.now()))


async def test_a_csv_with_five_thousand_skus(office: Live, browser: Any, tmp_path: Any) -> None:
    """Leading zeros, duplicates and a ruined row: all is told, and what is made is what was shown."""
    await office.new_scraper("amazon")
    skus = [f"{n:012}" for n in range(5000)]
    rows = [f"Product {sku},{sku},9.99" for sku in skus] + [f"Again,{skus[7]},1", "Ruined,1.2E+11,1"]
    path = tmp_path / "list.csv"
    path.write_text("Name,UPC,Price\n" + "\n".join(rows))

    [anna] = await people(browser, office, "operator")
    await anna.open("/jobs/new")
    await anna.page.set_input_files("#file", path)
    await anna.page.wait_for_selector("#check .sum b:text-is('5,000')")
    said = await anna.page.inner_text("#check")
    await anna.page.check("[name=skip_bad]")
    await anna.page.click("text=Create job")
    await anna.page.wait_for_url("**/jobs/*-*")
    text = await anna.text()

    assert ("1 duplicate" in said, "1 row without" in said, "000000000007" in said) == (True, True, True)
    assert "0 of 5,000 done" in text
    assert [] == anna.alarms


async def test_two_people_watch_one_job(office: Live, browser: Any) -> None:
    job_id = await office.new_job(["A1", "B2"])
    machine = await office.machine()

    [anna, ben] = await people(browser, office, "operator", "viewer")
    for person in (anna, ben):
        await person.open(f"/jobs/{job_id}")
    await _report(machine, job_id, "running", "A1")
    for person in (anna, ben):
        await person.page.wait_for_selector("#results >> text=Food A1")
    await anna.page.click("text=Pause")
    await ben.page.wait_for_selector("#live .badge:text-is('paused')")
    can_pause = await ben.page.locator("#pause").count()
    await _report(machine, job_id, "completed", "B2")
    for person in (anna, ben):
        await person.page.wait_for_selector("#live .badge:text-is('completed')")

    assert 0 == can_pause
    assert [] == [*anna.alarms, *ben.alarms]


async def test_products_are_picked_for_a_job_and_a_chart_is_drawn(office: Live, browser: Any) -> None:
    for price in (9.0, 8.0):
        job_id = await office.new_job(["A1", "B2"])
        for sku in ("A1", "B2"):
            await _report(await office.machine(f"m{price}{sku}"), job_id, "running", sku, price)

    [anna] = await people(browser, office, "operator")
    await anna.open("/products")
    disabled = await anna.page.is_disabled("[data-needs-pick]")
    await anna.page.check("[aria-label='Select B2']")
    await anna.page.click("text=Job of these")
    text = await anna.page.input_value("#text")
    await anna.open("/products/one?sku=A1")
    await anna.page.wait_for_selector("[data-chart] canvas")
    await anna.look()

    assert (True, "B2") == (disabled, text)
    assert [] == anna.alarms


async def test_everything_can_be_done_without_a_mouse(office: Live, browser: Any) -> None:
    """The skip link is first, every control has a name, and what is focused stays so while the page lives."""
    job_id = await office.new_job(["A1", "B2"])

    [anna] = await people(browser, office, "operator")
    await anna.open(f"/jobs/{job_id}")
    await anna.page.keyboard.press("Tab")
    first = await anna.page.evaluate("document.activeElement.textContent")
    nameless = await anna.page.evaluate(
        "[...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea')]"
        ".filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length))"
        ".map((e) => e.outerHTML)"
    )
    await anna.page.focus("#cancel")
    await _report(await office.machine(), job_id, "running", "A1")
    await anna.page.wait_for_selector("#results >> text=Food A1")
    focused = await anna.page.evaluate("document.activeElement.id")

    assert ("Skip to the page", [], "cancel") == (first, nameless, focused)


async def test_no_page_is_wider_than_a_phone(office: Live, browser: Any) -> None:
    job_id = await office.new_job(["A" * 120])
    await _report(await office.machine(), job_id, "completed", "A" * 120)
    paths = ["/jobs", f"/jobs/{job_id}", "/jobs/new", "/products", f"/products/one?sku={'A' * 120}"]
    paths += [f"/jobs/{job_id}/{end}" for end in ("logs", "compare", "export", "results/1")]

    [anna] = await people(browser, office, "operator")
    await anna.page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for path in paths:
        await anna.open(path)
        if await anna.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)

    assert [] == wide


async def _report(
    machine: httpx2.AsyncClient, job_id: str, status: str, sku: str, price: float = 9.0
) -> None:
    data = {sku: {"amazon": {"title": f"Food {sku}", "price": price, "currency": "USD"}}}
    body = {"job_id": job_id, "status": status, "runner_name": "pi", "results": {"data": data}}
    assert 200 == (await machine.post(CALLBACK, json=body)).status_code
