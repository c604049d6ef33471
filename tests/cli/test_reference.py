"""The reference of the command line says what the commands say."""

from __future__ import annotations

from pathlib import Path

from tests.cli.reference import page

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def test_the_reference_is_what_the_commands_say() -> None:
    assert page() == REFERENCE.read_text(encoding="utf-8"), (
        "make it again: python -m tests.cli.reference > docs/reference/cli.md"
    )
