"""Results over HTTP in batches of ten, 16 connections: TASKS."""

import asyncio
import json
import os
import sys
from pathlib import Path

from served import folder, ours, send
from tasks_ours import claim, items_of, office

from scraper_backend.coordinator.store import open_store


async def prepared(path, tasks):
    """Everything is claimed; the batches that will come home."""
    calls = []
    async with await open_store(str(path)) as store:
        made = await office(store, tasks)
        for number in range(-(-tasks // 10)):
            answer = await claim(store, made.key, number, 10)
            calls.append(("/api/scraper/v1/results", json.dumps({"items": items_of(answer)}).encode()))
    return made.secret, calls


def main():
    tasks = int(sys.argv[1])
    with folder() as place:
        path = Path(place) / "office.db"
        os.environ["BENCH_KEY"], calls = asyncio.run(prepared(path, tasks))
        with ours(path) as (pid, port):
            send(pid, port, calls, connections=16, n=tasks)


main()
