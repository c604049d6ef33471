"""`bsr practice`: the practice shop alone, to learn on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper_backend.cli import say

PETS_PORT, GARDEN_PORT = 8411, 8412
EPILOG = say.example("bsr practice", "bsr practice --write practice/")


def practice(
    pets_port: Annotated[
        int, typer.Option(metavar="PORT", help="Port of Pawprint Supply; 0 takes a free one.")
    ] = PETS_PORT,
    garden_port: Annotated[int, typer.Option(metavar="PORT", help="Port of Gartenhof Linde.")] = GARDEN_PORT,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write the two configurations and a list of SKUs there."),
    ] = None,
    json: say.Json = False,
) -> None:
    """Open two small shops on this machine to practise on, until Ctrl-C.

    A runner visits them only when RUNNER_ALLOW_PRIVATE_HOSTS names 127.0.0.1, as it stays away from
    private addresses.
    """
    import asyncio

    asyncio.run(_open(pets_port, garden_port, write, json=json))


async def _open(pets_port: int, garden_port: int, folder: Path | None, *, json: bool) -> None:
    import asyncio
    import signal

    from scraper_backend.core.errors import UsageError
    from scraper_backend.practice.shop import open_shop, write_material

    closed = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, closed.set)
    try:
        async with open_shop(pets_port=pets_port, garden_port=garden_port) as addresses:
            written = write_material(folder, addresses) if folder else []
            if json:
                shops = {str(shop): address for shop, address in addresses.items()}
                say.as_json({"shops": shops, "written": [str(path) for path in written]})
            else:
                say.out(f"Pawprint Supply  {addresses['pets']}\nGartenhof Linde  {addresses['garden']}")
                for path in written:
                    say.out(f"wrote {path}")
                say.err("Ctrl-C closes them.")
            await closed.wait()
    except OSError as error:
        raise UsageError(f"cannot open the shops: {error.strerror}; choose other ports") from None
