"""The admin API: what the panel does, as JSON, within a token's scopes."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.coordinator.live import CALLBACK, NOBODY, REGISTER, Live

SHOP = {"name": "shop", "base_url": "https://shop.example", "search_url_template": "/s?q={sku}"}


async def _ok(answer: Any) -> Any:
    got = await answer
    assert 200 == got.status_code, got.text
    return got.json()


async def _shop(script: httpx2.AsyncClient, **options: Any) -> Any:
    return await _ok(script.post("/api/v1/scrapers", json={"document": {**SHOP, "options": options}}))


async def test_a_token_tells_whose_it_is_and_what_it_may(office: Live) -> None:
    async with await office.bearer("jobs") as script:
        me = await _ok(script.get("/api/v1/me"))

    assert me["user"].startswith("admin-")
    assert ["read", "jobs"] == me["scopes"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer bsrt_wrong", "Basic eA==", "bearer bsr_x"])
async def test_no_token_and_a_wrong_one_are_the_same_401(office: Live, header: str) -> None:
    answer = await office.caller(Authorization=header).get("/api/v1/me")

    assert 401 == answer.status_code
    assert answer.json()["error"].startswith("The token is missing, wrong, expired or revoked")


async def test_a_token_without_the_scope_is_told_which_it_lacks(office: Live) -> None:
    async with await office.bearer("read") as script:
        answer = await script.post("/api/v1/scrapers", json={"document": SHOP})

    assert (403, True) == (answer.status_code, "lacks the scope `scrapers`" in answer.json()["error"])


async def test_a_scraper_is_saved_revised_rolled_back_and_switched(office: Live) -> None:
    async with await office.bearer("scrapers") as script:
        first = await _shop(script)
        second = await _shop(script, render="http")
        again = await _shop(script, render="http")
        back = await _ok(script.post("/api/v1/scrapers/shop/revisions/1/restore"))
        disabled = await _ok(script.post("/api/v1/scrapers/shop/disable"))
        revisions = await _ok(script.get("/api/v1/scrapers/shop/revisions"))

    assert [(True, True), (False, True), (False, False)] == [
        (saved["is_new"], saved["is_changed"]) for saved in (first, second, again)
    ]
    assert (3, {}) == (back["scraper"]["revision"], back["scraper"]["config"]["options"])
    assert disabled["disabled"]
    assert [1, 2, 3] == [revision["number"] for revision in revisions["revisions"]]
    assert revisions["revisions"][0]["created_by"].endswith("by token script")


async def test_an_export_can_be_imported_elsewhere(office: Live) -> None:
    async with await office.bearer("scrapers") as script:
        await _shop(script, test_skus=["0012"])
        exported = await _ok(script.get("/api/v1/scrapers"))
        documents = [one["config"] for one in exported["scrapers"]]
        saved = await _ok(script.post("/api/v1/scrapers/import", json={"documents": documents}))

    assert [False] == [one["is_changed"] for one in saved["saved"]]


async def test_an_import_with_a_fault_imports_nothing(office: Live) -> None:
    bad = "name: other\nbase_url: https://x.example\nsearch_url_template: /s\n"
    async with await office.bearer("scrapers") as script:
        answer = await script.post("/api/v1/scrapers/import", json={"documents": [SHOP, bad]})
        there = await _ok(script.get("/api/v1/scrapers"))

    assert 400 == answer.status_code
    assert "documents.1.search_url_template" in answer.json()["error"]
    assert [] == there["scrapers"]


async def test_a_check_tells_each_problem_with_its_line(office: Live) -> None:
    text = "name: shop\nbase_url: http://shop.example\nsearch_url_template: /s?q={sku}\nselectorz: {}\n"
    async with await office.bearer("read") as script:
        found = await _ok(script.post("/api/v1/scrapers/check", json={"document": text}))

    assert not found["is_valid"]
    assert ("selectorz", 4) == (found["problems"][0]["path"], found["problems"][0]["line"])


async def test_a_draft_is_tried_beside_the_current_revision(office: Live) -> None:
    async with await office.bearer("scrapers") as script, await office.machine() as machine:
        await _shop(script)
        trial = await _ok(
            script.post(
                "/api/v1/scrapers/try",
                json={"document": {**SHOP, "disabled": False, "options": {"render": "http"}}, "skus": ["A1"]},
            )
        )
        data = {"A1": {"shop": {"title": "Rake"}}}
        report = {"job_id": trial["job_id"], "status": "completed", "results": {"data": data}}
        await _ok(machine.post(CALLBACK, json=report))
        seen = await _ok(script.get(f"/api/v1/scrapers/tries/{trial['job_id']}"))
        after = await _ok(script.get("/api/v1/scrapers/shop"))

    assert (1, 1) == (trial["base"], after["revision"])
    assert ("Rake", None) == (seen["results"][0]["draft"]["data"]["title"], seen["results"][0].get("current"))


async def test_a_job_is_made_watched_steered_and_read(office: Live) -> None:
    async with await office.bearer("jobs") as script, await office.machine() as machine:
        await office.new_scraper("amazon")
        made = await _ok(script.post("/api/v1/jobs", json={"skus": ["01", "02"], "scrapers": ["amazon"]}))
        here = f"/api/v1/jobs/{made['job_id']}"
        paused = await _ok(script.post(f"{here}/pause"))
        await _ok(script.post(f"{here}/resume"))
        data = {"01": {"amazon": {"title": "Hose", "price": 9.5}}}
        report = {"job_id": made["job_id"], "status": "completed", "results": {"data": data}}
        await _ok(machine.post(CALLBACK, json=report))
        page = await _ok(script.get(f"{here}/results", params={"limit": 1}))
        rest = await _ok(script.get(f"{here}/results", params={"after": page["next"]}))
        retried = await _ok(script.post(f"{here}/retry", json={"outcomes": ["not_found"]}))
        ended = await _ok(script.post(f"{here}/cancel"))
        listed = await _ok(script.get("/api/v1/jobs"))
        product = await _ok(script.get("/api/v1/products/01"))

    assert paused["paused_at"]
    assert ["01", "02"] == [page["results"][0]["sku"], rest["results"][0]["sku"]]
    assert "next" not in rest
    assert (1, "cancelled") == (retried["counts"]["open"], ended["status"])
    assert [made["job_id"]] == [job["job_id"] for job in listed["jobs"]]
    assert ("Hose", 9.5) == (product["title"], product["sources"][0]["price"])


async def test_products_come_page_by_page(office: Live) -> None:
    job_id = await office.new_job(["a", "b", "c"])
    async with await office.machine() as machine, await office.bearer("read") as script:
        data = {sku: {"amazon": {"title": f"Pot {sku}"}} for sku in "abc"}
        report = {"job_id": job_id, "status": "completed", "results": {"data": data}}
        await _ok(machine.post(CALLBACK, json=report))
        first = await _ok(script.get("/api/v1/products", params={"limit": 2}))
        last = await _ok(script.get("/api/v1/products", params={"after": first["next"]}))
        missing = await script.get("/api/v1/products/z")

    assert ["a", "b", "c"] == [one["sku"] for page in (first, last) for one in page["products"]]
    assert ("next" in last, 404) == (False, missing.status_code)


async def test_keys_are_made_rotated_and_revoked(office: Live) -> None:
    async with await office.bearer("runners") as script:
        made = await _ok(script.post("/api/v1/keys", json={"name": "pi", "expires_days": 30}))
        fresh = await _ok(script.post(f"/api/v1/keys/{made['key']['id']}/rotate", json={"overlap_hours": 0}))
        old, new = (office.caller(**{"X-API-Key": one["secret"]}) for one in (made, fresh))
        codes = [(await one.get("/api/admin/scraper-network/health")).status_code for one in (old, new)]
        await _ok(script.post(f"/api/v1/keys/{fresh['key']['id']}/revoke"))
        listed = await _ok(script.get("/api/v1/keys"))

    assert [401, 200] == codes
    assert ["expired", "revoked"] == [key["status"] for key in listed["keys"]]
    assert made["secret"] not in str(listed)


async def test_a_runner_is_paused_with_a_note_and_kept_while_it_is_here(office: Live) -> None:
    async with await office.bearer("runners") as script, await office.machine() as machine:
        await _ok(machine.post(REGISTER, json={"runner_name": "shed/pi 4"}))
        paused = await _ok(script.post("/api/v1/runners/pause", json={"name": "shed/pi 4", "note": "moves"}))
        woken = await _ok(script.post("/api/v1/runners/resume", json={"name": "shed/pi 4"}))
        kept = await script.post("/api/v1/runners/remove", json={"name": "shed/pi 4"})
        unknown = await script.post("/api/v1/runners/pause", json={"name": "nobody"})

    assert ("draining", "moves") == (paused["status"], paused["note"])
    assert "online" == woken["status"]
    assert (409, 404) == (kept.status_code, unknown.status_code)


async def test_people_are_invited_changed_and_the_last_admin_stays(office: Live) -> None:
    async with await office.bearer("admin") as script:
        me = (await _ok(script.get("/api/v1/me")))["user"]
        invited = await _ok(script.post("/api/v1/users", json={"name": "tom", "role": "viewer"}))
        changed = await _ok(script.post("/api/v1/users/tom", json={"role": "operator", "disabled": True}))
        refused = await script.post(f"/api/v1/users/{me}", json={"disabled": True})
        unknown = await script.post("/api/v1/users/nobody", json={"role": "viewer"})

    assert invited["link"].startswith(f"{office.address}/invite?token=")
    assert ("operator", True) == (changed["role"], "disabled_at" in changed)
    assert (409, True) == (refused.status_code, "last admin" in refused.json()["error"])
    assert 400 == unknown.status_code


async def test_a_token_makes_and_ends_another(office: Live) -> None:
    async with await office.bearer("admin") as script:
        made = await _ok(script.post("/api/v1/tokens", json={"name": "ci", "scopes": ["read"]}))
        other = office.caller(Authorization=f"Bearer {made['secret']}")
        before = await other.get("/api/v1/jobs")
        await _ok(script.post(f"/api/v1/tokens/{made['token']['id']}/revoke"))
        after = await other.get("/api/v1/jobs")

    assert [200, 401] == [before.status_code, after.status_code]


async def test_retention_and_audit_tell_before_and_after(office: Live) -> None:
    async with await office.bearer("admin") as script:
        await _ok(script.post("/api/v1/settings/retention", json={"jobs": 90, "tests": 7}))
        kept = await _ok(script.get("/api/v1/settings/retention"))
        refused = await script.post("/api/v1/settings/retention", json={"jobs": 0})
        told = await _ok(script.get("/api/v1/audit", params={"kind": "retention"}))

    assert {"jobs": 90, "tests": 7} == kept
    assert 400 == refused.status_code
    [change] = told["changes"]
    assert (None, 90) == (change["before"]["jobs"], change["after"]["jobs"])


async def test_what_the_environment_sets_cannot_be_rotated_here(office: Live) -> None:
    async with await office.bearer("admin") as script:
        answer = await script.post("/api/v1/settings/webhook/rotate")

    assert (409, True) == (answer.status_code, "SCRAPER_WEBHOOK_SECRET" in answer.json()["error"])


@pytest.mark.parametrize(
    "path", [f"/api/v1/jobs/{NOBODY}", "/api/v1/scrapers/none", f"/api/v1/scrapers/tries/{NOBODY}"]
)
async def test_what_is_not_there_is_a_404_with_words(office: Live, path: str) -> None:
    async with await office.bearer("read") as script:
        answer = await script.get(path)

    assert (404, ["error"]) == (answer.status_code, list(answer.json()))
