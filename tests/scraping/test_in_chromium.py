"""On broken markup our document gives what Chromium's own console gives, selector by selector."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from scraper_backend.scraping.document import Document
from scraper_backend.scraping.fetch import chromium
from scraper_backend.scraping.fetch.auto import can_render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not can_render(), reason="no Chromium here: apt-get install -y chromium"),
]

CSS = (
    "p", "b", "i", "li", "ul > li", "td", "tr > td", "table tr", "tbody > tr", "h1", "h2", "div > p",
    "a[href]", "span", ".price", "#x", "li:nth-child(2)", "li:last-child", "dd", "option", "[data-p]",
    "p + p", "p ~ div", "div:not(.a)", "main > *", "body > *", ":is(b, i) > *", "div:has(> span)",
    "[itemprop=price]", "svg *", "head > *",
)  # fmt: skip
XPATH = (
    "//p", "//b//i", "//li[2]", "//td/text()", "//a/@href", "//*[@class]", "//table//td[last()]",
    "//p/following-sibling::*[1]", "//span/ancestor::div", "//dt/following-sibling::dd[1]",
    "//*[contains(@class, 'price')]", "//h1/following::span", "//text()[contains(., '$')]", "//body/*[1]",
)  # fmt: skip

BROKEN = (
    "<p>one<p>two<div>three</p>four</div>five",
    "<b><i>bold italic</b> italic</i> plain",
    "<b>1<p>2</b>3</p>4",
    "<a href=1>x<a href=2>y</a>z",
    "<a href=/p><div>block<a href=/q>inner</div>after",
    "<table><tr><td>1<td>2<tr><td>3</table>",
    "<table><b>out</b><tr><td>in<p>para</table>after",
    "<table><tr><span class=price>$5</span><td>6</tr></table>",
    "<table><td>no row</td></table><table><tbody><td>x",
    "<table><tr><td><table><tr><td>in</table>out</table>",
    "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
    "<ul>text<li>a</ul></ul><li>stray",
    "<dl><dt>k<dd>v<dt>k2<dd>v2</dl>",
    "<h1>a<h2>b</h1>c</h2>",
    "<div class=a class=b id=x>first attribute wins</div>",
    "<div id=\"x\"class='price'>no blank</div>",
    "<div data-p='1\">2' title=a'b>quotes</div>",
    "<span class=price>$1<span class=price>$2</span>",
    "<p class=price>$1 <!-- <b>no</b> --> $2 <!-- -- > b --> $3",
    "<!-- open <p>gone",
    "<p>&pound5 &amp &notin; &#36;7 &#x24;8 &nope; &copy</p>",
    "<p title='&lt;b&gt;' data-p=&quot;q&quot;>x",
    "<script>var a = '<p>no</p>';</script><p>yes",
    "<script>'<!--<script>'</script><p>swallowed?</script><p>yes",
    "<style>p { } </p></style><p>styled",
    "<title>a<b>c</b></title><textarea><p>raw</p></textarea><p>ok",
    "<select><option>1<option>2<p>3</select><p>4",
    "<form><div><form><p>nested</form></div></form><p>x",
    "<button>a<button>b</button>c</button>",
    "<div><span>unclosed<div><p>deep",
    "</p></br></div><p>ends first",
    "<svg><path/><p>breaks out</svg><p>x",
    "<svg><title>t</title><desc><p>in desc</p></desc></svg>",
    "<math><mi>x<p>out</math>",
    "<noscript><p>no script</p></noscript><p>x",
    "<body class=a><p>1</p><body class=b id=x><p>2</p></html><p>3",
    "<html><head><p>in head</p></head><body>rest",
    "<img src=1><br/><input value=1><p/>self closing<div/>in",
    "<main><p>1<section>2</main>3</section>",
    "<nobr>a<nobr>b</nobr>c",
    "<p><table><tr><td>in p?</table>tail</p>",
    "<meta itemprop=price content=5><div><meta itemprop=price content=6>",
    "\x00<p>nul\x00l</p>\x0c<b\x0c>form feed</b>",
    "<p>a\r\nb\rc<pre>\n\nkept</pre>",
    "<frameset><frame></frameset><p>frames",
)  # fmt: skip

ASK = """([css, xpath]) => {
  const tidy = (text) => text.trim().split(/[\\t\\n\\f\\r ]+/).join(' ');
  const inCss = css.map((one) => [...document.querySelectorAll(one)]
    .map((node) => [node.localName, tidy(node.textContent)]));
  const inXPath = xpath.map((one) => {
    const found = document.evaluate(one, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({length: found.snapshotLength}, (_, n) => found.snapshotItem(n))
      .map((node) => tidy(node.nodeType === 1 ? node.textContent : node.nodeValue));
  });
  return [inCss, inXPath];
}"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def tab() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(), chromium_sandbox=not chromium.needs_no_sandbox()
        )
        yield await browser.new_page()
        await browser.close()


def tidy(text: str) -> str:
    return " ".join(text.strip("\t\n\f\r ").replace("\f", " ").split(None if "\xa0" not in text else " "))


DIFFERENT = (
    pytest.param("<svg><a href=1>svg link</a></svg>", id="xpath finds elements of SVG by their plain name"),
    pytest.param(
        "<template><p>hidden</p></template>", id="an element's raw text has that of a template in it"
    ),
)
"""Where Chromium answers otherwise.  No value depends on it: they are read with `node_text`."""


@pytest.mark.parametrize(
    "broken",
    [*BROKEN, *(pytest.param(*one.values, id=one.id, marks=pytest.mark.xfail) for one in DIFFERENT)],
)
async def test_selectors_find_what_chromium_finds(tab: Any, broken: str) -> None:
    text = f"<!doctype html>{broken}"
    await tab.goto("data:text/html;charset=utf-8," + quote(text))
    in_css, in_xpath = await tab.evaluate(ASK, [CSS, XPATH])

    document = Document(text)
    ours_css = [[[node.tag, tidy(node.text)] for node in document.css(one)] for one in CSS]
    ours_xpath = [
        [tidy(one if isinstance(one, str) else one.text) for one in document.xpath(x)] for x in XPATH
    ]

    assert dict(zip(CSS, in_css, strict=True)) == dict(zip(CSS, ours_css, strict=True))
    assert dict(zip(XPATH, in_xpath, strict=True)) == dict(zip(XPATH, ours_xpath, strict=True))
