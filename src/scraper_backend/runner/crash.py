"""Last words: a run died and cannot speak for itself any more.  Standard library only.

Signed with SCRAPER_WEBHOOK_SECRET where there is one, else (or when the signature is refused) with the API
key.  The same body can be sent by a shell script, see docs/how-to/run-a-runner.md.
"""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from scraper_backend.core.signing import sign

CALLBACK: Final = "/api/admin/scraping/callback"
MAX_WORDS: Final = 4000


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be said, and the proofs we may use."""

    api_url: str
    job_id: str
    message: str
    runner_name: str
    api_key: str | None = None
    secret: str | None = None

    def __repr__(self) -> str:
        return f"Report(api_url={self.api_url!r}, job_id={self.job_id!r}, message={self.message!r})"


def last_words(
    report: Report,
    *,
    patience: float = 30.0,
    timeout: float = 10.0,
    sleep: Callable[[float], object] = time.sleep,
) -> bool:
    """Report the job as failed; whether the coordinator took it.  Never raises for what the network does."""
    body = _body(report)
    ends = time.monotonic() + patience
    for proof in _proofs(report, body):
        for failures in range(1, 1000):
            status = _post(report.api_url + CALLBACK, body, proof, timeout)
            if 200 <= status < 300:
                return True
            pause = random.uniform(0, min(5.0, 0.25 * 2**failures))
            if 300 <= status < 500 and status not in (408, 425, 429):
                break  # refused: the other proof may be taken, repeating this one is noise
            if time.monotonic() + pause > ends:
                return False
            sleep(pause)
    return False


def _body(report: Report) -> bytes:
    words = report.message.encode("utf-8", "replace").decode()[:MAX_WORDS] or "the runner died"
    told = {"job_id": report.job_id, "status": "failed", "runner_name": report.runner_name}
    return json.dumps({**told, "error_message": words}, ensure_ascii=False).encode()


def _proofs(report: Report, body: bytes) -> Iterator[dict[str, str]]:
    if report.secret:
        yield {"X-Webhook-Signature": sign(body, report.secret)}
    if report.api_key:
        yield {"X-API-Key": report.api_key}


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect could carry our key or our words elsewhere: it is an answer like any other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _post(url: str, body: bytes, proof: dict[str, str], timeout: float) -> int:
    """The status of the answer; 0 for none."""
    if urlsplit(url).scheme not in ("http", "https"):
        return 400
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, data=body, headers={"Content-Type": "application/json", **proof}, method="POST"
    )
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=timeout) as answer:
            answer.read(65536)
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except (OSError, ValueError, http.client.HTTPException):
        return 0
