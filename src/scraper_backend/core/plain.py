"""Python values as JSON values, before anything is sent.

`plain` refuses what JSON cannot carry and names every fault by its path: a caller made it and can mend it.
`mended` never refuses: what a website sent is repaired, because a result is expensive.
"""

from __future__ import annotations

import enum
import math
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from pydantic import BaseModel

from scraper_backend.core.errors import Faults
from scraper_backend.core.problems import Problem, found
from scraper_backend.core.wire import MAX_DEPTH, utc_text

EXACT: Final = 2**53
"""Beyond this a whole number is not the same in every JSON reader."""


def plain(value: object, *, source: str = "body") -> Any:
    """`value` as dicts, lists, text, finite numbers, booleans and None.

    Decimal becomes a number, a time with its zone RFC 3339 in UTC.  Raises `Faults`.
    """
    problems: list[Problem] = []
    result = _plain(value, (), problems)
    if problems:
        raise Faults(source, problems)
    return result


def _plain(value: object, path: tuple[str, ...], problems: list[Problem]) -> object:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="python", exclude_none=True)
    fault = _fault(value, path)
    if fault is not None:
        problems.append(Problem(".".join(path), *fault))
        return None
    if isinstance(value, Mapping):
        return {key: _plain(inner, (*path, key), problems) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, (*path, str(index)), problems) for index, inner in enumerate(value)]
    return {} if value == {...} else _scalar(value)


def _scalar(value: object) -> object:
    """One value that has no fault and holds no other."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    return value


def _fault(value: object, path: tuple[str, ...]) -> tuple[str, str] | None:  # noqa: PLR0911 - one a kind
    """What is wrong with this value itself, and what to write instead."""
    if len(path) > MAX_DEPTH:
        return f"nests deeper than {MAX_DEPTH} levels", "flatten it"
    if isinstance(value, enum.Enum):
        return _fault(value.value, path)
    if value is None or isinstance(value, (bool, list, tuple, uuid.UUID)):
        return None
    if isinstance(value, str):
        return ("has half a character (a lone surrogate)", "send valid Unicode") if _broken(value) else None
    if isinstance(value, int):
        return None if abs(value) <= EXACT else (f"found {found(value)}, too large to be exact", "write text")
    if isinstance(value, (float, Decimal)):
        return (
            None
            if _is_finite(value)
            else ("is not a finite number", "write a number, or null when there is none")
        )
    if isinstance(value, datetime):
        return None if value.tzinfo else ("is a time without its zone", "write datetime.now(UTC)")
    if isinstance(value, date):
        return None
    if isinstance(value, Mapping):
        return next(_wrong_keys(value), None)
    if value == {...}:  # how the contract's own example abbreviates an object
        return None
    return f"found {type(value).__name__}, which JSON cannot carry", "write text, a number, a list or a dict"


def _wrong_keys(value: Mapping[Any, object]) -> Iterator[tuple[str, str]]:
    for key in value:
        if not isinstance(key, str):
            yield f"has the key {found(key)}", "write every key as text; SKUs are text too"
        elif _broken(key):
            yield "has a key with half a character (a lone surrogate)", "send valid Unicode"


def _is_finite(number: float | Decimal) -> bool:
    """Whether it is a number at all, and still one as the float that travels."""
    if isinstance(number, Decimal):
        return number.is_finite() and math.isfinite(float(number))
    return math.isfinite(number)


def _broken(text: str) -> bool:
    """Whether it has half a character, which no encoding has: asking the encoder is the quickest way."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def mended(value: object) -> Any:
    """`value` as JSON that every coordinator can store, whatever it was.

    Half characters become U+FFFD, NUL goes, numbers without an exact form become null or text.
    What an encoder takes as it is, nearly always all of it, has nothing to mend.
    """
    try:
        written = orjson.dumps(value, default=_number, option=orjson.OPT_STRICT_INTEGER | _AS_THEY_ARE)
    except (TypeError, ValueError, RecursionError):
        return _mended(value, 0)
    return _mended(value, 0) if _NUL in written or _may_be_deep(written) else orjson.loads(written)


_AS_THEY_ARE: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NUL: Final = b"\\u0000"
_DEEPEST: Final = MAX_DEPTH - 4
"""It leaves room for what is built around a value."""
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def _may_be_deep(written: bytes) -> bool:
    """Whether more containers may stand in each other than a coordinator reads; brackets in text count too.

    Each round takes away the innermost: a hundred bytes are looked at, and not every value.
    """
    shape = written.translate(None, _ALL_BUT_BRACKETS)
    for _ in range(_DEEPEST):
        if not shape:
            return False
        shape = shape.replace(b"[]", b"").replace(b"{}", b"")
    return bool(shape)


def _number(value: object) -> float:
    """A Decimal as the float that travels.  Raises TypeError for anything else."""
    if isinstance(value, Decimal) and _is_finite(value):
        return float(value)
    raise TypeError


def _mended(value: object, depth: int) -> Any:
    """`value` piece by piece.  Text, of which an outcome has a hundred pieces, is asked for first."""
    if isinstance(value, str):
        return _mended_text(value)
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="python", exclude_none=True)
    if depth > _DEEPEST:
        return _mended_text(str(value)[:200])
    if isinstance(value, (dict, Mapping)):
        return {_mended_text(str(key)): _mended(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_mended(inner, depth + 1) for inner in value]
    return _mended_scalar(value)


def _mended_scalar(value: object) -> object:
    if isinstance(value, str):
        return _mended_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else str(value)
    if isinstance(value, (float, Decimal)):
        return float(value) if _is_finite(value) else None
    if isinstance(value, datetime) and value.tzinfo:
        return utc_text(value)
    return _mended_text(str(value))


def _mended_text(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _broken(text) else text
    return whole.replace("\0", "")
