"""Signatures of bodies, and the shape of keys."""

from __future__ import annotations

import hashlib
import hmac
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper_backend.core.signing import hash_key, is_signed, is_well_formed, new_key, sign

BODY = '{"error_message": "naïve “quotes”\\n"}'.encode()


def test_a_signature_is_what_openssl_makes_of_it() -> None:
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "s3cret", "-r"], input=BODY, capture_output=True, check=True
    )

    assert made.stdout.split()[0].decode() == sign(BODY, "s3cret")


@pytest.mark.parametrize("change", [str, str.upper, lambda s: "sha256=" + s, lambda s: f"  {s}\n"])
def test_a_right_signature_is_right_in_each_of_its_forms(change: object) -> None:
    assert callable(change)
    assert is_signed(BODY, change(sign(BODY, "s3cret")), ("s3cret",))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        "sha256=",
        "0" * 64,
        "sha1=" + "0" * 64,
        "é" * 64,
        hmac.new(b"s3cret", BODY, hashlib.sha1).hexdigest(),
    ],
)
def test_a_wrong_signature_is_wrong(signature: str) -> None:
    assert not is_signed(BODY, signature, ("s3cret",))


def test_the_previous_secret_still_counts_and_an_empty_one_never_does() -> None:
    signature = sign(BODY, "old")

    assert is_signed(BODY, signature, ("new", "old"))
    assert not is_signed(BODY, signature, ("new",))
    assert not is_signed(BODY, sign(BODY, ""), ("",))


@given(st.binary(), st.binary(), st.text(min_size=1))
def test_a_signature_is_of_one_body_only(body: bytes, other: bytes, secret: str) -> None:
    assert is_signed(body, sign(body, secret), (secret,))
    assert (body == other) == is_signed(other, sign(body, secret), (secret,))


def test_a_new_key_is_well_formed_and_never_the_same() -> None:
    keys = {new_key() for _ in range(100)}

    assert 100 == len(keys)
    assert all(is_well_formed(key) and len(key) == 53 for key in keys)


def test_a_typing_error_in_a_key_is_noticed() -> None:
    key = new_key()
    wrong = key[:20] + ("A" if key[20] != "A" else "B") + key[21:]

    assert not is_well_formed(wrong)
    assert not is_well_formed(key[:-1])


def test_only_the_hash_of_a_key_is_stored() -> None:
    assert "sha256:" + hashlib.sha256(b"bsr_x").hexdigest() == hash_key("bsr_x")
    assert hash_key("bsr_\udcff").startswith("sha256:"), "a header of any bytes has a hash"
