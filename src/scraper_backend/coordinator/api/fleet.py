"""What the fleet's answers have in common: directives, and the version a runner must have."""

from __future__ import annotations

from starlette.responses import Response

from scraper_backend.coordinator.office import Office
from scraper_backend.coordinator.routes import answer
from scraper_backend.core import wire

Answer = wire.ClaimAnswer | wire.HeartbeatAnswer | wire.ResultsAnswer | wire.ReleaseAnswer | wire.LogsAnswer


def told(value: Answer, desk: Office) -> Response:
    """The answer with everything that every runner is told."""
    wanted = desk.settings.min_runner_version
    if wanted is not None:
        directives = value.directives.model_copy(update={"min_version": wanted})
        value = value.model_copy(update={"directives": directives})
    return answer(value)
