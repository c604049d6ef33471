"""Scrapyd's schedule.json, one job a call: CALLS PEERS_PYTHON."""

import sys
import urllib.parse
from http.client import HTTPConnection
from pathlib import Path

from served import folder, free_port, process, send

SPIDER = """import scrapy
class Shop(scrapy.Spider):
    name = "shop"
    def start_requests(self):
        return []
"""
count, peers = int(sys.argv[1]), Path(sys.argv[2]).absolute()
with folder() as place:
    home, port = Path(place), free_port()
    (home / "mall" / "spiders").mkdir(parents=True)
    (home / "mall" / "__init__.py").touch()
    (home / "mall" / "spiders" / "__init__.py").touch()
    (home / "mall" / "settings.py").write_text('BOT_NAME = "mall"\nSPIDER_MODULES = ["mall.spiders"]\n')
    (home / "mall" / "spiders" / "shop.py").write_text(SPIDER)
    (home / "scrapy.cfg").write_text("[settings]\ndefault = mall.settings\n")
    (home / "scrapyd.conf").write_text(
        f"[scrapyd]\nhttp_port = {port}\nbind_address = 127.0.0.1\nmax_proc = 1\nmax_proc_per_cpu = 1\n"
        "poll_interval = 3600\n[settings]\ndefault = mall.settings\n"
    )
    with process([str(peers.parent / "scrapyd")], port, cwd=home) as pid:
        form = "application/x-www-form-urlencoded"
        body = urllib.parse.urlencode({"project": "default", "spider": "shop", "sku": "0000001"}).encode()
        line = HTTPConnection("127.0.0.1", port, timeout=60)  # the first call lists the spiders: not counted
        line.request("POST", "/schedule.json", body, {"Content-Type": form})
        first = line.getresponse().read()
        if b'"ok"' not in first:
            raise SystemExit(first)
        send(pid, port, [("/schedule.json", body)] * count, connections=4, n=count, kind=form)
