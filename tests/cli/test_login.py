"""`bsr` at a coordinator on another machine: logged in, the same words; without a right token, clear ones."""

from __future__ import annotations

import asyncio
import io
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from scraper_backend.coordinator.rules import tokens, users
from tests.cli.conftest import Answer, Bsr
from tests.coordinator.live import CALLBACK, Live, live

Call = Callable[..., Awaitable[Answer]]
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Live]:
    async with live(f"sqlite:///{tmp_path}/office.db") as opened:
        yield opened


@pytest.fixture
def elsewhere(bsr: Bsr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """A machine without a coordinator of its own; the command runs beside the coordinator's event loop."""
    monkeypatch.delenv("BSR_DATA_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))

    async def call(*arguments: str | Path) -> Answer:
        return await asyncio.to_thread(bsr, *arguments)

    return call


async def _token(office: Live, *scopes: str) -> str:
    async def make(tx: object) -> str:
        await users.create(tx, "rosa", "", "admin", now=office.now())  # type: ignore[arg-type]
        made = await tokens.create(tx, "rosa", "laptop", scopes, by="test", now=office.now())  # type: ignore[arg-type]
        return made.secret

    return await office.office.store.write(make)


async def _logged_in(call: Call, office: Live, monkeypatch: pytest.MonkeyPatch, *scopes: str) -> Answer:
    token = await _token(office, *scopes or ("jobs", "scrapers", "runners"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(token + "\n"))
    return await call("login", office.address, "--token-stdin")


async def test_a_login_is_tried_and_kept_where_nobody_else_reads(
    elsewhere: Call, office: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await _logged_in(elsewhere, office, monkeypatch)

    path = tmp_path / "config" / "baystate-scraper" / "login.json"
    assert 0 == answer.code, answer.err
    assert f"Logged in to {office.address} as rosa" in answer.out
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert json.loads(path.read_text())["tokens"][office.address].startswith("bsrt_")
    assert "bsrt_" not in answer.out + answer.err


async def test_a_person_is_led_to_the_page_that_makes_the_token(elsewhere: Call, office: Live) -> None:
    answer = await elsewhere("login", office.address, "--scope", "read")

    assert 2 == answer.code
    assert f"{office.address}/settings/tokens?name=bsr+on+" in answer.err
    assert "scopes=read" in answer.err
    assert "--token-stdin" in answer.err


async def test_a_day_of_work_from_another_machine(
    elsewhere: Call, office: Live, material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Import, job, key, results, export, cancel: nothing of it is in a database here."""
    await _logged_in(elsewhere, office, monkeypatch)

    imported = await elsewhere("scraper", "import", material)
    made = await elsewhere(
        "job", "create", "--sku", "0012", "--sku", "0013", "--scraper", "practice-pets", "--json"
    )
    key = await elsewhere("key", "create", "garage", "--json")
    job_id = made.json["job_id"]
    async with office.caller(**{"X-API-Key": key.json["api_key"]}) as machine:
        data = {"0012": {"practice-pets": {"title": "Bone", "price": 4.5}}}
        report = {"job_id": job_id, "status": "running", "results": {"data": data}}
        assert 200 == (await machine.post(CALLBACK, json=report)).status_code
    shown = await elsewhere("job", "show", job_id[:6])
    exported = await elsewhere("job", "export", job_id, "--format", "csv")
    cancelled = await elsewhere("job", "cancel", job_id, "--json")
    watched = await elsewhere("job", "watch", job_id)

    assert 0 == imported.code, imported.err
    assert "practice-garden  revision 1  new" in imported.out
    assert (2, []) == (made.json["tasks"], made.json["bad"])
    assert "1 of 2" in shown.out
    assert "0012,practice-pets,found,Bone,4.5" in exported.out
    assert ("cancelled", 1) == (cancelled.json["status"], cancelled.json["counts"]["found"])
    assert (1, True) == (watched.code, watched.out.startswith("cancelled: 1 found"))
    assert not (tmp_path / "share").exists()


async def test_the_same_command_says_the_same_here_and_there(
    elsewhere: Call, bsr: Bsr, office: Live, material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = [
        ("scraper", "import", material, "--json"),
        ("scraper", "list"),
        ("scraper", "disable", "practice-garden", "--json"),
        ("scraper", "export", "practice-pets"),
        ("scraper", "export", "nobody"),
        ("key", "create", "fleet", "--json"),
        ("key", "rotate", "fleet", "--overlap", "1.5", "--json"),
        ("key", "list"),
        ("key", "revoke", "fleet", "--json"),
        ("key", "list", "--all", "--json"),
        ("runner", "list"),
        ("runner", "list", "--json"),
        ("job", "list"),
        ("job", "create", "--sku", "A", "--scraper", "practice-pet"),
        ("job", "create", "--test", "--scraper", "practice-pets", "--json"),
        ("job", "list", "--json"),
        ("job", "show", "ffff"),
        ("job", "cancel", "00000000-0000-4000-8000-000000000000"),
    ]
    await _logged_in(elsewhere, office, monkeypatch)
    there = [await elsewhere(*words) for words in day]
    monkeypatch.setenv("BSR_DATA_DIR", str(tmp_path / "data"))
    here = [await elsewhere(*words) for words in day]

    for words, one, other in zip(day, here, there, strict=True):
        assert (one.code, _shape(one.out)) == (other.code, _shape(other.out)), (words, one, other)


def _shape(out: str) -> object:
    """What is the same on any day: names and kinds of JSON, words of a text without what chance made."""
    try:
        return _kinds(json.loads(out))
    except ValueError:
        return [[word for word in line.split() if word.isalpha()] for line in out.splitlines()]


def _kinds(value: object) -> object:
    if isinstance(value, dict):
        return {name: _kinds(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_kinds(part) for part in value]
    return type(value).__name__


async def test_who_may_not_is_told_why(
    elsewhere: Call, office: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _logged_in(elsewhere, office, monkeypatch, "read")
    forbidden = await elsewhere("key", "create", "x")
    monkeypatch.setenv("BSR_TOKEN", "bsrt_wrong")
    refused = await elsewhere("job", "list")
    monkeypatch.setenv("BSR_COORDINATOR", NOBODY)
    away = await elsewhere("job", "list")
    monkeypatch.delenv("BSR_TOKEN")
    unknown = await elsewhere("job", "list")
    wrong = await elsewhere("--coordinator", "scraper.example.com", "job", "list")

    assert (4, True) == (forbidden.code, "scope `runners`" in forbidden.err)
    assert (4, True) == (refused.code, f"bsr login {office.address}" in refused.err)
    assert (75, True) == (away.code, f"no answer from {NOBODY}" in away.err)
    assert (4, True) == (unknown.code, f"run: bsr login {NOBODY}" in unknown.err)
    assert (2, True) == (wrong.code, "no address of a coordinator" in wrong.err)


async def test_a_refused_token_is_not_kept(
    elsewhere: Call, office: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BSR_TOKEN", "bsrt_" + "x" * 49)

    answer = await elsewhere("login", office.address)

    assert (4, "") == (answer.code, answer.out)
    assert not Path(os.environ["XDG_CONFIG_HOME"]).exists()


async def test_after_the_logout_the_own_database_is_meant_again(
    elsewhere: Call, office: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _logged_in(elsewhere, office, monkeypatch)
    await office.new_scraper("amazon")
    there = await elsewhere("scraper", "list", "--json")

    gone = await elsewhere("logout")
    again = await elsewhere("logout", "--json")
    here = await elsewhere("scraper", "list", "--json")

    assert ["amazon"] == [one["name"] for one in there.json]
    assert f"{office.address}/settings/tokens" in gone.out
    assert {"coordinator": None, "forgotten": False} == again.json
    assert [] == here.json
    assert "bsrt_" not in (tmp_path / "config" / "baystate-scraper" / "login.json").read_text()
