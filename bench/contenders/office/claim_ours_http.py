"""Claims of sixteen tasks over HTTP, as a runner with its default settings asks, on SQLite: TASKS."""

import asyncio
import json
import os
import sys
from pathlib import Path

from served import folder, ours, send
from tasks_ours import office

from scraper_backend.coordinator.store import open_store


async def prepared(path, tasks):
    async with await open_store(str(path)) as store:
        return (await office(store, tasks)).secret


count = int(sys.argv[1])
with folder() as place:
    path = Path(place) / "office.db"
    os.environ["BENCH_KEY"] = asyncio.run(prepared(path, count))
    with ours(path) as (pid, port):
        wishes = [
            {"claim_key": f"claim-{n:06}", "runner_name": f"pi-{n // 4}", "max_tasks": 16}
            for n in range(count // 16)
        ]
        calls = [("/api/scraper/v1/claim", json.dumps(wish).encode()) for wish in wishes]
        send(pid, port, calls, connections=4, n=count)
