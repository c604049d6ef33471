"""API keys: made, shown once, bound, rotated, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scraper_backend.coordinator.rules import keys
from scraper_backend.coordinator.rules.keys import Key
from scraper_backend.core import signing
from scraper_backend.core.errors import Faults, Forbidden
from tests.coordinator.office import Office


async def whose(office: Office, secret: str) -> Key | None:
    hashed = signing.hash_key(secret)
    return await office.store.read(lambda tx: keys.authenticate(tx, hashed, now=office.now))


async def create(office: Office, name: str, **options: object) -> keys.NewKey:
    return await office.store.write(lambda tx: keys.create(tx, name, now=office.now, **options))  # type: ignore[arg-type]


async def test_a_new_key_opens_the_door_and_is_kept_as_a_hash_only(office: Office) -> None:
    made = await create(office, "mac")

    assert signing.is_well_formed(made.secret)
    assert made.key == await whose(office, made.secret)
    assert made.secret not in repr(await office.store.read(keys.every))


async def test_unknown_expired_and_revoked_keys_are_all_nobodys(office: Office) -> None:
    expiring = await create(office, "guest", expires_in=timedelta(days=1))
    revoked = await create(office, "old")
    await office.store.write(lambda tx: keys.revoke(tx, "old", now=office.now))
    office.later(days=1)

    assert [None, None, None] == [
        await whose(office, secret) for secret in ("bsr_wrong", expiring.secret, revoked.secret)
    ]


async def test_a_name_is_taken_until_its_key_is_revoked(office: Office) -> None:
    await create(office, "mac")
    with pytest.raises(Faults, match="a key named `mac` exists"):
        await create(office, "mac")

    await office.store.write(lambda tx: keys.revoke(tx, "mac", now=office.now))

    assert "mac" == (await create(office, "mac")).key.name


async def test_all_that_is_wrong_with_a_key_is_told_at_once(office: Office) -> None:
    with pytest.raises(Faults) as faults:
        await create(office, " ", bind="", expires_in=timedelta())

    assert ["name", "bind", "expires"] == [problem.path for problem in faults.value.problems]


async def test_revoking_names_the_key_that_was_meant(office: Office) -> None:
    with pytest.raises(Faults, match="did you mean `fleet`"):
        await office.store.write(lambda tx: keys.revoke(tx, "fleat", now=office.now))


async def test_a_key_can_be_revoked_by_its_number(office: Office) -> None:
    made = await create(office, "mac")

    await office.store.write(lambda tx: keys.revoke(tx, f"#{made.key.id}", now=office.now))

    assert await whose(office, made.secret) is None


async def test_a_rotated_key_and_its_successor_overlap(office: Office) -> None:
    old = await create(office, "mac", bind="office-mac")
    new = await office.store.write(
        lambda tx: keys.rotate(tx, "mac", overlap=timedelta(hours=1), now=office.now)
    )

    overlapping = [await whose(office, secret) for secret in (old.secret, new.secret)]
    office.later(hours=1)
    afterwards = [await whose(office, secret) for secret in (old.secret, new.secret)]

    assert ["rotated", "live"] == [key.status(office.now - timedelta(hours=1)) for key in overlapping if key]
    assert [None, new.key] == afterwards
    assert (old.key.family, "office-mac") == (new.key.family, new.key.bound)


async def test_revoking_a_name_ends_the_key_it_was_rotated_from_too(office: Office) -> None:
    old = await create(office, "mac")
    new = await office.store.write(lambda tx: keys.rotate(tx, "mac", now=office.now))

    await office.store.write(lambda tx: keys.revoke(tx, "mac", now=office.now))

    assert [None, None] == [await whose(office, secret) for secret in (old.secret, new.secret)]


async def test_use_is_noted_once_a_minute(office: Office) -> None:
    made = await create(office, "mac")
    assert keys.wants_touch(made.key, office.now)
    await office.store.write(lambda tx: keys.touch(tx, made.key, now=office.now))
    used = await whose(office, made.secret)
    office.later(seconds=59)

    assert used is not None
    assert not keys.wants_touch(used, office.now)
    office.later(seconds=1)
    assert keys.wants_touch(used, office.now)


async def test_a_bound_key_speaks_for_its_runner_alone(office: Office) -> None:
    bound = await office.key("pi", bind="garage-pi")

    async def may(key: Key, runner: str) -> bool:
        try:
            await office.store.read(lambda tx: keys.ensure_may_speak_for(tx, key, runner, now=office.now))
        except Forbidden:
            return False
        return True

    fleet = office.known_keys["fleet"]
    assert [True, False] == [await may(bound, name) for name in ("garage-pi", "office-mac")]
    assert [False, True] == [await may(fleet, name) for name in ("garage-pi", "office-mac")]


async def test_a_revoked_bound_key_owns_no_name(office: Office) -> None:
    await office.key("pi", bind="garage-pi")
    await office.store.write(lambda tx: keys.revoke(tx, "pi", now=office.now))
    fleet = office.known_keys["fleet"]

    await office.store.read(lambda tx: keys.ensure_may_speak_for(tx, fleet, "garage-pi", now=office.now))
