"""Every command that a page shows is run, in the page's order, against real shops and a real coordinator.

What a reader must put in place of (a key, an address, a job) is put in place here; nothing else is changed.
The tutorial has a test of its own in `tests/journeys`.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper_backend.coordinator.rules import tokens, users
from scraper_backend.coordinator.store import Transaction, open_store
from tests.journeys.house import House, Shop, open_shop

ROOT = Path(__file__).parents[2]
OWN_TEST = {"tutorial.md", "cli.md"}
BLOCK = re.compile(r"```(?:sh|console)\n(.*?)```", re.S)
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if page.name not in OWN_TEST and BLOCK.search(page.read_text(encoding="utf-8"))
]
LONG_RUNNING = re.compile(r"^bsr (?:serve|demo|practice|runner start)\b.*$", re.M)
NOT_HERE = re.compile(r"^(?:make|pip install|apt-get|sudo|npm|docker) .*$", re.M)
PRODUCTS = {"012345678905": "007310", "850006715398": "TW-1001"}
STOCK = "SKU,Item no.,Name\n007310,007310,Bone\nTW-1001,TW-1001,Food\n"
SECRET = "a secret of the docs"
OLDER = """name: older
base_url: {pets}
selectors: [{{name: Name, selector: h1, attribute: text}}]
workflows: [{{action: navigate, params: {{url: "{pets}/search?q={{sku}}"}}}}]
"""


@dataclass(frozen=True)
class Desk:
    """A folder with the files that pages speak of, beside a coordinator with one job."""

    house: House
    folder: Path
    url: str
    key: str
    job: str
    token: str

    def script(self, page: Path) -> str:
        """The page's commands as one shell script, with what a reader would fill in."""
        text = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8")))
        text = re.sub(r"^\$ ", "", text, flags=re.M)
        text = LONG_RUNNING.sub("true", NOT_HERE.sub("true", text))
        text = text.replace("bsr job watch $JOB", "bsr runner run --job-id $JOB\nbsr job watch $JOB")
        for shown, ours in {
            **PRODUCTS,
            "bsr_…": self.key,
            "bsrt_…": self.token,
            "550e8400-e29b-41d4-a716-446655440000": self.job,
            "--job-id …": f"--job-id {self.job}",
            "export … ": f"export {self.job} ",
        }.items():
            text = text.replace(shown, ours)
        return re.sub(r"https?://(?:office\.local:8000|[a-z.]+\.example\.com)", self.url, text)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop() as opened:
        yield opened


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Desk:
    """What every page finds: two scrapers, a key, a job and a token in a database that nobody serves yet."""
    folder = tmp_path_factory.mktemp("desk")
    _material(folder, shop)
    house = House(folder / "data", f"sqlite:///{folder / 'data' / 'office.sqlite'}")
    house.folder.mkdir()
    house.told("scraper", "import", folder / "scrapers")
    key = house.told("key", "create", "docs")["api_key"]
    job = house.told("job", "create", "--sku", "TW-1001", "--scraper", "chewy")["job_id"]
    return Desk(house, folder, "", key, job, asyncio.run(_token(house.database_url)))


@pytest.fixture
def desk(tmp_path: Path, founded: Desk) -> Iterator[Desk]:
    """A copy of it of the page's own, and a coordinator."""
    shutil.copytree(founded.folder, tmp_path, dirs_exist_ok=True)
    house = House(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'office.sqlite'}")
    house.extra = {"SCRAPER_WEBHOOK_SECRET": SECRET}
    with house.serving() as office:
        yield replace(founded, house=house, folder=tmp_path, url=office.url)
    house.close()


async def _token(database_url: str) -> str:
    """A token as a person makes one in the panel."""
    now = datetime.now(UTC)

    async def rule(tx: Transaction) -> str:
        await users.create(tx, "rosa", "", "admin", now=now)
        made = await tokens.create(tx, "rosa", "docs", ["jobs", "scrapers", "runners"], by="rosa", now=now)
        return made.secret

    async with await open_store(database_url) as store:
        return await store.write(rule)


def _material(folder: Path, shop: Shop) -> None:
    pets = shop.addresses["pets"]
    for place in (folder / "scrapers", folder / "older"):
        place.mkdir()
    for name in ("chewy", "petco"):
        text = f"name: {name}\nbase_url: {pets}\nsearch_url_template: /search?q={{sku}}\n"
        text += 'options: {test_skus: ["007310"]}\n'
        (folder / "scrapers" / f"{name}.yaml").write_text(text)
    shutil.copy(folder / "scrapers" / "chewy.yaml", folder / "chewy.yaml")
    (folder / "older" / "older.yaml").write_text(OLDER.format(pets=pets))
    (folder / "skus.txt").write_text("007310\nTW-1001\n")
    (folder / "stock.csv").write_text(STOCK)
    (folder / "stock.tsv").write_text("Bone\t007310\nFood\tTW-1001\n")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_command_shown_works(desk: Desk, page: Path) -> None:
    """0, or 3 where a shop did what shops do."""
    wanted = [tool for tool in ("jq", "curl", "openssl") if shutil.which(tool) is None]
    script = desk.script(page)
    if any(tool in script for tool in wanted):
        pytest.skip(f"this machine has no {', '.join(wanted)}")
    checked = "trap 'code=$?; test $code -eq 3 || { echo \"exit $code: $BASH_COMMAND\" >&2; exit 1; }' ERR\n"
    environment = desk.house.environment | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SCRAPER_API_URL": desk.url,
        "SCRAPER_API_KEY": desk.key,
        "BSR_TOKEN": desk.token,
        "XDG_CONFIG_HOME": str(desk.folder / "config"),
    }

    answer = subprocess.run(
        ["bash", "-c", checked + script],
        cwd=desk.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )

    assert 0 == answer.returncode or 3 == answer.returncode, answer.stdout[-1500:] + answer.stderr[-1500:]
    assert "exit " not in answer.stderr.splitlines()[-1:], answer.stderr[-1500:]
