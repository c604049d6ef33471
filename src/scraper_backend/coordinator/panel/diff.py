"""Two texts line by line: what was taken away, what came, what stayed."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

CONTEXT: Final = 4
"""How many unchanged lines are shown around a change."""


class Row(NamedTuple):
    """One line of a comparison; `gap` stands for lines that did not change."""

    kind: Literal["same", "gone", "new", "gap"]
    before: int | None
    after: int | None
    text: str


def rows(before: str, after: str) -> list[Row]:
    """The lines of both, changes with some context; nothing when they are the same."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Row] = []
    end = (0, 0)
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        if group[0][1] > end[0]:
            found.append(Row("gap", None, None, f"{group[0][1] - end[0]} lines as before"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += [Row("same", i + 1, j1 + i - i1 + 1, old[i]) for i in range(i1, i2)]
            else:
                found += [Row("gone", i + 1, None, old[i]) for i in range(i1, i2)]
                found += [Row("new", None, j + 1, new[j]) for j in range(j1, j2)]
        end = (group[-1][2], group[-1][4])
    if found and len(old) > end[0]:
        found.append(Row("gap", None, None, f"{len(old) - end[0]} lines as before"))
    return found
