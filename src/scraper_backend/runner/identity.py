"""Who this runner is: its name, its machine, what it can do."""

from __future__ import annotations

import os
import platform
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scraper_backend import __version__
from scraper_backend.core.environment import setting


def runner_name(environment: Mapping[str, str] | None = None) -> str:
    """RUNNER_NAME, or the host's name."""
    env = os.environ if environment is None else environment
    return setting("RUNNER_NAME", env) or platform.node() or "runner"


def machine_id(folder: Path) -> str:
    """A name for this machine that survives renaming: made once, kept in the data folder.

    Not /etc/machine-id: containers of one image share it.
    """
    path = folder / "machine-id"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(f"{uuid.uuid4()}\n")
    except FileExistsError:
        pass
    known = path.read_text(encoding="ascii", errors="replace").strip()
    return (
        known
        if re.fullmatch(r"[0-9a-f-]{36}", known)
        else str(uuid.uuid5(uuid.NAMESPACE_DNS, platform.node()))
    )


def metadata(folder: Path, capabilities: tuple[str, ...] = ()) -> dict[str, Any]:
    """What `register` tells about this machine."""
    return {
        "platform": platform.system(),
        "python_version": platform.python_version(),
        "hostname": platform.node(),
        "architecture": platform.machine(),
        "version": __version__,
        "machine": machine_id(folder),
        "cpus": os.cpu_count() or 1,
        "capabilities": list(capabilities),
    }
