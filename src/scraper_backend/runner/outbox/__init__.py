"""What was found and is not acknowledged yet: one SQLite file, FULL, on the runner's own disk.

    file    opening it, one transaction, what to do with a broken one
    jobs    whole jobs by the contract: outcomes, then one report
    spool   tasks of the fleet protocol: claims, marks, results item by item
    dead    what a coordinator refused, with its words; never thrown away

The only SQL on a runner.  A row goes when the coordinator has acknowledged it, never before.
"""

from scraper_backend.runner.outbox.file import File, default_path, open_file

__all__ = ["File", "default_path", "open_file"]
