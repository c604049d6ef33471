"""Scraper configurations of the older form, turned into today's.

The older form had `selectors` as a list with `name`, options at the top level, and `workflows`: scripted
browser steps.  Most of those scripts only say "search, click the product, read it", which is what the walk
does anyway, so their addresses, selectors and changes of text are taken over and the clicking is dropped.
Whatever has no equivalent is named in a warning; nothing disappears in silence.  `document` reads the keys,
`steps` the script, `places` the selectors, `changes` what is done to their text.  Called by
`scraper_config` when a document carries the older form's keys.
"""

from scraper_backend.core.older.document import is_older, modernise

__all__ = ["is_older", "modernise"]
