"""The same batches of ten by the bare loop, no HTTP, one commit each: TASKS."""

import asyncio
import sys
from pathlib import Path

from meter import Meter
from served import folder
from tasks_bare import claim, ingest, open_file, prepare


def main():
    tasks = int(sys.argv[1])
    with folder() as place:
        path = str(Path(place) / "office.db")
        asyncio.run(prepare(path, tasks))
        db = open_file(path)
        batches = []
        for (job,) in db.execute("SELECT id FROM jobs").fetchall():
            (left,) = db.execute("SELECT open_n FROM jobs WHERE id = ?", (job,)).fetchone()
            for number in range(-(-left // 10)):
                batches.append((job, claim(db, job, f"{job}-{number}", 10)))
        meter = Meter()
        for job, rows in batches:
            ingest(db, job, rows)
        meter.report(tasks)


main()
