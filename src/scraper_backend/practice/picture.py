"""Product pictures, drawn: one quiet shape for each kind of article, in colours of its own."""

from __future__ import annotations

import zlib

_SHAPES = {
    "bag": '<path d="M120 110h160l18 190H102z"/>'
    '<path class="b" d="M120 110l14-34h132l14 34z"/>'
    '<rect class="c" x="140" y="170" width="120" height="70" rx="8"/>',
    "ball": '<circle cx="200" cy="200" r="95"/>'
    '<path class="l" d="M118 152q82 60 164 0M118 248q82-60 164 0"/>',
    "bed": '<rect x="70" y="190" width="260" height="90" rx="45"/>'
    '<ellipse class="b" cx="200" cy="200" rx="98" ry="36"/>',
    "bottle": '<rect x="150" y="140" width="100" height="170" rx="20"/>'
    '<rect class="b" x="175" y="90" width="50" height="50" rx="8"/>'
    '<rect class="c" x="165" y="190" width="70" height="70" rx="6"/>',
    "bowl": '<path d="M90 190h220l-34 100H124z"/><ellipse class="b" cx="200" cy="190" rx="110" ry="28"/>',
    "can": '<path d="M130 180h120v110H130z"/>'
    '<path class="l" d="M250 200l70-50M130 200q-50 30 0 70"/>'
    '<path class="b" d="M306 134l30 30-14 14-30-30z"/>',
    "feather": '<path d="M120 290Q160 120 300 100Q290 230 120 290z"/>'
    '<path class="l" d="M110 305Q200 220 270 130"/>',
    "feeder": '<rect x="155" y="130" width="90" height="160" rx="12"/>'
    '<path class="b" d="M130 130l70-50 70 50z"/>'
    '<path class="l" d="M140 220h120M140 260h120"/>',
    "house": '<path d="M120 180h160v120H120z"/>'
    '<path class="b" d="M100 185l100-85 100 85z"/>'
    '<circle class="c" cx="200" cy="235" r="30"/>',
    "lamp": '<rect x="80" y="150" width="240" height="36" rx="18"/>'
    '<path class="b" d="M110 186h180l30 110H80z" opacity=".5"/>',
    "plant": '<path class="l" d="M200 310V170"/>'
    '<path d="M200 210Q110 200 110 120Q195 120 200 210z"/>'
    '<path class="b" d="M200 180Q290 170 290 90Q205 90 200 180z"/>',
    "post": '<rect x="175" y="90" width="50" height="200"/>'
    '<rect class="b" x="120" y="285" width="160" height="24" rx="8"/>'
    '<rect class="b" x="140" y="80" width="120" height="20" rx="8"/>',
    "pot": '<path d="M125 160h150l-24 140H149z"/>'
    '<rect class="b" x="110" y="135" width="180" height="34" rx="8"/>',
    "rope": '<path class="l" d="M110 270q0-130 90-130t90 60-60 60-60-50" stroke-width="22"/>'
    '<circle class="b" cx="110" cy="280" r="24"/>',
    "tin": '<rect x="120" y="130" width="160" height="150" rx="10"/>'
    '<ellipse class="b" cx="200" cy="130" rx="80" ry="22"/>'
    '<rect class="c" x="120" y="180" width="160" height="56"/>',
    "tool": '<path class="l" d="M200 80v130" stroke-width="18"/><path d="M160 205h80v60q-40 60-80 0z"/>',
}


def svg(kind: str, sku: str) -> str:
    """The picture of an article; its colours follow from its SKU, so they never change."""
    hue = zlib.crc32(sku.encode()) % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">'
        f"<style>path,rect,circle,ellipse{{fill:hsl({hue} 45% 48%)}}.b{{fill:hsl({hue} 40% 36%)}}"
        f".c{{fill:hsl({hue} 60% 90%)}}.l{{fill:none;stroke:hsl({hue} 40% 30%);stroke-width:10;"
        "stroke-linecap:round}</style>"
        f'<rect width="400" height="400" style="fill:hsl({hue} 38% 94%)"/>'
        '<ellipse cx="200" cy="318" rx="120" ry="12" style="fill:#0001"/>'
        f"{_SHAPES[kind]}</svg>"
    )
