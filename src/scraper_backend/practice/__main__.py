"""`python -m scraper_backend.practice`: the shop in a process of its own, until SIGTERM or end of input.

Prints one JSON line with its addresses as soon as it is open.  A parent that holds our standard input
(`--lifeline`) takes us with it however it ends, `kill -9` included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from scraper_backend.practice.shop import open_shop


def main() -> None:
    """Open the shop and wait."""
    parser = argparse.ArgumentParser(prog="python -m scraper_backend.practice", description=__doc__)
    parser.add_argument("--pets-port", type=int, default=0)
    parser.add_argument("--garden-port", type=int, default=0)
    parser.add_argument("--lifeline", action="store_true", help="close when standard input ends")
    args = parser.parse_args()
    asyncio.run(_serve(args.pets_port, args.garden_port, lifeline=args.lifeline))


async def _serve(pets_port: int, garden_port: int, *, lifeline: bool) -> None:
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, closed.set)
    if lifeline:
        loop.add_reader(sys.stdin.fileno(), closed.set)
    async with open_shop(pets_port=pets_port, garden_port=garden_port) as addresses:
        print(json.dumps(addresses), flush=True)
        await closed.wait()


if __name__ == "__main__":
    main()
