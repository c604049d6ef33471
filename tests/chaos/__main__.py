"""`make chaos`, `python -m tests.chaos …`: a job on real processes that are killed in turn.

Without --shop it is the practice shop; with it, any shop, its SKUs from a file (text, or a JSON object keyed
by SKU whose values may hold `price`, which is then compared).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import yaml

from scraper_backend.practice.catalogue import DEMO_SKUS
from tests.chaos.town import Town, busiest, visits
from tests.coordinator import servers
from tests.journeys.house import open_shop

WINDOW_S = 10.0


def main() -> int:
    """Run it, say what was seen; 0 when everything holds."""
    said = _said()
    folder = Path(tempfile.mkdtemp(prefix="bsr-chaos-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        shop, skus = _shop(said, stack)
        town = Town(folder, _database(said, folder, stack))
        faults, figures = _live(town, said, shop, skus)
        if faults and said.keep:
            stack.pop_all()
            print(f"kept: {folder}", file=sys.stderr)
    print(json.dumps({"seed": said.seed, **figures, "faults": faults}, indent=2))
    return 1 if faults else 0


def _said() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--shop", help="its address; `/search/?q={sku}` is asked")
    parser.add_argument("--skus", type=Path)
    parser.add_argument("--rate", type=float, default=8.0, help="requests a second from all runners together")
    parser.add_argument("--runners", type=int, default=3)
    parser.add_argument("--coordinators", type=int, default=2)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two deaths")
    parser.add_argument("--within", type=float, default=1200.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="leave the folder when something is wrong")
    return parser.parse_args()


def _shop(said: argparse.Namespace, stack: ExitStack) -> tuple[str, dict[str, Any]]:
    """The address and what each SKU must come to (nothing is known of most of it)."""
    if said.shop is None:
        return stack.enter_context(open_shop()).addresses["pets"], {sku: {} for sku in DEMO_SKUS}
    text = said.skus.read_text(encoding="utf-8")
    return said.shop, json.loads(text) if text.startswith("{") else {sku: {} for sku in text.split()}


def _database(said: argparse.Namespace, folder: Path, stack: ExitStack) -> str:
    if said.database == "sqlite":
        return f"sqlite:///{folder}/coordinator.db"
    server = servers.start()
    stack.callback(servers.stop, server)

    async def make() -> None:
        connection = await asyncpg.connect(f"{server.address}/postgres")
        await connection.execute("CREATE DATABASE chaos")
        await connection.close()

    asyncio.run(make())
    return f"{server.address}/chaos"


def _live(
    town: Town, said: argparse.Namespace, shop: str, skus: dict[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    host = shop.partition("://")[2]
    town.open(
        coordinators=said.coordinators, runners=said.runners,
        environment={"RUNNER_ALLOW_PRIVATE_HOSTS": host},
    )  # fmt: skip
    try:
        path = "/search/?q={sku}" if said.shop else "/search?q={sku}"
        site = town.folder / "shop.yaml"
        site.write_text(yaml.safe_dump({
            "name": "shop", "base_url": shop, "search_url_template": path,
            "options": {"rate": {"per_second": said.rate, "concurrency": said.runners * 2}},
        }))  # fmt: skip
        town.office.told("scraper", "import", site)
        listed = town.folder / "skus.txt"
        listed.write_text("\n".join(skus))
        began = time.time()
        job = town.office.told("job", "create", "--sku-file", listed, "--scraper", "shop")["job_id"]
        took = town.live_through(job, every=said.every, within=said.within, chance=random.Random(said.seed))
    finally:
        town.close()
    seen = [moment for moment in visits(shop) if moment >= began]
    return _judge(town, job, skus, seen, said, took)


def _judge(
    town: Town,
    job: str,
    skus: dict[str, Any],
    seen: list[float],
    said: argparse.Namespace,
    took: float,
) -> tuple[list[str], dict[str, Any]]:
    lines = town.office.lines("job", "export", job)
    shown = town.job(job)
    answered = Counter(line["sku"] for line in lines)
    outcomes = Counter(line["outcome"] for line in lines)
    most = busiest(seen, WINDOW_S)
    allowed = said.rate * WINDOW_S + said.runners * 2
    faults = [
        *(f"{sku}: answered {answered[sku]} times" for sku in skus if answered[sku] != 1),
        *(f"{sku}: never asked for" for sku in answered if sku not in skus),
        *_wrong(lines, skus),
    ]
    counts = {kind: n for kind, n in shown["counts"].items() if n and kind not in ("total", "open")}
    quarantined = counts.pop("quarantined", 0)
    if quarantined:
        counts["failed"] = counts.get("failed", 0) + quarantined
    if dict(outcomes) != counts:
        faults.append(f"counters {counts} are not what the export has: {dict(outcomes)}")
    if most > allowed:
        faults.append(f"{most} requests in {WINDOW_S:.0f} s; {allowed:.0f} are allowed")
    checked = town.office.bsr("db", "check")
    if checked.returncode:
        faults.append(f"bsr db check: {checked.stdout}{checked.stderr}")
    return faults, {
        "skus": len(skus), "outcomes": dict(outcomes), "seconds": round(took, 1),
        "deaths": {keeper.name: keeper.deaths for keeper in town.everybody},
        "requests": len(seen), "busiest_10_s": most, "allowed_10_s": allowed,
        "quarantined": quarantined, "status": shown["status"],
    }  # fmt: skip


def _wrong(lines: list[dict[str, Any]], skus: dict[str, Any]) -> list[str]:
    """Prices that are not what the shop's owner says."""
    known = {sku: truth["price"] for sku, truth in skus.items() if truth.get("price")}
    return [
        f"{line['sku']}: price {line['data'].get('price')}, not {known[line['sku']]}"
        for line in lines
        if line["outcome"] == "found" and line["sku"] in known
        and float(line["data"].get("price", -1)) != float(known[line["sku"]])
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
