"""Scraper configurations in files and folders: read all of them, and tell all faults of all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scraper_backend.core.errors import Faults, Mistake, UsageError

if TYPE_CHECKING:
    from scraper_backend.core.problems import Problem
    from scraper_backend.core.scraper_config import ScraperConfig

ENDINGS: Final = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Document:
    """One file, the configuration in it, and what its writer should know."""

    path: str
    config: ScraperConfig
    warnings: tuple[Problem, ...] = ()
    text: str = ""


class ManyFaults(Mistake):
    """Faults in several files, each told under its name."""

    def __init__(self, faults: Sequence[Faults]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n\n".join(str(fault) for fault in self.faults)


def read_all(paths: Iterable[str]) -> tuple[list[Document], list[Faults]]:
    """Every configuration that can be read, and the faults of those that can't."""
    from scraper_backend.core.problems import Problem
    from scraper_backend.core.scraper_config import read_document
    from scraper_backend.scraping.lint import lint

    documents: list[Document] = []
    faults: list[Faults] = []
    places: dict[str, str] = {}
    for source, text in _texts(paths, faults):
        try:
            config, warnings = read_document(text, source=source)
        except Faults as fault:
            faults.append(fault)
            continue
        first = places.setdefault(config.name, source)
        if first != source:
            taken = Problem("name", f"`{config.name}` is also the name in {first}", "give each its own")
            faults.append(Faults(source, [taken]))
        linted = lint(config)
        if any(problem.severity == "error" for problem in linted):
            faults.append(Faults(source, linted))
            continue
        documents.append(Document(source, config, (*warnings, *linted), text))
    return documents, faults


def read_right(paths: Iterable[str]) -> list[Document]:
    """Every configuration; raises `ManyFaults` unless all of them are right."""
    documents, faults = read_all(paths)
    if faults:
        raise ManyFaults(faults)
    return documents


def read_one(path: str) -> ScraperConfig:
    """One configuration.  Raises `Faults`."""
    return read_right([path])[0].config


def _texts(paths: Iterable[str], faults: list[Faults]) -> Iterator[tuple[str, str]]:
    """The text of each file, files of a folder by name; what can't be read goes to `faults`."""
    import sys

    from scraper_backend.core.problems import Problem

    for path in paths:
        if path == "-":
            yield "standard input", sys.stdin.read()
            continue
        for file in _files(Path(path).expanduser()):
            try:
                yield str(file), file.read_text(encoding="utf-8-sig")
            except OSError as error:
                hint = "write the path of a YAML or JSON file, or of a folder of them"
                faults.append(Faults(str(file), [Problem("", f"cannot be read: {error.strerror}", hint)]))
            except UnicodeDecodeError:
                faults.append(Faults(str(file), [Problem("", "is not UTF-8 text", "save it as UTF-8")]))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
    if not files:
        raise UsageError(
            f"{path} has no configuration in it; it needs files that end in .yaml, .yml or .json"
        )
    return files
