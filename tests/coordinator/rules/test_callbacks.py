"""The contract's callback: repeated, late, out of order, from two runners at once."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, get_args

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper_backend.coordinator.rules import jobs, leases
from scraper_backend.coordinator.store.sqlite import SqliteStore
from scraper_backend.core.errors import Forbidden, NoSuchJob
from scraper_backend.core.wire import OutcomeKind
from tests.coordinator.office import Office, product

RESULTS = {"A": {"amazon": product("a"), "chewy": product("a")}, "B": {"amazon": product("b")}}
ALL = {"total": 4, "found": 3, "not_found": 1}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_a_job_runs_and_completes(office: Office) -> None:
    job_id = await office.job()

    running = await office.report(job_id, "running")
    completed = await office.report(job_id, "completed", RESULTS)

    assert [("running", True), ("completed", True)] == [(a.status, a.applied) for a in (running, completed)]
    assert (3, 0, []) == (completed.stored, completed.duplicates, completed.ignored)
    assert ALL == await office.counts(job_id)
    assert product("b") == (await office.results(job_id))["B", "amazon"].data


async def test_completed_needs_no_running_before_it(office: Office) -> None:
    job_id = await office.job()

    await office.report(job_id, "completed", RESULTS)

    job = await office.show(job_id)
    assert ("completed", office.now, office.now) == (job.status, job.started_at, job.ended_at)


async def test_a_repeated_callback_changes_nothing(office: Office) -> None:
    """A runner that lost our answer sends its results again."""
    job_id = await office.job()
    await office.report(job_id, "completed", RESULTS)
    before = await office.results(job_id)
    office.later(minutes=5)

    again = await office.report(job_id, "completed", RESULTS)

    assert (True, False, "completed", 0, 3) == (
        again.success, again.applied, again.status, again.stored, again.duplicates,
    )  # fmt: skip
    assert before == await office.results(job_id)


async def test_two_that_complete_at_the_same_moment_are_one(office: Office) -> None:
    job_id = await office.job()

    answers = await asyncio.gather(*(office.report(job_id, "completed", RESULTS) for _ in range(6)))

    assert [False] * 5 + [True] == sorted(answer.applied for answer in answers)
    assert ALL == await office.counts(job_id)


async def test_results_that_come_with_running_are_kept(office: Office) -> None:
    """A large result set is sent in parts, the last one with `completed`."""
    job_id = await office.job()

    part = await office.report(job_id, "running", {"A": {"amazon": product("a")}})
    await office.report(job_id, "completed", {"B": {"amazon": product("b")}})

    assert ("running", 1) == (part.status, part.stored)
    assert {"total": 4, "found": 2, "not_found": 2} == await office.counts(job_id)


async def test_failed_keeps_its_partial_data(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running")

    answer = await office.report(job_id, "failed", {"A": {"amazon": product("a")}})

    job = await office.show(job_id)
    assert ("failed", "the shop burned down") == (answer.status, job.error)
    assert {"total": 4, "found": 1, "failed": 3} == await office.counts(job_id)
    assert {"reason": "job_failed"} == (await office.results(job_id))["B", "chewy"].detail


async def test_failed_after_completed_changes_nothing(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "completed", RESULTS)

    answer = await office.report(job_id, "failed")

    job = await office.show(job_id)
    assert (False, "completed", None) == (answer.applied, answer.status, job.error)


async def test_a_late_running_changes_nothing(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "completed", RESULTS)

    answer = await office.report(job_id, "running")

    assert (False, "completed") == (answer.applied, answer.status)


async def test_a_late_success_is_not_thrown_away(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "failed")

    answer = await office.report(job_id, "completed", RESULTS)

    assert (True, "completed", 3) == (answer.applied, answer.status, answer.stored)
    assert ALL == await office.counts(job_id)


async def test_the_first_value_of_a_product_stays(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    await office.report(job_id, "completed", {"A": {"amazon": product("first")}})

    await office.report(job_id, "completed", {"A": {"amazon": product("second")}}, runner="garage-pi")

    assert "first" == (await office.results(job_id))["A", "amazon"].data["title"]


async def test_a_second_runner_adds_what_the_first_did_not_find(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "completed", {"A": {"amazon": product("a")}})

    answer = await office.report(job_id, "completed", RESULTS, runner="garage-pi")

    assert (2, 1) == (answer.stored, answer.duplicates)
    assert ALL == await office.counts(job_id)


async def test_the_first_to_complete_leaves_the_rest_to_who_still_works(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running", runner="office-mac")
    await office.report(job_id, "running", runner="garage-pi")

    first = await office.report(job_id, "completed", {"A": {"amazon": product("a")}}, runner="office-mac")
    second = await office.report(job_id, "completed", {"B": {"amazon": product("b")}}, runner="garage-pi")

    assert ["running", "completed"] == [first.status, second.status]
    assert {"total": 4, "found": 2, "not_found": 2} == await office.counts(job_id)


async def test_completed_without_a_name_ends_all_leases_of_its_key(office: Office) -> None:
    other = await office.key("other")
    job_id = await office.job()
    await office.report(job_id, "running", runner="a")
    await office.report(job_id, "running", runner="b")
    await office.report(job_id, "running", runner="c", key=other)

    mine = await office.report(job_id, "completed", RESULTS, runner=None)
    others = await office.report(job_id, "completed", runner="c", key=other)

    assert ["running", "completed"] == [mine.status, others.status]


async def test_what_is_not_of_the_job_is_listed_as_ignored(office: Office) -> None:
    await office.save_disabled("chewy")
    job_id = await office.job(["A"])

    answer = await office.report(
        job_id,
        "completed",
        {
            "A": {"amazon": product("a"), "chewy": product("a"), "ebay": product("a")},
            "X": {"amazon": product("x")},
            "N\x00": {"amazon": product("n")},
        },
    )

    assert 1 == answer.stored
    assert {
        ("A", "chewy"): "the scraper is disabled in this job",
        ("A", "ebay"): "the scraper is not in this job",
        ("X", "amazon"): "the SKU is not in this job",
        ("N\x00", "amazon"): "the SKU is not in this job",
    } == {(item.sku, item.scraper): item.reason for item in answer.ignored}


async def test_nothing_is_stored_in_a_cancelled_job(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running")
    await office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now))

    answers = [await office.report(job_id, status, RESULTS) for status in ("running", "completed", "failed")]

    assert [(True, False, "cancelled", 0)] * 3 == [
        (a.success, a.applied, a.status, a.stored) for a in answers
    ]
    assert {"total": 4, "cancelled": 4} == await office.counts(job_id)


async def test_outcomes_are_stored_with_their_evidence(office: Office) -> None:
    job_id = await office.job(["A", "B", "C"], ["amazon"])
    outcomes = {
        "A": {"amazon": {"outcome": "not_found", "detail": {"reason": "no_results", "evidence": ["0 hits"]}}},
        "B": {"amazon": {"outcome": "blocked", "detail": {"reason": "captcha"}}},
        "C": {"amazon": {"outcome": "found", "detail": {"provenance": {"title": {"strategy": "json_ld"}}}}},
    }

    await office.report(job_id, "completed", {"C": {"amazon": product("c")}}, outcomes=outcomes)

    results = await office.results(job_id)
    assert ["not_found", "blocked", "found"] == [line.outcome for line in results.values()]
    assert [note["amazon"]["detail"] for note in outcomes.values()] == [r.detail for r in results.values()]
    assert [{}, {}, product("c")] == [line.data for line in results.values()]


async def test_a_product_without_any_value_was_not_found(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])

    await office.report(job_id, "completed", {"A": {"amazon": {"price": None, "title": None}}})

    line = (await office.results(job_id))["A", "amazon"]
    assert ("not_found", {"reason": "no_fields"}) == (line.outcome, line.detail)


async def test_a_job_whose_every_task_failed_has_failed(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])

    answer = await office.report(
        job_id, "completed", outcomes={"A": {"amazon": {"outcome": "blocked", "detail": {}}}}
    )

    assert "failed" == answer.status


async def test_no_character_of_a_shop_can_stop_a_result(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    hostile = {"title": "a\x00b", "nested": {"k\x00": ["\x00", "😀", "\u2028"]}, "price": 1.0}

    await office.report(job_id, "completed", {"A": {"amazon": hostile}})

    stored = (await office.results(job_id))["A", "amazon"].data
    assert {"title": "ab", "nested": {"k": ["", "😀", "\u2028"]}, "price": 1.0} == stored


async def test_an_item_that_is_too_large_does_not_hurt_the_others(office: Office) -> None:
    job_id = await office.job(["A", "B"], ["amazon"])
    huge = product("x", description="y" * 300_000)

    answer = await office.report(job_id, "completed", {"A": {"amazon": huge}, "B": {"amazon": product("b")}})

    assert (1, ["larger than 256 KiB"]) == (answer.stored, [item.reason for item in answer.ignored])


async def test_an_unknown_job_is_said_to_be_unknown(office: Office) -> None:
    with pytest.raises(NoSuchJob, match=UNKNOWN):
        await office.report(UNKNOWN, "completed")


async def test_a_bound_key_reports_under_its_own_name_only(office: Office) -> None:
    bound = await office.key("pi", bind="garage-pi")
    job_id = await office.job()

    await office.report(job_id, "running", runner=None, key=bound)
    with pytest.raises(Forbidden):
        await office.report(job_id, "completed", runner="office-mac", key=bound)
    with pytest.raises(Forbidden):
        await office.report(job_id, "completed", runner="garage-pi")


# ── Signed reports ─────────────────────────────────────────────────────────────────────────────────


async def test_a_signature_may_report_a_failure(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running", runner="office-mac")

    answer = await office.report(job_id, "failed", runner="github-action", signed=True)

    assert ("failed", True) == (answer.status, answer.applied)


async def test_a_signature_may_report_nothing_else(office: Office) -> None:
    job_id = await office.job()

    for status in ("running", "completed"):
        with pytest.raises(Forbidden, match="a signature may only report `failed`"):
            await office.report(job_id, status, signed=True)


async def test_a_signed_report_on_a_closed_job_changes_nothing(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "completed", RESULTS)

    answers = [await office.report(job_id, "failed", signed=True) for _ in range(2)]

    assert [(False, "completed")] * 2 == [(a.applied, a.status) for a in answers]


async def test_a_signed_report_ends_the_runner_it_names(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running", runner="office-mac")
    await office.report(job_id, "running", runner="garage-pi")

    crashed = await office.report(job_id, "failed", runner="office-mac", signed=True)
    completed = await office.report(job_id, "completed", RESULTS, runner="garage-pi")

    assert ["running", "completed"] == [crashed.status, completed.status]


# ── Leases of contract runners ─────────────────────────────────────────────────────────────────────


async def sweep(office: Office) -> None:
    for lease in await office.store.read(lambda tx: leases.expired(tx, now=office.now)):
        await office.store.write(lambda tx, lost=lease: leases.lose(tx, lost, now=office.now))  # type: ignore[misc]


async def test_a_silent_runner_loses_the_job_after_an_hour(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running")
    office.later(minutes=59)
    await office.report(job_id, "running")
    office.later(minutes=59)
    await sweep(office)
    still_held = await office.states(job_id)
    office.later(minutes=1)

    await sweep(office)

    assert [{"leased"}, {"ready"}] == [still_held, await office.states(job_id)]
    assert "running" == (await office.show(job_id)).status


async def test_a_job_that_was_reported_complete_ends_with_its_last_silent_runner(office: Office) -> None:
    job_id = await office.job()
    await office.report(job_id, "running", runner="office-mac")
    await office.report(job_id, "running", runner="garage-pi")
    await office.report(job_id, "completed", RESULTS, runner="office-mac")
    office.later(hours=1)

    await sweep(office)

    assert ("completed", ALL) == ((await office.show(job_id)).status, await office.counts(job_id))


# ── Products ───────────────────────────────────────────────────────────────────────────────────────


async def sighting(office: Office, price: float, **options: Any) -> None:
    office.later(hours=1)
    job_id = await office.job(["A"], ["amazon"], **options)
    await office.report(job_id, "completed", {"A": {"amazon": product("a", price)}})


async def test_a_product_keeps_its_history_of_changes(office: Office) -> None:
    for price in (1.0, 1.0, 2.0, 2.0, 1.0):
        await sighting(office, price)

    assert [1.0, 2.0, 1.0] == await office.prices("A", "amazon")


async def test_a_test_job_never_becomes_a_products_value(office: Office) -> None:
    await sighting(office, 1.0)
    await sighting(office, 99.0, test_mode=True)

    assert [1.0] == await office.prices("A", "amazon")


# ── Every order ────────────────────────────────────────────────────────────────────────────────────

BLOCKED: dict[str, Any] = {"outcome": "blocked", "detail": {"reason": "captcha"}}
MISSING: dict[str, Any] = {"outcome": "not_found", "detail": {"reason": "no_results"}}

CALLBACKS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("mac", "running", {}, {}),
    ("mac", "running", {"1": {"amazon": product("1")}}, {"2": {"amazon": BLOCKED}, "6": {"amazon": BLOCKED}}),
    ("mac", "completed", {"3": {"amazon": product("3")}}, {"4": {"amazon": MISSING}}),
    ("pi", "running", {}, {"7": {"amazon": BLOCKED}}),
    ("pi", "failed", {"5": {"amazon": product("5")}}, {}),
    ("pi", "completed", {"2": {"amazon": product("2")}}, {"6": {"amazon": MISSING}}),
)
EXPECTED = {
    "1": "found", "2": "found", "3": "found", "4": "not_found", "5": "found", "6": "not_found",
    "7": "blocked", "8": "not_found",
}  # fmt: skip


async def test_the_order_of_reports_does_not_matter(office: Office) -> None:
    """Six callbacks of two runners in all 720 orders, the ends doubled: always the same end.

    The rules are the same text on both databases; PostgreSQL, with its round trips, gets every sixth.
    """
    orders = list(itertools.permutations(range(6)))

    async def live_through(order: tuple[int, ...]) -> tuple[object, ...]:
        job_id = await office.job(list(EXPECTED), ["amazon"])
        for number in (*order, order[0], order[-1]):
            runner, status, data, outcomes = CALLBACKS[number]
            await office.report(job_id, status, data, runner=runner, outcomes=outcomes)
        lines = await office.results(job_id)
        return (
            (await office.show(job_id)).status,
            await office.counts(job_id),
            {sku: line.outcome for (sku, _), line in lines.items()},
            orjson.dumps([(line.sku, line.data, line.detail) for line in lines.values()]),
        )

    ends = await in_lanes(live_through, orders if isinstance(office.store, SqliteStore) else orders[::6])

    status, counts, outcomes, _ = ends[0]
    assert ("completed", EXPECTED) == (status, outcomes)
    assert {"total": 8, "found": 4, "not_found": 3, "blocked": 1} == counts
    assert [] == [end for end in ends if end != ends[0]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["mac", "pi", None]),
            st.sampled_from(["running", "completed", "failed", "cancel"]),
            st.dictionaries(st.sampled_from("ABX"), st.sampled_from(get_args(OutcomeKind)), max_size=3),
            st.booleans(),
        ),
        max_size=8,
    )
)
async def test_the_counters_are_always_what_the_tasks_say(office: Office, reports: list[Any]) -> None:
    """Whatever runners report, and whoever cancels: nothing found is lost, nothing is counted twice."""
    job_id = await office.job(["A", "B", "C"], ["amazon"])
    found: set[str] = set()
    for runner, status, told, signed in reports:
        before = await office.show(job_id)
        if status == "cancel":
            await office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now))
            continue
        data = {sku: {"amazon": product(sku)} for sku, outcome in told.items() if outcome == "found"}
        notes = {sku: {"amazon": {"outcome": o}} for sku, o in told.items() if o != "found"}
        is_signed = signed and status == "failed"
        await office.report(job_id, status, data, runner=runner, outcomes=notes, signed=is_signed)
        found |= {sku for sku in data if sku != "X"} if before.status != "cancelled" else set()

        counts = await office.counts(job_id)
        after = await office.show(job_id)
        assert len(found) == counts.get("found", 0)
        assert (after.ended_at is not None) == (counts.get("open", 0) == 0)


async def in_lanes(live: Any, lives: list[Any]) -> list[Any]:
    """Many lives at once, as many as a busy office sees."""
    lanes = asyncio.Semaphore(32)

    async def lane(life: Any) -> Any:
        async with lanes:
            return await live(life)

    return await asyncio.gather(*(lane(life) for life in lives))
