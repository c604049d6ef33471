"""Every page, light and dark, on a desk and on a phone: everybody can use it, and it stands still.

axe-core (MPL-2.0; only this test loads it) tells what a person with a screen reader, with weak eyes or with a
keyboard alone would stumble over.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final

import pytest

from tests.coordinator.live import live
from tests.coordinator.panel.browser import needs_browser, visitor
from tests.screens.__main__ import HIDDEN, places, way_in
from tests.screens.seed import KEY, fill

pytestmark = [*needs_browser, pytest.mark.timeout(300)]

SIZES: Final = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}
STUMBLES: Final = """
async (rules) => {
  const runOnly = rules.length ? { runOnly: rules } : {};
  const told = await axe.run(document, { resultTypes: ["violations"], ...runOnly });
  return told.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
}
"""
COLOURS: Final = ["color-contrast", "link-in-text-block"]
"""The rules that the dark look can break alone."""
MOVED: Final = """
window.__moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) __moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
MOST_MOVED: Final = 0.02


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_is_for_everybody_and_stands_still(size: str, tmp_path: Path, browser: Any) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    stumbles: list[str] = []
    moved: dict[str, float] = {}

    async with live(f"sqlite:///{tmp_path}/office.db", BSR_MASTER_KEY=KEY) as office:
        pages = await fill(office)
        rosa = await visitor(browser, office.address)
        await rosa.page.set_viewport_size(SIZES[size])
        await rosa.page.add_init_script(MOVED)
        await rosa.open(f"/enter?token={await way_in(office, 'rosa')}")
        everywhere = {**await places(rosa.page), **HIDDEN, **pages}
        for name, path in everywhere.items():
            await rosa.page.emulate_media(color_scheme="light", reduced_motion="reduce")
            await rosa.open(path)
            await rosa.page.evaluate(f"{{{axe}}}")
            stumbles += [f"{name}: {one}" for one in await rosa.page.evaluate(STUMBLES, [])]
            await rosa.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            dark = await rosa.page.evaluate(STUMBLES, COLOURS)
            stumbles += [f"{name}, dark: {one}" for one in dark]
            moved[name] = await rosa.page.evaluate("__moved")
        await rosa.page.close()

    assert [] == stumbles
    assert {} == {where: how for where, how in moved.items() if how >= MOST_MOVED}
    assert [] == rosa.alarms
    assert len(everywhere) > 25
