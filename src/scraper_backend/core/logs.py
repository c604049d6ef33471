"""Log lines: one event, one line, on standard error; JSON for machines, words for a terminal.

An API key that strays into an event is cut off here, whoever logged it.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, Final, Literal

from scraper_backend.core.lean import without

with without("rich", "greenlet"):
    import structlog
    from structlog.typing import EventDict, Processor, ProcessorReturnValue, WrappedLogger

_KEY: Final = re.compile(r"bsr_[0-9A-Za-z]{4}[0-9A-Za-z_-]+")


def without_keys(text: str) -> str:
    """`text` with every API key cut to its first letters."""
    return _KEY.sub(lambda match: match[0][:8] + "…", text)


CALLS: Final = ("httpx2", "httpcore2")
"""Who says a line about every call: a runner makes several a second, and says itself what came of them."""


class Redacted:
    """A renderer whose line shows no API key."""

    def __init__(self, render: Processor) -> None:
        self._render = render

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> ProcessorReturnValue:
        line = self._render(logger, method, event)
        return without_keys(line.decode() if isinstance(line, bytes) else str(line))


def named(name: str) -> Any:
    """The log of a module of ours."""
    return structlog.get_logger(name)


def of(name: str) -> Any:
    """The log of a module that other people's programs import.

    Until somebody sets structlog up it writes to `logging`, where they expect it, and never to standard
    output, where they print.
    """
    if structlog.is_configured():
        return structlog.get_logger(name)
    return structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            Redacted(structlog.processors.LogfmtRenderer(key_order=["event"])),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def form(text: str) -> Literal["auto", "console", "json"]:
    """LOG_FORMAT as a person may write it."""
    known: dict[str, Literal["auto", "console", "json"]] = {"json": "json", "console": "console"}
    return known.get(text.strip().lower(), "auto")


def configure(*, level: str, form: Literal["auto", "console", "json"]) -> None:
    """Set up our events and those of the libraries beneath alike."""
    is_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_render(is_json=is_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", *(() if root.level <= logging.DEBUG else CALLS)):
        logging.getLogger(name).setLevel("WARNING")
    logging.getLogger("uvicorn.access").disabled = True


def configure_command(level: int) -> None:
    """Set up our events for a command that somebody types: words, from this level on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            words(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _render(*, is_json: bool) -> list[Any]:
    if is_json:
        return [
            structlog.processors.format_exc_info,
            Redacted(structlog.processors.JSONRenderer(ensure_ascii=False)),
        ]
    return [words()]


def words() -> Redacted:
    """A line for people.  A traceback shows no values: a key or a shop's password may be among them."""
    return Redacted(
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
