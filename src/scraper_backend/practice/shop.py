"""Both storefronts, open: started on loopback, closed when the `async with` ends."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from scraper_backend.practice import garden, pets
from scraper_backend.practice.catalogue import DEMO_SKUS, Shop
from scraper_backend.practice.storefront import Look, Storefront

HOST = "127.0.0.1"
LOOKS: Mapping[Shop, Look] = {"pets": pets, "garden": garden}


@asynccontextmanager
async def open_shop(*, pets_port: int = 0, garden_port: int = 0) -> AsyncIterator[Mapping[Shop, str]]:
    """The address of each storefront, while both are open; port 0 takes a free one."""
    ports: Mapping[Shop, int] = {"pets": pets_port, "garden": garden_port}
    async with AsyncExitStack() as stack:
        yield {shop: await _open(stack, LOOKS[shop], port) for shop, port in ports.items()}


async def _open(stack: AsyncExitStack, look: Look, port: int) -> str:
    runner = web.AppRunner(Storefront(look).app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    return f"http://{HOST}:{runner.addresses[0][1]}"


def scrapers(addresses: Mapping[Shop, str]) -> dict[str, str]:
    """The configuration of each storefront as YAML, by file name, for shops at these addresses."""
    folder = files(__package__).joinpath("scrapers")
    return {
        f"practice-{shop}.yaml": re.sub(
            r"(?m)^base_url: .*$",
            f"base_url: {address}",
            folder.joinpath(f"practice-{shop}.yaml").read_text(encoding="utf-8"),
        )
        for shop, address in addresses.items()
    }


def write_material(folder: Path, addresses: Mapping[Shop, str]) -> list[Path]:
    """Put the configurations and a list of SKUs to try them on into `folder`; tell what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = scrapers(addresses) | {"skus.txt": "".join(f"{sku}\n" for sku in DEMO_SKUS)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
