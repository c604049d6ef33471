"""Results of the fleet: a success always wins, a failure only with its lease."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.rules import jobs, keys, pauses
from scraper_backend.core.errors import LeaseLost
from scraper_backend.core.wire import Invalid
from tests.coordinator.fleet import FleetRunner, faults, tick
from tests.coordinator.office import Office, product, shop

FAST = {"options": {"rate": {"per_second": 100, "concurrency": 10}}}


async def at_work(office: Office, skus: list[str], name: str = "pi") -> FleetRunner:
    """A runner that holds these SKUs of a new job."""
    await office.job(skus, ["amazon"])
    runner = FleetRunner(office, name)
    await runner.claim(50)
    return runner


async def test_results_are_stored_and_end_the_job(office: Office) -> None:
    runner = await at_work(office, ["A", "B"])
    job_id = runner.held[0].job_id

    verdicts = await runner.deliver(
        runner.item(runner.held[0]), runner.item(runner.held[1], "not_found", detail={"reason": "no_results"})
    )

    assert ["accepted", "accepted"] == verdicts
    assert {"total": 2, "found": 1, "not_found": 1} == await office.counts(job_id)
    assert "completed" == (await office.show(job_id)).status
    assert {"reason": "no_results"} == (await office.results(job_id))["B", "amazon"].detail


async def test_what_is_sent_again_is_a_duplicate(office: Office) -> None:
    runner = await at_work(office, ["A", "B"])
    items = [runner.item(runner.held[0]), runner.item(runner.held[1], "not_found")]

    verdicts = [await runner.deliver(*items, items[0]), await runner.deliver(*items)]

    assert [["accepted", "accepted", "duplicate"], ["duplicate", "duplicate"]] == verdicts


async def test_a_success_counts_from_any_attempt_that_was_granted(office: Office) -> None:
    """The runner slept through its lease; what it found is as true as ever."""
    sleeper = await at_work(office, ["A"])
    found = sleeper.item(sleeper.held[0])
    await tick(office, seconds=100)
    other = FleetRunner(office, "other")
    await other.claim()

    verdicts = [await sleeper.deliver(found), await other.deliver(other.item(other.held[0]))]

    assert [["accepted"], ["duplicate"]] == verdicts


async def test_a_failure_of_a_ghost_does_not_fail_anothers_work(office: Office) -> None:
    ghost = await at_work(office, ["A"])
    late = [ghost.item(ghost.held[0], outcome) for outcome in ("failed", "not_found", "drifted", "blocked")]
    await tick(office, seconds=100)
    await FleetRunner(office, "other").claim()

    assert ["stale"] * 4 == await ghost.deliver(*late)
    assert {"leased"} == await office.states(ghost.held[0].job_id)


async def test_a_crash_that_is_told_late_counts_although_another_has_the_task(office: Office) -> None:
    """Machines that were killed come back when the task has gone on to kill the next; three are enough."""
    job_id = await office.job(["A"], ["amazon"])
    reports = []
    for name in ("pi", "mac", "nuc", "tower"):
        runner = FleetRunner(office, name)
        await runner.claim()
        reports.append((runner, runner.item(runner.held[0], "crash")))
        if name != "tower":
            await runner.release()

    verdicts = [await runner.deliver(crash) for runner, crash in (*reports[:3], reports[0])]
    assert [["accepted"], ["accepted"], ["accepted"], ["duplicate"]] == verdicts
    assert {"A": ("leased", 3)} == await office.task_states()
    await reports[3][0].deliver(reports[3][1])

    assert {"A": ("quarantined", 4)} == await office.task_states()
    assert {"total": 1, "quarantined": 1} == await office.counts(job_id)


async def test_a_result_beside_the_crash_of_an_earlier_attempt_is_not_lost(office: Office) -> None:
    """The machine was killed over the task, got it again, and delivers both in one batch."""
    await office.job(["A"], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()
    crash = runner.item(runner.held[0], "crash")
    await runner.release()
    await runner.claim()

    verdicts = await runner.deliver(crash, runner.item(runner.held[0]))

    assert "accepted" == verdicts[1]
    assert {"A": ("succeeded", 0)} == await office.task_states()


async def test_nobody_delivers_what_was_never_granted_to_them(office: Office) -> None:
    runner = await at_work(office, ["A"])
    task = runner.held[0]
    stranger = FleetRunner(office, key=await office.key("stranger"), lease=runner.lease)

    verdicts = await stranger.deliver(runner.item(task), runner.item(task, attempt=7))

    assert ["stale", "stale"] == verdicts
    assert ["stale"] == await runner.deliver(runner.item(task, attempt=None))


async def test_a_late_success_turns_a_failed_job_around(office: Office) -> None:
    sleeper = await at_work(office, ["A"])
    job_id = sleeper.held[0].job_id
    await tick(office, seconds=100)
    other = FleetRunner(office, "other")
    await other.claim()
    await other.deliver(other.item(other.held[0], "drifted"))
    before = (await office.show(job_id)).status

    await sleeper.deliver(sleeper.item(sleeper.held[0]))

    assert ["failed", "completed"] == [before, (await office.show(job_id)).status]
    assert {"total": 1, "found": 1} == await office.counts(job_id)


async def test_a_failure_is_tried_again_and_the_third_is_the_last(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    chores = Chores(office.store, lambda: office.now)
    seen = []
    for _ in range(3):
        runner = FleetRunner(office)
        await runner.claim()
        assert ["accepted"] == await runner.deliver(
            runner.item(runner.held[0], "failed", detail={"reason": "timeout"})
        )
        seen.append(await office.states(job_id))
        await tick(office, chores, minutes=11)

    assert [{"delayed"}, {"delayed"}, {"failed"}] == seen
    assert ("failed", {"total": 1, "failed": 1}) == (
        (await office.show(job_id)).status, await office.counts(job_id),
    )  # fmt: skip
    assert {"reason": "timeout"} == (await office.results(job_id))["A", "amazon"].detail


async def test_a_blocked_site_burns_no_attempts(office: Office) -> None:
    job_id = await office.job(["A"], ["amazon"])
    chores = Chores(office.store, lambda: office.now)
    for _ in range(6):
        runner = FleetRunner(office)
        await runner.claim()
        await runner.deliver(runner.item(runner.held[0], "blocked"))
        await tick(office, chores, minutes=31)

    assert {"ready"} == await office.states(job_id)


async def test_a_site_that_says_how_long_to_wait_is_heard(office: Office) -> None:
    runner = await at_work(office, ["A"])
    job_id = runner.held[0].job_id
    chores = Chores(office.store, lambda: office.now)
    await runner.deliver(runner.item(runner.held[0], "blocked", detail={"retry_after_s": 3600}))

    await tick(office, chores, minutes=59)
    before = await office.states(job_id)
    await tick(office, chores, minutes=2)

    assert [{"delayed"}, {"ready"}] == [before, await office.states(job_id)]


async def test_at_the_deadline_what_is_still_blocked_has_failed(office: Office) -> None:
    from datetime import timedelta

    deadline = office.now + timedelta(minutes=10)
    job_id = await office.job(["A", "B"], ["amazon"], deadline_at=deadline)
    runner = FleetRunner(office)
    await runner.claim(1)
    await runner.deliver(runner.item(runner.held[0], "blocked"))

    await tick(office, minutes=11)

    assert {"total": 2, "blocked": 1, "failed": 1} == await office.counts(job_id)
    assert "failed" == (await office.show(job_id)).status


async def test_what_robots_forbid_is_not_asked_again(office: Office) -> None:
    runner = await at_work(office, ["A"])

    await runner.deliver(runner.item(runner.held[0], "blocked", detail={"reason": "robots"}))

    assert {"total": 1, "blocked": 1} == await office.counts(runner.held[0].job_id)


async def test_a_bad_item_does_not_hurt_its_batch(office: Office) -> None:
    runner = await at_work(office, ["A", "B"])
    good = runner.item(runner.held[0])
    bad: list[Any] = [
        {**good, "outcome": "fund"},
        {**good, "data": {"title": "x" * 300_000}},
        {**good, "sku": "a\x00"},
        "not even an object",
    ]
    unknown = [{**good, "job_id": "00000000-0000-4000-8000-000000000000"}, {**good, "sku": "Z"}]

    verdicts = await runner.deliver(*bad, *unknown, good)

    assert [True] * 4 == [isinstance(verdict, Invalid) for verdict in verdicts[:4]]
    assert ["unknown", "unknown", "accepted"] == verdicts[4:]
    assert "did you mean `found`?" in verdicts[0].invalid


async def test_results_of_a_cancelled_job_are_not_kept(office: Office) -> None:
    runner = await at_work(office, ["A"])
    job_id = runner.held[0].job_id
    await office.store.write(lambda tx: jobs.cancel(tx, job_id, now=office.now))

    assert ["cancelled"] == await runner.deliver(runner.item(runner.held[0]))


async def test_results_are_a_sign_of_life(office: Office) -> None:
    runner = await at_work(office, ["A", "B"])
    chores = Chores(office.store, lambda: office.now)
    await tick(office, chores, seconds=80)
    await runner.deliver(runner.item(runner.held[0]))

    await tick(office, chores, seconds=80)

    assert "leased" == (await office.task_states())["B"][0]


async def test_a_batch_of_several_jobs_is_judged_item_by_item(office: Office) -> None:
    await office.save(shop("amazon", **FAST))
    for sku in "ABC":
        await office.job([sku], ["amazon"])
    runner = FleetRunner(office)
    await runner.claim()

    verdicts = await runner.deliver(*(runner.item(task) for task in reversed(runner.held)))

    assert ["accepted"] * 3 == verdicts
    assert [1.0 * 9.99] == await office.prices("A", "amazon")


# ── A site that refuses us ─────────────────────────────────────────────────────────────────────────


async def refusals(office: Office, kinds: list[str], runners: int = 2, **more: Any) -> str | None:
    """Tasks of one site end so, reported by several runners in turn; why the site is paused then."""
    await office.save(shop("amazon", **FAST))
    await office.job([str(n) for n in range(len(kinds))], ["amazon"])
    team = [FleetRunner(office, f"pi-{n}") for n in range(runners)]
    for number, kind in enumerate(kinds):
        runner = team[number % runners]
        if not (await runner.claim(1)).tasks:
            break
        await runner.deliver(runner.item(runner.held[0], kind, **more))
        office.later(milliseconds=5)
    return (await office.scraper("amazon")).pause_reason


async def test_a_site_that_blocks_everybody_is_paused_with_one_alert(office: Office) -> None:
    kinds = ["found"] * 4 + ["blocked"] * 26

    assert "16 of the last 20 tasks were blocked" == await refusals(office, kinds)
    assert 1 == await office.alerts("scraper.paused")


async def test_a_site_whose_pages_no_longer_match_is_paused(office: Office) -> None:
    assert "20 of the last 20 tasks were drifted" == await refusals(office, ["drifted"] * 20)


@pytest.mark.parametrize(
    ("kinds", "runners", "more"),
    [
        (["blocked"] * 19, 2, {}),
        (["blocked"] * 30, 1, {}),
        (["blocked", "blocked", "blocked", "found"] * 8, 2, {}),
        (["blocked"] * 30, 2, {"detail": {"reason": "robots"}}),
        (["failed"] * 30, 2, {}),
    ],
    ids=["too few", "one witness", "too seldom", "robots", "our own failures"],
)
async def test_a_site_is_not_paused_without_need(
    office: Office, kinds: list[str], runners: int, more: dict[str, Any]
) -> None:
    assert await refusals(office, kinds, runners, **more) is None


async def test_a_resumed_site_is_judged_afresh(office: Office) -> None:
    await refusals(office, ["blocked"] * 20)
    office.later(minutes=5)
    await office.store.write(lambda tx: pauses.resume_scraper(tx, "amazon", now=office.now))
    job_id = await office.job(["again"], ["amazon"])
    runner = FleetRunner(office)
    while job_id not in {task.job_id for task in runner.held}:
        await runner.claim(50)

    await runner.deliver(runner.item(runner.held[-1], "blocked"))

    assert (await office.scraper("amazon")).pause_reason is None


# ── Whatever happens ───────────────────────────────────────────────────────────────────────────────

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "deliver", "deliver", "beat", "release", "sleep", "contract", "again"]),
        st.integers(0, 2),
        st.sampled_from(["found", "not_found", "blocked", "drifted", "failed", "crash"]),
        st.integers(0, 5),
    ),
    max_size=30,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTIONS)
async def test_the_books_are_right_whatever_happens(office: Office, actions: list[Any]) -> None:
    """Three runners live, sleep, die and come back; nothing found is lost, and every sum is right."""
    await office.save(shop("amazon", **FAST))
    job_id = await office.job(["A", "B", "C", "D"], ["amazon"])
    team = [FleetRunner(office, f"pi-{n}") for n in range(3)]
    sent: list[dict[str, Any]] = []
    found: set[str] = set()
    for action, who, outcome, which in actions:
        runner = team[who]
        try:
            if action == "claim":
                await runner.claim(2)
            elif action == "deliver" and runner.held:
                item = runner.item(runner.held[which % len(runner.held)], outcome)
                verdicts = await runner.deliver(item)
                sent.append(item)
                if (
                    item["job_id"] == job_id
                    and outcome == "found"
                    and verdicts[0] in ("accepted", "duplicate")
                ):
                    found.add(item["sku"])
            elif action == "again" and sent:
                await runner.deliver(sent[which % len(sent)])
            elif action == "beat" and runner.lease:
                await runner.beat(in_progress=runner.held[:which])
            elif action == "release" and runner.lease:
                await runner.release()
            elif action == "sleep":
                await tick(office, seconds=20 * which)
            elif action == "contract":
                await office.report(job_id, "completed", {"A": {"amazon": product("a")}})
                found.add("A")
        except LeaseLost:
            runner.held = []

    outcomes = await office.outcomes(job_id)
    assert found == {sku for (sku, _), outcome in outcomes.items() if outcome == "found"}
    assert [] == await faults(office)


async def test_a_runner_with_a_new_key_of_its_own_brings_home_what_it_found_under_the_old(
    office: Office,
) -> None:
    """Its key was revoked and another made for it while it was offline; its name is its own."""
    await office.job(["A"], ["amazon"])
    old = await office.key("garage", bind="pi")
    runner = FleetRunner(office, "pi", key=old)
    await runner.claim()
    item = runner.item(runner.held[0])
    await office.store.write(lambda tx: keys.revoke(tx, "garage", now=office.now))
    runner.key = await office.key("garage again", bind="pi")
    stranger = FleetRunner(office, "tower", key=await office.key("tower", bind="tower"))

    assert ["stale"] == await stranger.deliver(item)
    assert ["accepted"] == await runner.deliver(item)
