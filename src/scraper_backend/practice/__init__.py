"""A small practice shop on loopback, for the demo and for learning: two storefronts, one catalogue.

`pets` sells in dollars and tells everything in JSON-LD; `garden` sells in euros, in German, and tells
it in plain HTML.  Both have the habits that make scraping hard: prefixes, replaced products, a slow
page, a captcha.  `bsr practice` runs it alone; `bsr demo` beside a coordinator and a runner.
"""
