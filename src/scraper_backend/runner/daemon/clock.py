"""Seconds that also pass while the machine sleeps.

A laptop that wakes after an hour holds leases that ended long ago.  `time.monotonic` stood still meanwhile
(on Linux it is CLOCK_MONOTONIC), so a runner that trusted it would go on with tasks of others.
"""

from __future__ import annotations

import sys
import time


def awake_or_not() -> float:
    """Seconds since some moment in the past, sleep included."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # which counts sleep there
    return time.monotonic()
