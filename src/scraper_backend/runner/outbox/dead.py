"""Dead letters: what a coordinator refused, with its words.  Only a person throws one away."""

from __future__ import annotations

from dataclasses import dataclass

from scraper_backend.runner.outbox.file import File


@dataclass(frozen=True, slots=True)
class Letter:
    """One refused outcome."""

    id: int
    coordinator: str
    job_id: str
    sku: str
    scraper: str
    words: str
    buried_at: int


def bury(  # noqa: PLR0917 - the columns, in their order
    file: File, coordinator: str, job_id: str, sku: str, scraper: str, body: bytes, words: str
) -> None:
    """Put one aside, inside the caller's transaction."""
    file.run(
        "INSERT INTO dead (coordinator, job_id, sku, scraper, body, words, buried_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (coordinator, job_id, sku, scraper, body, words[:2000], file.now()),
    )


def letters(file: File, limit: int = 1000) -> list[Letter]:
    """The newest of them."""
    rows = file.run(
        "SELECT id, coordinator, job_id, sku, scraper, words, buried_at FROM dead ORDER BY id DESC LIMIT ?",
        (limit,),
    )
    return [Letter(*row) for row in rows]


def count(file: File) -> int:
    """How many there are."""
    return int(file.one("SELECT count(*) FROM dead"))
