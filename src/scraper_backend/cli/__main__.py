"""`python -m scraper_backend.cli`: `bsr` without its entry point, for processes that we start."""

from scraper_backend.cli.main import main

main()
