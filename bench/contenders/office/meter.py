"""What all contenders measure: user and system time of a process, and the wall clock."""

import json
import os
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid="self"):
    """Seconds of CPU that a process has used, its own children left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Meter:
    """From now on, this process or another."""

    def __init__(self, pid="self"):
        self.pid, self.cpu, self.wall = pid, cpu_of(pid), time.perf_counter()

    def report(self, n, **more):
        cpu, wall = cpu_of(self.pid) - self.cpu, time.perf_counter() - self.wall
        print(json.dumps({"n": n, "per_s": n / wall, "per_cpu_s": n / max(cpu, 1 / TICK), **more}))


def product(sku):
    """A result of about 500 bytes."""
    return {
        "title": f"Northpaw Grain Free Chicken Dry Dog Food, {sku}", "price": 29.99, "currency": "USD",
        "availability": "in_stock", "brand": "Northpaw", "url": f"https://shop.example/p/{sku}",
        "images": [f"https://shop.example/i/{sku}-{n}.jpg" for n in range(3)],
        "description": "Made from chicken and peas, without grain. " * 3,
    }  # fmt: skip
