"""A coordinator with a week's work in it, made through its own rules and its own front door."""

from __future__ import annotations

from typing import Any

import httpx2

from scraper_backend.coordinator.rules import drafts, jobs, keys, links, pauses, scrapers, tokens, totp, users
from scraper_backend.core.scraper_config import ScraperConfig, parse_value
from tests.coordinator.live import CALLBACK, REGISTER, Live

KEY = "bm90IGEgc2VjcmV0OiBvbmx5IGZvciBwaWN0dXJlcy4="
"""The master key of a coordinator that keeps no secret."""
SHOPS = ("petfood-direct", "garden-depot", "aquarium-world")
PRODUCTS = (
    ("076280011234", "Bayside Adult Dry Dog Food, Chicken & Rice, 30 lb", 54.99),
    ("072705115822", "Felt Hammock for Cats, Large, Grey", 27.5),
    ("045663976866", "Cedar Raised Garden Bed, 4 x 8 ft", 189.0),
    ("017800183345", "Aquarium Heater 100 W with Thermostat", 31.25),
    ("030111603500", "Organic Tomato Fertilizer, 5 lb", 12.49),
    ("079105116473", "Bird Feeder, Squirrel-proof, Powder-coated Steel", 44.95),
)


def shop(name: str, **options: Any) -> ScraperConfig:
    """A configuration with test SKUs and what they should give."""
    document = {
        "name": name,
        "base_url": f"https://www.{name}.example",
        "search_url_template": "/search?q={sku}",
        "options": {
            "test_skus": [PRODUCTS[0][0], PRODUCTS[1][0]],
            "expect": {PRODUCTS[0][0]: {"title": PRODUCTS[0][1], "price": PRODUCTS[0][2]}},
            **options,
        },
    }
    return parse_value(document, source=name)


async def fill(office: Live) -> dict[str, str]:
    """Everything there can be to see; the addresses that no navigation leads to."""
    await _scrapers(office)
    secret = await _keys(office)
    async with office.caller(**{"X-API-Key": secret}) as machine:
        await _runners(machine)
        job_id, open_id = await _jobs(office, machine)
        trial = await _trial(office, machine)
    await _people(office)
    parts = {f"job-{part}": f"/jobs/{job_id}/{part}" for part in ("logs", "compare", "export", "retry")}
    return {
        "job": f"/jobs/{job_id}", **parts, "job-result": f"/jobs/{job_id}/results/1",
        "job-cancel": f"/jobs/{open_id}/cancel", "try": f"/scrapers/-/tries/{trial}",
    }  # fmt: skip


async def _scrapers(office: Live) -> None:
    write = office.office.store.write
    for name in SHOPS:
        await write(lambda tx: scrapers.save(tx, shop(name), by="user rosa", now=office.now()))  # noqa: B023
    changed = shop(SHOPS[0], rate={"per_second": 1}, product_link="a.product-title")
    await write(lambda tx: scrapers.save(tx, changed, by="user rosa", now=office.now()))
    reason = "18 of the last 20 tasks were blocked"
    await write(
        lambda tx: pauses.pause_scraper(tx, SHOPS[2], reason=reason, by="coordinator", now=office.now())
    )


async def _keys(office: Live) -> str:
    write = office.office.store.write
    made = await write(lambda tx: keys.create(tx, "fleet", by="user rosa", now=office.now()))
    await write(lambda tx: keys.create(tx, "garage-pi", bind="garage-pi", by="user rosa", now=office.now()))
    await write(lambda tx: keys.create(tx, "old-laptop", by="user rosa", now=office.now()))
    await write(lambda tx: keys.revoke(tx, "old-laptop", by="user rosa", now=office.now()))
    return made.secret


async def _runners(machine: httpx2.AsyncClient) -> None:
    for name, version in (("office-mac", "0.1.0"), ("warehouse-server", "0.1.0")):
        metadata = {"version": version, "platform": "linux", "python": "3.11.7"}
        await machine.post(REGISTER, json={"runner_name": name, "metadata": metadata})


def _data(price: float, title: str, name: str) -> dict[str, Any]:
    return {
        "title": title, "price": price, "currency": "USD", "availability": "in_stock", "brand": "Bayside",
        "images": [f"https://www.{name}.example/1.jpg", f"https://www.{name}.example/2.jpg"],
        "url": f"https://www.{name}.example/p/1",
    }  # fmt: skip


async def _jobs(office: Live, machine: httpx2.AsyncClient) -> tuple[str, str]:
    """One that ended and one that waits."""
    skus = [sku for sku, _, _ in PRODUCTS]
    made = await office.office.store.write(
        lambda tx: jobs.create(tx, skus, SHOPS[:2], by="user rosa", now=office.now())
    )
    found = {
        sku: {name: _data(price + 2 * i, title, name) for i, name in enumerate(SHOPS[:2])}
        for sku, title, price in PRODUCTS[:4]
    }
    blocked = {PRODUCTS[4][0]: {SHOPS[1]: {"outcome": "blocked", "detail": {"reason": "captcha"}}}}
    results = {"data": found, "outcomes": blocked}
    report = {
        "job_id": made.job_id, "status": "completed", "runner_name": "office-mac", "results": results,
    }  # fmt: skip
    assert 200 == (await machine.post(CALLBACK, json=report)).status_code
    waits = await office.office.store.write(
        lambda tx: jobs.create(tx, skus, SHOPS[:1], by="user rosa", now=office.now())
    )
    return made.job_id, waits.job_id


async def _trial(office: Live, machine: httpx2.AsyncClient) -> str:
    config = shop(SHOPS[0], product_link="h2 a")
    draft = await office.office.store.write(
        lambda tx: drafts.make(tx, config, [], by="user rosa", now=office.now())
    )
    sku, title, price = PRODUCTS[0]
    for job_id, shown in ((draft.job_id, title), (draft.current_job_id, "Bayside Adult Dry Dog Food")):
        data = {sku: {SHOPS[0]: _data(price, shown, SHOPS[0])}}
        report = {"job_id": job_id, "status": "completed", "results": {"data": data}}
        assert 200 == (await machine.post(CALLBACK, json=report)).status_code
    return draft.job_id


async def _people(office: Live) -> None:
    async def rule(tx: Any) -> None:
        await users.create(tx, "rosa", "x", "admin", by="cli", now=office.now())
        await users.invite(tx, "tom", "operator", links.new_token(), by="user rosa", now=office.now())
        await users.create(tx, "ines", "x", "viewer", by="user rosa", now=office.now())
        await tokens.create(tx, "rosa", "nightly import", ["jobs"], by="user rosa", now=office.now())
        rosa = await users.named(tx, "rosa")
        assert rosa
        await totp.begin(tx, rosa.id, office.office.settings.sealing_key)

    await office.office.store.write(rule)
