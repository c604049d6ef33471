"""Procrastinate's own fetching of jobs, four at once.  Runs among the peers: ADDRESS JOBS."""

import asyncio
import sys

import procrastinate
from meter import Meter
from psycopg import AsyncConnection


async def main():
    server, count = sys.argv[1], int(sys.argv[2])
    async with await AsyncConnection.connect(f"{server}/postgres", autocommit=True) as connection:
        await connection.execute("DROP DATABASE IF EXISTS peers WITH (FORCE)")
        await connection.execute("CREATE DATABASE peers")
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=f"{server}/peers", max_size=8))

    @app.task(name="scrape")
    def scrape(sku):
        pass

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await scrape.batch_defer_async(*({"sku": f"{n:07}"} for n in range(count)))
        workers = [await app.job_manager.register_worker() for _ in range(4)]
        taken = []

        async def worker(number):
            while job := await app.job_manager.fetch_job(queues=None, worker_id=number):
                taken.append(job)

        meter = Meter()
        await asyncio.gather(*(worker(number) for number in workers))
        meter.report(len(taken))


asyncio.run(main())
