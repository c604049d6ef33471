"""People: invitations, roles, the last admin, second factors, tokens; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from scraper_backend.coordinator.rules import audit, links, secrets, sessions, tokens, totp, users, webhook
from scraper_backend.coordinator.rules.users import Role, User
from scraper_backend.coordinator.store import Store
from scraper_backend.core.errors import Faults, Forbidden, UsageError
from tests.coordinator.office import MONDAY

KEY = bytes(range(32))


async def _user(store: Store, name: str, role: Role = "admin") -> User:
    return await store.write(lambda tx: users.create(tx, name, "hash", role, now=MONDAY))


async def test_an_invitation_sets_one_password_and_works_once(store: Store) -> None:
    token = links.new_token()
    await store.write(lambda tx: users.invite(tx, "tom", "operator", token, by="user ann", now=MONDAY))

    tom = await store.write(lambda tx: users.accept(tx, token, "a hash", now=MONDAY))

    assert ("tom", "operator") == (tom.name, tom.role)
    with pytest.raises(Forbidden, match="used or is too old"):
        await store.write(lambda tx: users.accept(tx, token, "another", now=MONDAY))


async def test_a_new_invitation_takes_back_the_one_before(store: Store) -> None:
    old, new = links.new_token(), links.new_token()
    await store.write(lambda tx: users.invite(tx, "tom", "viewer", old, by="user ann", now=MONDAY))
    await store.write(lambda tx: users.invite_again(tx, "tom", new, by="user ann", now=MONDAY))

    assert await store.read(lambda tx: links.owner(tx, old, "invite", now=MONDAY)) is None
    assert await store.read(lambda tx: links.owner(tx, new, "invite", now=MONDAY)) is not None


async def test_the_last_admin_cannot_be_removed(store: Store) -> None:
    await _user(store, "ann")
    await _user(store, "tom", "operator")

    for rule in (
        lambda tx: users.disable(tx, "ann", by="user ann", now=MONDAY),
        lambda tx: users.change_role(tx, "ann", "viewer", by="user ann", now=MONDAY),
    ):
        with pytest.raises(UsageError, match="ann is the last admin"):
            await store.write(rule)

    await store.write(lambda tx: users.change_role(tx, "tom", "admin", by="user ann", now=MONDAY))
    await store.write(lambda tx: users.disable(tx, "ann", by="user tom", now=MONDAY))
    assert await store.read(lambda tx: users.named(tx, "ann")) is None


async def test_a_disabled_person_is_signed_out_and_their_tokens_stop(store: Store) -> None:
    await _user(store, "ann")
    tom = await _user(store, "tom", "operator")
    made = await store.write(lambda tx: tokens.create(tx, "tom", "t", ["jobs"], by="user tom", now=MONDAY))
    await store.write(lambda tx: sessions.start(tx, tom, "cookie", agent="", address="", now=MONDAY))

    await store.write(lambda tx: users.disable(tx, "tom", by="user ann", now=MONDAY))

    assert await store.read(lambda tx: sessions.find(tx, "cookie", now=MONDAY)) is None
    assert await store.read(lambda tx: tokens.authenticate(tx, made.secret, now=MONDAY)) is None


async def test_a_token_never_may_more_than_its_owner_may_now(store: Store) -> None:
    await _user(store, "ann")
    await _user(store, "tom", "operator")
    made = await store.write(
        lambda tx: tokens.create(tx, "tom", "t", ["jobs", "scrapers"], by="user tom", now=MONDAY)
    )

    await store.write(lambda tx: users.change_role(tx, "tom", "viewer", by="user ann", now=MONDAY))

    token = await store.read(lambda tx: tokens.authenticate(tx, made.secret, now=MONDAY))
    assert token
    assert ("read",) == token.scopes


async def test_a_token_tells_all_its_faults(store: Store) -> None:
    await _user(store, "tom", "operator")

    with pytest.raises(Faults) as told:
        await store.write(
            lambda tx: tokens.create(
                tx, "tom", "", ["admin", "scraper"], expires_in=timedelta(0), by="user tom", now=MONDAY
            )
        )

    assert ["name", "scopes", "scopes", "expires_days"] == [p.path for p in told.value.problems]
    assert "did you mean `scrapers`?" in str(told.value)


async def test_a_token_ends_when_it_expires_or_is_revoked(store: Store) -> None:
    await _user(store, "ann")
    made = await store.write(lambda tx: tokens.create(tx, "ann", "t", ["read"], by="user ann", now=MONDAY))

    later = MONDAY + timedelta(days=90)
    assert await store.read(lambda tx: tokens.authenticate(tx, made.secret, now=MONDAY))
    assert await store.read(lambda tx: tokens.authenticate(tx, made.secret, now=later)) is None
    await store.write(lambda tx: tokens.revoke(tx, made.token.id, by="user ann", now=MONDAY))
    assert await store.read(lambda tx: tokens.authenticate(tx, made.secret, now=MONDAY)) is None


async def _with_factor(store: Store) -> tuple[User, pyotp.TOTP, list[str]]:
    ann = await _user(store, "ann")
    await store.write(lambda tx: totp.begin(tx, ann.id, KEY))
    factor = await store.read(lambda tx: totp.of(tx, ann.id))
    phone = pyotp.TOTP(totp.secret_of(factor, ann.id, KEY))
    code = phone.at(MONDAY)
    codes = await store.write(
        lambda tx: totp.confirm(tx, ann.id, "ann", code, KEY, by="user ann", now=MONDAY)
    )
    return ann, phone, codes


async def test_a_code_of_the_phone_works_once(store: Store) -> None:
    ann, phone, _ = await _with_factor(store)
    later = MONDAY + timedelta(minutes=1)
    code = phone.at(later)

    tried = [
        await store.write(lambda tx: totp.check(tx, ann, given, KEY, now=later))  # noqa: B023
        for given in (phone.at(MONDAY), "000000", code, code)
    ]

    assert [False, False, True, False] == tried


async def test_a_recovery_code_works_once_however_it_is_written(store: Store) -> None:
    ann, _, codes = await _with_factor(store)
    written = codes[0].upper().replace("-", " ")

    tried = [await store.write(lambda tx: totp.check(tx, ann, written, KEY, now=MONDAY)) for _ in range(2)]

    assert [True, False] == tried
    assert 9 == await store.read(lambda tx: totp.codes_left(tx, ann.id))


async def test_a_factor_does_not_open_with_another_key(store: Store) -> None:
    ann, phone, _ = await _with_factor(store)

    with pytest.raises(UsageError, match="sealed with another BSR_MASTER_KEY"):
        await store.write(lambda tx: totp.check(tx, ann, phone.at(MONDAY), bytes(32), now=MONDAY))


async def test_a_rotated_webhook_secret_leaves_the_one_before_in_place(store: Store) -> None:
    first = await store.write(lambda tx: webhook.rotate(tx, KEY, by="user ann", now=MONDAY))
    second = await store.write(lambda tx: webhook.rotate(tx, KEY, by="user ann", now=MONDAY))

    assert (second, first) == await store.read(lambda tx: webhook.stored(tx, KEY))
    await store.write(lambda tx: webhook.end_previous(tx, by="user ann", now=MONDAY))
    assert (second,) == await store.read(lambda tx: webhook.stored(tx, KEY))
    with pytest.raises(UsageError, match="openssl rand"):
        await store.write(lambda tx: webhook.rotate(tx, None, by="user ann", now=MONDAY))


def test_a_sealed_secret_is_no_other_secret() -> None:
    sealed = secrets.seal(KEY, "webhook", "hush")

    assert "hush" == secrets.unseal(KEY, "webhook", sealed)
    with pytest.raises(UsageError):
        secrets.unseal(KEY, "factor of user 1", sealed)


@pytest.mark.parametrize("text", ["00" * 32, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="])
def test_a_master_key_is_hex_or_base64(text: str) -> None:
    assert 32 == len(secrets.read_key(text))


@pytest.mark.parametrize("text", ["", "short", "00" * 31, "ä" * 32])
def test_another_text_is_no_master_key(text: str) -> None:
    with pytest.raises(ValueError, match="openssl rand"):
        secrets.read_key(text)


async def test_the_audit_log_is_read_by_whom_and_what(store: Store) -> None:
    await _user(store, "ann")
    await store.write(
        lambda tx: users.invite(tx, "tom", "viewer", links.new_token(), by="user ann", now=MONDAY)
    )
    await store.write(lambda tx: webhook.rotate(tx, KEY, by="user ann", now=MONDAY))

    found = await store.read(lambda tx: audit.page(tx, actor="user ann", kind="user"))

    assert [("user.created", "tom")] == [(row.action, row.subject) for row in found]
    assert ["cli", "user ann"] == await store.read(audit.actors)
