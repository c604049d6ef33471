"""The database's clock face: milliseconds since 1970 in UTC, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """A moment as the database keeps it; exact, where `timestamp()` goes through a float."""
    return (moment - _EPOCH) // _MILLISECOND


@overload
def to_moment(ms: int) -> datetime: ...
@overload
def to_moment(ms: None) -> None: ...
def to_moment(ms: int | None) -> datetime | None:
    """What the database keeps as a moment in UTC."""
    return None if ms is None else _EPOCH + ms * _MILLISECOND
