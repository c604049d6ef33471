"""Scrapers in the panel: the editor, its faults, revisions, tries, files."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.coordinator.documents import LONGEST, examine, examine_files
from scraper_backend.coordinator.panel import diff, scrapers_form
from scraper_backend.coordinator.rules import scrapers
from scraper_backend.core.errors import Faults
from scraper_backend.core.yaml import load_yaml
from tests.coordinator.live import CALLBACK, Live, csrf_of

SHOP = "name: shop\nbase_url: https://shop.example\nsearch_url_template: /s?q={sku}\n"


async def _send(browser: httpx2.AsyncClient, path: str, **form: str) -> Any:
    return await browser.post(path, data={"csrf": await csrf_of(browser), **form})


async def _saved(office: Live, name: str = "shop") -> scrapers.Scraper:
    return await office.office.store.read(lambda tx: scrapers.get(tx, name))


async def test_a_new_scraper_is_saved_and_listed(office: Live) -> None:
    browser = await office.person("operator")

    answer = await _send(browser, "/scrapers/-/save", text=SHOP, base="", revision="")

    assert (303, "/scrapers/shop?saved=1") == (answer.status_code, answer.headers["location"])
    assert "shop" in (await browser.get("/scrapers")).text
    assert "https://shop.example" in (await browser.get("/scrapers/shop")).text


async def test_a_fault_is_told_with_its_line_and_nothing_typed_is_lost(office: Live) -> None:
    browser = await office.person("operator")
    text = SHOP + "# my note\noptions:\n  rendre: http\n"

    answer = await _send(browser, "/scrapers/-/save", text=text, base="", revision="")

    assert 400 == answer.status_code
    assert 'data-line="6"' in answer.text
    assert "did you mean" in answer.text
    assert "# my note" in answer.text
    with pytest.raises(Faults):
        await _saved(office)


async def test_two_people_who_edit_at_once_are_told(office: Live) -> None:
    browser = await office.person("operator")
    await _send(browser, "/scrapers/-/save", text=SHOP, base="", revision="")
    await _send(browser, "/scrapers/-/save", text=SHOP + "options: {retries: 3}\n", base="shop", revision="1")

    mine = SHOP + "options: {retries: 5}\n"
    late = await _send(browser, "/scrapers/-/save", text=mine, base="shop", revision="1")
    again = await _send(browser, "/scrapers/-/save", text=mine, base="shop", revision="2")

    assert (409, True) == (late.status_code, "somebody saved revision 2" in late.text)
    assert 303 == again.status_code
    assert 5 == (await _saved(office)).config.options.retries


async def test_a_name_is_never_changed_or_taken_by_accident(office: Live) -> None:
    browser = await office.person("operator")
    await _send(browser, "/scrapers/-/save", text=SHOP, base="", revision="")
    other = SHOP.replace("name: shop", "name: other")

    renamed = await _send(browser, "/scrapers/-/save", text=other, base="shop", revision="1")
    taken = await _send(browser, "/scrapers/-/save", text=SHOP, base="", revision="")

    assert (409, True) == (renamed.status_code, "was `shop`" in _plain(renamed.text))
    assert (409, True) == (taken.status_code, "there is a scraper `shop` already" in _plain(taken.text))


def _plain(text: str) -> str:
    return text.replace("<code>", "`").replace("</code>", "`")


async def test_a_rollback_is_one_click_and_a_new_revision(office: Live) -> None:
    browser = await office.person("operator")
    await _send(browser, "/scrapers/-/save", text=SHOP, base="", revision="")
    await _send(browser, "/scrapers/-/save", text=SHOP + "options: {retries: 5}\n", base="shop", revision="1")
    compared = await browser.get("/scrapers/shop/revisions/1?with=current")

    await _send(browser, "/scrapers/shop/restore", number="1")

    assert "<ins>" in compared.text
    saved = await _saved(office)
    assert (3, 2) == (saved.revision, saved.config.options.retries)


async def test_a_scraper_is_disabled_paused_and_resumed(office: Live) -> None:
    browser = await office.person("operator")
    await office.new_scraper("amazon")

    for action in ("disable", "enable", "pause"):
        await _send(browser, "/scrapers/amazon/switch", action=action, reason="they asked us to")
    paused = await browser.get("/scrapers/amazon")
    await _send(browser, "/scrapers/amazon/switch", action="resume")

    assert "they asked us to" in paused.text
    assert (None, False) == ((s := await _saved(office, "amazon")).paused_at, s.config.disabled)


async def test_a_viewer_sees_and_cannot_change(office: Live) -> None:
    await office.new_scraper("amazon")
    browser = await office.person("viewer")

    page = await browser.get("/scrapers/amazon")
    answers = [
        await browser.get("/scrapers/amazon/edit"),
        await _send(browser, "/scrapers/amazon/switch", action="disable"),
        await _send(browser, "/scrapers/-/save", text=SHOP),
    ]

    assert 200 == page.status_code
    assert "/scrapers/amazon/edit" not in page.text
    assert [403, 403, 403] == [answer.status_code for answer in answers]


async def test_what_is_not_there_is_a_page_that_says_so(office: Live) -> None:
    browser = await office.person("viewer")
    await office.new_scraper("amazon")

    answers = [await browser.get(path) for path in ("/scrapers/amazn", "/scrapers/amazon/revisions/7")]

    assert [404, 404] == [answer.status_code for answer in answers]
    assert "did you mean" in answers[0].text


async def test_a_try_shows_both_sides_and_saves_nothing(office: Live) -> None:
    browser = await office.person("operator")
    await _send(browser, "/scrapers/-/save", text=SHOP, base="", revision="")
    draft = SHOP + "options:\n  retries: 5\n  expect: {A1: {title: Rake, price: 9}}\n"

    answer = await _send(browser, "/scrapers/-/try", text=draft, base="shop", revision="1", skus="A1\n")
    place = answer.headers["location"]
    job_id = place.rpartition("/")[2]
    async with await office.machine() as machine:
        data = {"A1": {"shop": {"title": "Rake", "price": 8}}}
        report = {"job_id": job_id, "status": "completed", "results": {"data": data}}
        assert 200 == (await machine.post(CALLBACK, json=report)).status_code
    page = await browser.get(place)
    back = await browser.get(f"{place}/edit")

    assert "1 of 2 answers are here" in page.text
    assert ("as expected" in page.text, "differs" in page.text) == (True, True)
    assert "retries: 5" in back.text
    assert 1 == (await _saved(office)).revision


async def test_files_go_out_as_a_zip_and_come_in_again(office: Live) -> None:
    browser = await office.person("operator")
    await office.new_scraper("amazon")
    await office.new_scraper("chewy")

    packed = await browser.get("/scrapers/-/export")
    answer = await browser.post(
        "/scrapers/-/import",
        data={"csrf": await csrf_of(browser)},
        files=[("files", ("all.zip", packed.content)), ("files", ("shop.yaml", SHOP.encode()))],
    )

    assert ["amazon.yaml", "chewy.yaml"] == zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    assert (200, True) == (answer.status_code, "3 imported" in answer.text)


async def test_one_faulty_file_imports_none(office: Live) -> None:
    browser = await office.person("operator")

    answer = await browser.post(
        "/scrapers/-/import",
        data={"csrf": await csrf_of(browser)},
        files=[("files", ("a.yaml", SHOP.encode())), ("files", ("b.yaml", b"name: b\n"))],
    )

    assert (400, True) == (answer.status_code, "Nothing was imported" in answer.text)
    assert [] == await office.office.store.read(scrapers.every)


async def test_the_form_changes_its_own_line_of_the_text(office: Live) -> None:
    browser = await office.person("operator")
    text = SHOP + "# keep me\n"

    answer = await _send(
        browser, "/scrapers/-/form", **{"text": text, "options.rate.per_second": "0.5", "name": "shop"}
    )

    found = re.search(r"<pre hidden data-fresh-text>(.*?)</pre>", answer.text, re.S)
    assert found
    assert found[1].startswith(text)
    assert {"rate": {"per_second": 0.5}} == load_yaml(found[1], source="x")[0]["options"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("name: a  # mine\nb: 1\n", "name", "c", "name: c  # mine\nb: 1\n"),
        ("name: a\n", "base_url", "https://x", "name: a\nbase_url: https://x\n"),
        ("options:\n  retries: 3\n", "options.render", "http", "options:\n  render: http\n  retries: 3\n"),
        ("options:\n  render: http\n  retries: 3\n", "options.render", None, "options:\n  retries: 3\n"),
        ("options: {render: http}\n", "options.render", None, "{}\n"),
        ("name: a\n", "options.render", "http", "name: a\noptions:\n  render: http\n"),
    ],
)
def test_a_value_is_put_where_it_belongs(text: str, path: str, value: Any, expected: str) -> None:
    assert expected == scrapers_form.put(text, path, value)


ONE_LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=40)
"""What the input of a form can hold: no line breaks of any kind."""


@given(ONE_LINE, st.sampled_from([field.path for field in scrapers_form.INPUTS]))
def test_whatever_is_typed_into_the_form_is_what_the_text_then_says(said: str, path: str) -> None:
    text = scrapers_form.put("# mine\nname: shop\noptions:\n  # rest\n  retries: 3\n", path, said)

    value: Any = load_yaml(text, source="x")[0]
    for part in path.split("."):
        value = value[part]
    assert said == value


@given(st.text(max_size=300))
def test_any_text_is_read_or_its_faults_are_told(text: str) -> None:
    reading = examine(text)

    assert (reading.config is None) == bool(reading.errors)


def test_a_text_without_end_and_a_bomb_are_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bomb.yaml", b"#" * 50_000_000)

    [file] = examine_files([("bomb.zip", archive.getvalue())])

    assert examine("#" * (LONGEST + 1)).errors
    assert file.reading.errors


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_a_difference_holds_what_went_and_what_came(before: list[str], after: list[str]) -> None:
    rows = diff.rows("\n".join(before), "\n".join(after))

    gone = [row.before for row in rows if row.kind == "gone"]
    new = [row.after for row in rows if row.kind == "new"]
    kept_before = [line for number, line in enumerate(before, 1) if number not in gone]
    kept_after = [line for number, line in enumerate(after, 1) if number not in new]
    assert kept_before == kept_after


async def test_comments_and_order_come_back_as_they_were_written(office: Live) -> None:
    """Into the editor and out as a file; a switch changes its own line, a rollback brings them back."""
    browser = await office.person("operator")
    rest = "base_url: https://shop.example\nname: shop  # ours\nsearch_url_template: /s?q={sku}\n"
    written = f"# Ask Tom before changing this.\n{rest}"
    await _send(browser, "/scrapers/-/save", text=written.replace("\n", "\r\n"), base="", revision="")

    edited = await browser.get("/scrapers/shop/edit")
    exported = await browser.get("/scrapers/shop/export")
    again = written.replace("Tom", "Ines")
    await _send(browser, "/scrapers/-/save", text=again, base="shop", revision="1")
    same = await browser.get("/scrapers/shop/export")
    await _send(browser, "/scrapers/shop/switch", action="disable")
    disabled = await browser.get("/scrapers/shop/export")
    await _send(browser, "/scrapers/-/save", text=SHOP + "options: {retries: 5}\n", base="shop", revision="1")
    await _send(browser, "/scrapers/shop/restore", number="1")
    restored = await browser.get("/scrapers/shop/export")
    copied = await browser.get("/scrapers/-/new?from=shop")

    assert "# Ask Tom before changing this." in html.unescape(edited.text)
    assert [written, again, again + "disabled: true\n"] == [exported.text, same.text, disabled.text]
    assert again == restored.text
    assert 3 == (await _saved(office)).revision
    assert "name: shop-copy  # ours" in html.unescape(copied.text)
