"""A scraper's configuration as somebody typed or sent it: the value, and every fault and warning by its line.

For the panel's editor and the admin API; `bsr scraper check` says the same of files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from scraper_backend.core import wire
from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem
from scraper_backend.core.scraper_config import ScraperConfig, read_document
from scraper_backend.core.yaml import dump_yaml, load_yaml
from scraper_backend.scraping.lint import lint

LONGEST: Final = 256 * 1024
MOST_FILES: Final = 500
ENDINGS: Final = (".yaml", ".yml", ".json")


class Reading(NamedTuple):
    """What a text says.  `config` is None exactly when a problem is an error."""

    config: ScraperConfig | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be corrected before it can be saved."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


NO_TEXT: Final = Reading(None, (Problem("", "is not UTF-8 text", "save it as UTF-8"),))


class File(NamedTuple):
    """One configuration of an upload."""

    name: str
    reading: Reading
    text: str = ""


def examine(text: str, *, source: str = "scraper") -> Reading:
    """Read a configuration, YAML or JSON."""
    if len(text) > LONGEST:
        return Reading(None, (Problem("", f"is longer than {LONGEST // 1024} KiB", "shorten it"),))
    try:
        config, warnings = read_document(text, source=source)
    except Faults as faults:
        return Reading(None, _in_order(faults.problems))
    lines = load_yaml(text, source=source)[1]
    problems = _in_order([*warnings, *(_placed(problem, lines) for problem in lint(config))])
    is_right = all(problem.severity == "warning" for problem in problems)
    return Reading(config if is_right else None, problems)


def text_of(config: ScraperConfig) -> str:
    """A configuration as people edit it."""
    return dump_yaml(config.as_written())


def examine_files(files: Sequence[tuple[str, bytes]]) -> list[File]:
    """Every configuration of an upload: YAML, JSON, or a ZIP of them; a name that comes twice is a fault."""
    read: list[File] = []
    seen: dict[str, str] = {}
    for name, content in _unpacked(files):
        text = _decoded(content)
        reading = NO_TEXT if text is None else examine(text, source=name)
        if reading.config is not None:
            first = seen.setdefault(reading.config.name, name)
            if first != name:
                taken = Problem(
                    "name", f"`{reading.config.name}` is also the name in {first}", "give each its own"
                )
                reading = Reading(None, (*reading.problems, taken))
        read.append(File(name, reading, text or ""))
    return read


def packed(texts: Mapping[str, str]) -> bytes:
    """Configurations by name as a ZIP of YAML files, the same bytes for the same configurations."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.yaml"), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """By line, errors before warnings of the same line."""
    return tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.severity)))


def _placed(problem: Problem, lines: dict[str, int]) -> Problem:
    path = problem.path
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return replace(problem, line=lines.get(path))


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _unpacked(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in files:
        if zipfile.is_zipfile(io.BytesIO(content)):
            yield from _members(content)
        else:
            yield name or "file", content


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The configurations in an archive, which may not inflate without end."""
    left = wire.MAX_BODY
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        wanted = [info for info in archive.infolist() if info.filename.lower().endswith(ENDINGS)]
        for info in wanted[:MOST_FILES]:
            try:
                with archive.open(info) as member:
                    text = member.read(min(left, LONGEST + 1))
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
                text = b"\xff"
            left -= len(text)
            yield info.filename, text
