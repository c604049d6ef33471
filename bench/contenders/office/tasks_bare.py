"""The least that could be done: the same rows in the same commits, by a bare apsw loop: FILE TASKS BATCH."""

import asyncio
import hashlib
import json
import sys
import time

import apsw
from meter import Meter, product
from tasks_ours import office

from scraper_backend.coordinator.store import open_store

CLAIM = """UPDATE tasks SET state = 'leased', lease_id = ?, attempt = attempt + 1 WHERE id IN
  (SELECT id FROM tasks WHERE job_id = ? AND scraper = 'shop' AND state = 'ready' ORDER BY id LIMIT ?)
  RETURNING id, sku, attempt"""
LEASE = """INSERT INTO leases (id, kind, state, family, runner, claim_key, granted_at, expires_at)
  VALUES (?, 'queue', 'live', 'family', 'bench', ?, ?, ?)"""
ATTEMPT = """INSERT INTO attempts (task_id, attempt, lease_id, scraper, runner, granted_at)
  VALUES (?, ?, ?, 'shop', 'bench', ?)"""
RESULT = """INSERT INTO results (task_id, outcome, data, detail, attempt, runner, key_id, source, scraped_at,
  received_at) VALUES (?, 'found', ?, '{}', ?, 'bench', 1, 'batch', ?, ?) ON CONFLICT (task_id) DO NOTHING"""
SEEN = """INSERT INTO observations (sku, scraper, observed_at, price, currency, availability, data, job_id, task_id)
  VALUES (?, 'shop', ?, ?, ?, ?, ?, ?, ?)"""
PRODUCT = """INSERT INTO products (sku, scraper, title, brand, price, currency, availability, images_n, url, sha,
  job_id, task_id, first_seen_at, changed_at, seen_at) VALUES (?, 'shop', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (sku, scraper) DO UPDATE SET seen_at = excluded.seen_at"""
ENDED = "UPDATE attempts SET ended_at = ?, outcome = 'found' WHERE task_id = ? AND attempt = ?"
DONE = """UPDATE tasks SET state = 'succeeded', outcome = 'found', lease_id = NULL, ended_at = ?
  WHERE id = ? AND attempt = ?"""


def claim(db, job, number, batch):
    now = int(time.time() * 1000)
    lease = f"lease-{number}"
    db.execute("BEGIN IMMEDIATE")
    db.execute(LEASE, (lease, lease, now, now + 90_000))
    rows = db.execute(CLAIM, (lease, job, batch)).fetchall()
    db.executemany(ATTEMPT, [(task, attempt, lease, now) for task, _, attempt in rows])
    db.execute("UPDATE jobs SET state = 'running' WHERE id = ? AND state = 'pending'", (job,))
    db.execute("COMMIT")
    return rows


def ingest(db, job, rows):
    now = int(time.time() * 1000)
    found = [(task, sku, attempt, product(sku)) for task, sku, attempt in rows]
    texts = [json.dumps(data) for *_, data in found]
    db.execute("BEGIN IMMEDIATE")
    db.executemany(ENDED, [(now, task, attempt) for task, _, attempt, _ in found])
    db.executemany(DONE, [(now, task, attempt) for task, _, attempt, _ in found])
    db.executemany(RESULT, [(t, text, a, now, now) for (t, _, a, _), text in zip(found, texts, strict=True)])
    db.executemany(SEEN, [
        (sku, now, d["price"], d["currency"], d["availability"], text, job, task)
        for (task, sku, _, d), text in zip(found, texts, strict=True)
    ])  # fmt: skip
    db.executemany(PRODUCT, [
        (sku, d["title"], d["brand"], d["price"], d["currency"], d["availability"], len(d["images"]), d["url"],
         hashlib.sha256(text.encode()).hexdigest(), job, task, now, now, now)
        for (task, sku, _, d), text in zip(found, texts, strict=True)
    ])  # fmt: skip
    db.execute(
        "UPDATE jobs SET open_n = open_n - ?, found_n = found_n + ? WHERE id = ?", (len(rows), len(rows), job)
    )
    db.execute("COMMIT")


async def prepare(path, tasks):
    """The same schema and the same jobs as ours."""
    async with await open_store(path) as store:
        await office(store, tasks)


def open_file(path):
    db = apsw.Connection(path)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    return db


def main():
    path, tasks, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    asyncio.run(prepare(path, tasks))
    db = open_file(path)
    jobs = [job for (job,) in db.execute("SELECT id FROM jobs")]
    meter, done = Meter(), 0
    for job in jobs:
        (left,) = db.execute("SELECT open_n FROM jobs WHERE id = ?", (job,)).fetchone()
        while left:
            rows = claim(db, job, done, batch)
            ingest(db, job, rows)
            done += len(rows)
            left -= len(rows)
    meter.report(done)


if __name__ == "__main__":
    main()
