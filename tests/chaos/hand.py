"""A worker process without shops: what it is asked for is found after a moment.

Speaks to a runner daemon as `scraper_backend.runner.daemon.worker` does, and starts in a blink, so that
thousands of tasks are in hand while their runners are killed.
"""

import json
import random
import sys
import time
from contextlib import suppress


def main() -> None:
    """Until the input ends."""
    for line in sys.stdin.buffer:
        told = json.loads(line)
        if told["do"] == "scrape":
            time.sleep(random.random() * 0.02)
            answer = {"task": told["task"], "outcome": outcome(told["sku"], told["scraper"]), "pauses": {}}
            with suppress(OSError):  # nobody listens: the input will end as well
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()


def outcome(sku: str, scraper: str) -> dict[str, object]:
    """Every tenth product is not to be found."""
    number = int(sku.rpartition("-")[2])
    found = number % 10 != 0
    return {
        "sku": sku,
        "scraper": scraper,
        "outcome": "found" if found else "not_found",
        "data": {"title": f"{sku} at {scraper}", "price": number / 4} if found else {},
        "detail": {},
        "scraped_at": "2026-03-02T09:00:00Z",
    }


if __name__ == "__main__":
    main()
