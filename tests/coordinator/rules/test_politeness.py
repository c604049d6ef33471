"""One budget for each host over the whole fleet."""

from __future__ import annotations

from scraper_backend.coordinator.chores import Chores
from scraper_backend.coordinator.rules import retention
from scraper_backend.coordinator.store import fleet
from scraper_backend.coordinator.store.rows import HostRate
from scraper_backend.core import wire
from tests.coordinator.fleet import FleetRunner, tick
from tests.coordinator.office import Office, shop

HOST = "amazon.example"


async def prepare(office: Office, per_second: float = 6, concurrency: int = 6, skus: int = 300) -> None:
    rate = {"rate": {"per_second": per_second, "concurrency": concurrency}}
    await office.save(shop("amazon", options=rate))
    await office.job([str(n) for n in range(skus)], ["amazon"])


def granted(answer: wire.ClaimAnswer | wire.HeartbeatAnswer) -> tuple[float, int] | None:
    shares = [(b.per_second, b.concurrency) for b in answer.budgets if b.host == HOST]
    return shares[0] if shares else None


async def test_two_who_come_together_both_begin(office: Office) -> None:
    await prepare(office)
    answers = [await FleetRunner(office, name).claim() for name in ("first", "second")]

    assert [(3, 3), (2, 2)] == [granted(answer) for answer in answers]


async def test_what_nobody_came_for_is_the_first_ones_own(office: Office) -> None:
    await prepare(office)
    runner = FleetRunner(office)

    assert [(3, 3), (6, 6)] == [granted(await runner.claim()), granted(await runner.beat())]


async def test_who_comes_later_gets_a_part_as_soon_as_the_first_has_given_it_up(office: Office) -> None:
    await prepare(office)
    first, second = FleetRunner(office, "first"), FleetRunner(office, "second")
    await first.claim()
    await first.beat()

    refused = await second.claim()
    beat = await first.beat()
    served = await second.claim()

    assert (None, []) == (refused.lease, refused.tasks)
    assert [(3, 3), (2, 2)] == [granted(beat), granted(served)]
    assert (3, 3) == granted(await second.beat())


async def test_a_share_is_no_more_than_its_tasks_can_use(office: Office) -> None:
    await prepare(office)

    assert (1, 1) == granted(await FleetRunner(office).claim(1))


async def test_a_claim_of_one_more_does_not_cost_what_the_runner_has(office: Office) -> None:
    await prepare(office)
    runner = FleetRunner(office)
    await runner.claim()
    await runner.beat()

    assert (6, 6) == granted(await runner.claim(1))


async def test_a_host_that_is_taken_does_not_hide_the_work_behind_it(office: Office) -> None:
    await prepare(office, skus=1)
    for _ in range(120):
        await office.job(["A"], ["amazon"])
    office.later(minutes=1)
    await office.job(["B"], ["chewy"])
    greedy, other = FleetRunner(office, "greedy"), FleetRunner(office, "other")
    await greedy.claim(50)
    await greedy.beat()

    assert ["chewy"] == [task.scraper for task in (await other.claim(5)).tasks]


async def test_a_private_host_without_a_written_rate_is_nobodys_budget(office: Office) -> None:
    await office.save(shop("lan", base_url="http://127.0.0.1:8801"))
    await office.job([str(n) for n in range(9)], ["lan"])

    answers = [await FleetRunner(office, f"pi-{n}").claim(3) for n in range(3)]

    assert [(3, [])] * 3 == [(len(answer.tasks), answer.budgets) for answer in answers]


async def test_no_more_than_the_rate_is_ever_promised(office: Office) -> None:
    await prepare(office, per_second=10, concurrency=4)
    team = [FleetRunner(office, f"pi-{n}") for n in range(6)]
    shares: dict[str, tuple[float, int] | None] = {}
    for _ in range(6):
        for runner in team:
            answer = await (runner.beat() if shares.get(runner.name) else runner.claim(2))
            shares[runner.name] = granted(answer)
            promised = [share for share in shares.values() if share]
            assert sum(rate for rate, _ in promised) <= 10 + 1e-9
            assert sum(at_once for _, at_once in promised) <= 4
        office.later(seconds=20)

    assert [(2.5, 1)] * 4 == [share for share in shares.values() if share]


async def test_a_share_is_free_again_when_its_runner_is_done_or_dead(office: Office) -> None:
    await prepare(office)
    chores = Chores(office.store, lambda: office.now)
    done, dead, third = (FleetRunner(office, name) for name in ("done", "dead", "third"))
    await done.claim(1)
    await done.deliver(done.item(done.held[0]))
    await done.release()
    after_done = granted(await dead.claim(1))

    await tick(office, chores, seconds=120)
    await third.claim()

    assert [(1, 1), (6, 6)] == [after_done, granted(await third.beat())]


async def test_a_host_that_asked_one_runner_to_wait_rests_for_all(office: Office) -> None:
    await prepare(office)
    first, second = FleetRunner(office, "first"), FleetRunner(office, "second")
    await first.claim(1)
    await first.beat(host_pauses=[wire.HostPause(host=HOST, ms=30_000)])
    office.later(seconds=10)

    answer = await second.claim()

    assert (None, [(HOST, 20_000)]) == (
        answer.lease, [(pause.host, pause.ms) for pause in answer.directives.pause_hosts],
    )  # fmt: skip


async def test_two_configurations_of_one_host_share_its_slower_rate(office: Office) -> None:
    for name, rate in (("fast", 8), ("slow", 2)):
        document = {"base_url": f"https://{HOST}", "options": {"rate": {"per_second": rate}}}
        await office.save(shop(name, **document))
    await office.job(["A"], ["fast", "slow"])

    runner = FleetRunner(office)
    await runner.claim()
    assert (2, 2) == granted(await runner.beat())


async def test_who_has_tasks_and_no_share_any_more_is_told_so(office: Office) -> None:
    """Its share was not renewed in time and others have the host: it must not go on with the old one."""
    await prepare(office, per_second=1, concurrency=1)
    first, second = FleetRunner(office, "first"), FleetRunner(office, "second")
    await first.claim(5)
    nothing, family = HostRate(HOST, 0.0, 0), first.caller.family
    await office.store.write(
        lambda tx: fleet.put_share(tx, nothing, family=family, runner="first", expires_at=0)
    )
    await second.claim(5)

    assert (0, 0) == granted(await first.beat())
    await second.release()
    assert (1, 1) == granted(await first.beat())


async def test_results_keep_a_share_as_they_keep_the_lease(office: Office) -> None:
    """Its heartbeats do not arrive; what it delivers does."""
    await prepare(office, per_second=1, concurrency=1)
    runner, other = FleetRunner(office, "deaf"), FleetRunner(office, "other")
    await runner.claim(10)
    for task in runner.held[:6]:
        await tick(office, seconds=40)
        await runner.deliver(runner.item(task))

    assert (await other.claim()).lease is None


async def test_nobodys_word_makes_a_host_rest_for_more_than_a_day(office: Office) -> None:
    await prepare(office)
    runner = FleetRunner(office)
    await runner.claim(1)

    beat = await runner.beat(host_pauses=[{"host": HOST, "ms": 10**12}])

    assert [(HOST, 86_400_000)] == [(p.host, p.ms) for p in beat.directives.pause_hosts]


async def test_a_host_that_no_configuration_names_is_forgotten_a_day_after_its_rest(office: Office) -> None:
    """A redirect asked for patience once; the host of a configuration stays."""
    await prepare(office)
    runner = FleetRunner(office)
    await runner.claim(1)
    pauses = [wire.HostPause(host=host, ms=60_000) for host in (HOST, "cdn.example", "elsewhere.example")]
    await runner.beat(host_pauses=pauses)

    gone = []
    for hours in (12, 24):
        office.later(hours=hours)
        gone.append(await office.store.write(lambda tx: retention.forget(tx, now=office.now)))

    assert [0, 2] == gone
    assert 0 == await office.store.write(lambda tx: retention.forget(tx, now=office.now))


async def test_who_asks_for_little_gets_little_of_a_host_that_takes_much(office: Office) -> None:
    """One task of a host with two hundred places is half a per cent of it, and not nothing."""
    await prepare(office, per_second=1000, concurrency=200)

    assert (5, 1) == granted(await FleetRunner(office).claim(1))
