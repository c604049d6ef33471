"""Where Chromium is, and how it is started.  Nothing here needs Playwright.

The order: BSR_CHROMIUM, the PATH, Playwright's own download.  What it is started with keeps it quiet
(no telephoning home), small, and without anything of ours: no key of the coordinator is in its
environment, and its profile is an empty folder that goes with it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

VARIABLE: Final = "BSR_CHROMIUM"
NAMES: Final = (
    "chrome-headless-shell",
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_MAC: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_MAC_CACHE: Final = "Library/Caches/ms-playwright"
_PASSED_ON: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"),
    *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"),
    *("FONTCONFIG_PATH", "LD_LIBRARY_PATH"),
)

# A browser with a window builds an address bar with its suggestions (two pages of its own), and keeps a
# process in hand for the next site; nobody looks at the one, and the other is never another site.
_UNUSED: Final = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
    "Translate",
)
PLAYWRIGHTS: Final = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion"),
)
"""What Playwright turns off; our argument of the same name would otherwise replace its."""

ARGUMENTS: Final = (
    f"--disable-features={','.join((*PLAYWRIGHTS, *_UNUSED))}",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-remote-fonts",
    "--disable-notifications",
    "--disable-speech-api",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # The first four are Playwright's own, which this argument would otherwise replace.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4,"
    "imagesEnabled=false",
)


class NoChromium(Exception):
    """There is none; the message says what to install or set."""


def find() -> str:
    """The executable.  Raises `NoChromium` with the command to type."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen:
        found = shutil.which(chosen)
        if not found:
            raise NoChromium(f"{VARIABLE} is {chosen!r}, which is no program; set it to Chromium's path")
        return found
    return _first([*NAMES, *(_MAC if sys.platform == "darwin" else ()), *_playwrights_own()])


def _first(names: Sequence[str]) -> str:
    for name in names:
        if name and (found := shutil.which(name)):
            return found
    raise NoChromium(how_to_install())


def _playwrights_own() -> list[str]:
    """What `playwright install` has brought, the newest first."""
    root = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    roots = [Path(root)] if root else [Path.home() / ".cache/ms-playwright", Path.home() / _MAC_CACHE]
    found = [path for folder in roots for path in sorted(folder.glob("chromium*/*/*"), reverse=True)]
    return [str(path) for path in found if path.name in ("chrome", "chrome-headless-shell", "headless_shell")]


def how_to_install() -> str:
    """The command that brings a Chromium to this machine."""
    if sys.platform == "darwin":
        command = "brew install --cask chromium"
    elif sys.platform.startswith("linux") and shutil.which("apt-get"):
        command = "sudo apt-get install -y chromium"
    else:
        command = "python -m playwright install --with-deps chromium"
    return f"this page needs Chromium, and there is none: run `{command}`, or set {VARIABLE} to its path"


def environment() -> dict[str, str]:
    """What of our environment Chromium gets: it runs other people's programs."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def needs_no_sandbox() -> bool:
    """Chromium refuses to run as root with its sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def resident_mb(pids: Sequence[int]) -> float:
    """The memory that these processes hold, where the system tells it (Linux); else 0."""
    total = 0
    for pid in pids:
        try:
            # Private pages only: what the processes share would otherwise be counted for each of them.
            fields = Path(f"/proc/{pid}/statm").read_text().split()
            total += int(fields[1]) - int(fields[2])
        except (OSError, ValueError, IndexError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6 if total else 0.0
