"""Bytes become the text a browser would show, or a better one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.scraping.fetch.charset import decode, is_binary_type, looks_binary

GERMAN = "<title>Größe: 12,50 €</title>"
CZECH = "<p>Příliš žluťoučký kůň úpěl ďábelské ódy, cena 1 299 Kč, skladem ihned k odeslání</p>"
RUSSIAN = "<p>Цена товара: 1 299 рублей, доставка завтра по всей России</p>"
JAPANESE = "<p>商品の価格は1,299円です。在庫あり。明日お届けします。</p>"
META = '<meta charset="{}">'


@pytest.mark.parametrize(
    ("text", "codec", "said"),
    [
        (GERMAN, "utf-8", "text/html"),
        (GERMAN, "utf-8", "text/html; charset=utf-8"),
        (GERMAN, "utf-8-sig", "text/html; charset=iso-8859-1"),
        (GERMAN, "utf-8", "text/html; charset=iso-8859-1"),
        (GERMAN, "cp1252", "text/html; charset=iso-8859-1"),
        (GERMAN, "cp1252", "text/html; charset=latin1"),
        (GERMAN, "cp1252", "text/html; charset='windows-1252'"),
        (GERMAN, "cp1252", "text/html; charset=nonsense"),
        (GERMAN, "iso-8859-15", "text/html; charset=ISO-8859-15"),
        (CZECH, "cp1250", "text/html; charset=windows-1250"),
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251"),
        (RUSSIAN, "koi8-r", "text/html; charset=KOI8-R"),
        (RUSSIAN, "cp1251", "text/html; charset=utf-8"),
        (RUSSIAN, "cp1251", "text/html"),
        (JAPANESE, "cp932", "text/html; charset=Shift_JIS"),
        (JAPANESE, "euc-jp", "text/html; charset=euc-jp"),
        (JAPANESE, "iso-2022-jp", "text/html; charset=iso-2022-jp"),
        (JAPANESE, "cp932", "text/html"),
        (GERMAN, "utf-16", "text/html"),
        (GERMAN, "utf-16-le", "text/html; charset=utf-16"),
        (GERMAN, "utf-16-be", "text/html"),
        (META.format("windows-1251") + RUSSIAN, "cp1251", "text/html"),
        (META.format("shift_jis") + JAPANESE, "cp932", "text/html"),
        (META.format("utf-16") + GERMAN, "utf-8", "text/html"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">' + RUSSIAN,
            "koi8-r",
            "text/html",
        ),
        ('<?xml version="1.0" encoding="windows-1251"?>' + RUSSIAN, "cp1251", "application/xml"),
        ("<!--" + "x" * 3_000 + "-->" + META.format("windows-1251") + RUSSIAN, "cp1251", "text/html"),
    ],
)
def test_text_comes_out_as_it_was_written(text: str, codec: str, said: str) -> None:
    assert text == decode(text.encode(codec), said)


def test_a_byte_that_does_not_belong_costs_itself_only() -> None:
    broken = (GERMAN * 20).encode() + b"\xff"

    assert GERMAN * 20 + "\ufffd" == decode(broken, "text/html; charset=utf-8")


@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes_are_some_text(body: bytes, said: str) -> None:
    text = decode(body, f"text/html; charset={said}")

    text.encode("utf-8")  # no lone surrogate can come out


@pytest.mark.parametrize(
    "kind", ["image/png", "application/pdf", "video/mp4", "font/woff2", "application/zip"]
)
def test_kinds_that_are_no_text(kind: str) -> None:
    assert is_binary_type(kind)


@pytest.mark.parametrize(
    "kind",
    ["", "text/html", "application/json; charset=utf-8", "application/vnd.api+json", "image/svg+xml",
     "application/xhtml+xml", "application/javascript", "application/octet-stream"],
)  # fmt: skip
def test_kinds_that_may_be_text(kind: str) -> None:
    assert not is_binary_type(kind)


def test_bytes_that_are_no_text_give_themselves_away() -> None:
    assert all(looks_binary(body) for body in (b"%PDF-1.7", b"\x89PNG\r\n", b"PK\x03\x04", b"ab\x00\x01"))
    assert not any(
        looks_binary(body) for body in (b"", b"<html>", "<p>".encode("utf-16"), "<p>".encode("utf-16-le"))
    )
