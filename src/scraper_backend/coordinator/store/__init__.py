"""The database: named SQL, reads, writes, the two engines, migrations.

`open_store(url)` gives a `Store`; everything that decides or changes state is in `rules`.
"""

from __future__ import annotations

from scraper_backend.coordinator.store.engine import migrate, open_store
from scraper_backend.coordinator.store.protocol import Rule, Store, Topic, Transaction

__all__ = ["Rule", "Store", "Topic", "Transaction", "migrate", "open_store"]
