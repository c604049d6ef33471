"""What a door asks a run to do.  Standard library only.

It reaches the working process on its standard input, so that no key stands in a command line.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """One job to run.  What is None comes from the environment.

    whole: events carry whole outcomes (for `--json`).  debug: log everything.
    """

    job_id: str
    api_url: str | None = None
    api_key: str | None = None
    runner_name: str | None = None
    whole: bool = False
    debug: bool = False

    def to_line(self) -> str:
        """The order as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> Order:
        """The order that `to_line` wrote."""
        return cls(**json.loads(line))

    def __repr__(self) -> str:
        return f"Order(job_id={self.job_id!r}, api_url={self.api_url!r}, runner_name={self.runner_name!r})"
