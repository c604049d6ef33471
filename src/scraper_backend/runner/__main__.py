"""A door of the runner with the standard library alone: `python -m scraper_backend.runner --job-id ID`.

What GitHub Actions, cron and containers call.  The same function and exit codes as `bsr runner run`.
"""

from __future__ import annotations

import argparse
import sys

from scraper_backend.core.errors import StoreBusy, UsageError
from scraper_backend.runner import guard
from scraper_backend.runner.events import Exit
from scraper_backend.runner.lines import Lines, speak_utf8
from scraper_backend.runner.order import Order

_EPILOG = """\
environment: SCRAPER_API_URL, SCRAPER_API_KEY (or SCRAPER_API_KEY_FILE), RUNNER_NAME, SCRAPER_WEBHOOK_SECRET,
RUNNER_ALLOW_PRIVATE_HOSTS, BSR_DATA_DIR, LOG_LEVEL, LOG_FORMAT

exit codes: 0 completed, 1 failed, 2 usage, 3 partly (something was blocked, drifted or failed),
4 API key refused, 6 no such job, 75 try again later (results are kept on disk)

example: python -m scraper_backend.runner --job-id 550e8400-e29b-41d4-a716-446655440000
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one job; the exit code says how it ended."""
    parser = argparse.ArgumentParser(
        prog="python -m scraper_backend.runner",
        description="Run one scrape job and report it to the coordinator.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--job-id", required=True, help="UUID of the job")
    parser.add_argument("--api-url", help="the coordinator's address (default: SCRAPER_API_URL)")
    parser.add_argument("--runner-name", help="this runner's name (default: RUNNER_NAME, then the host's)")
    parser.add_argument("--debug", action="store_true", help="log everything")
    parser.add_argument("--json", action="store_true", help="print each outcome as a line of JSON")
    given = parser.parse_args(arguments)
    speak_utf8()
    order = Order(given.job_id, given.api_url, None, given.runner_name, whole=given.json, debug=given.debug)
    try:
        return guard.run(order, Lines(sys.stderr, sys.stdout, as_json=given.json)).exit_code
    except UsageError as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    except StoreBusy as error:
        print(error, file=sys.stderr)
        return Exit.LATER


if __name__ == "__main__":
    sys.exit(main())
