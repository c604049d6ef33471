"""The page docs/reference/cli.md, made from the commands themselves.

To write it: `python -m tests.cli.reference > docs/reference/cli.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from scraper_backend.cli.main import app

HEAD = """# Command line

`bsr` does everything that the panel and the API do, and more. Every command has `--help` with an example,
and `--json` for programs: one document on one line, or a line for each result where results stream.
Standard output carries what was asked for; progress, warnings and faults go to standard error.

| exit code | means | who must act |
|---|---|---|
| 0 | done | |
| 1 | it failed: the job, every SKU, or `bsr` itself (with a traceback) | look at the message |
| 2 | what was written is wrong: a command, a configuration, a setting; all faults are told at once | you |
| 3 | partly: something was blocked, drifted or failed | look at the outcomes |
| 4 | the API key or the token was refused | whoever makes keys |
| 6 | no such job | you |
| 75 | no coordinator or database can be reached, or the disk is full; nothing is lost | nobody; try later |
| 130 | interrupted with Ctrl-C | |

`bsr job`, `key`, `scraper`, `user` and `db` work on the coordinator's database (`DATABASE_URL`, or SQLite in
`BSR_DATA_DIR`), beside a running `bsr serve`, which notices within a second. `bsr runner` and `bsr scrape`
need no database; a runner needs `SCRAPER_API_URL` and `SCRAPER_API_KEY`.

On another machine, `bsr login URL` lets `bsr job`, `key`, `scraper` and `runner list` work by the admin
API, with the same output and the same exit codes; 4 then means the token. Which coordinator is meant: the
first that is set of `bsr --coordinator URL`; `BSR_COORDINATOR`; this machine's own where `DATABASE_URL` or
`BSR_DATA_DIR` is set; the last login; this machine's own. `BSR_TOKEN` stands in for a login.

Made from the commands themselves; a test compares.
"""


def commands(command: Any = None, path: tuple[str, ...] = ("bsr",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its words, groups left out."""
    here = typer.main.get_command(app) if command is None else command
    inner = getattr(here, "commands", None)
    if inner is None:
        yield path, here
        return
    for name, one in inner.items():
        yield from commands(one, (*path, name))


def page() -> str:
    """The whole page."""
    several = sorted(commands(), key=lambda pair: (len(pair[0]) > 2, pair[0][:2]))
    return HEAD + "".join(_section(path, command) for path, command in several)


def _section(path: tuple[str, ...], command: Any) -> str:
    arguments = [_argument(param) for param in command.params if param.param_type_name == "argument"]
    usage = " ".join([*path, *arguments, "[OPTIONS]"])
    rows = [row for param in command.params if (row := _row(param))]
    table = "".join(["\n| | |\n|---|---|\n", *rows]) if rows else ""
    examples = [_plain(line).strip() for line in (command.epilog or "").split("\n\n")[1:]]
    shown = "\n".join(examples)
    return f"\n## {' '.join(path)}\n\n`{usage}`\n\n{_plain(command.help)}\n{table}\n```sh\n{shown}\n```\n"


def _argument(param: Any) -> str:
    name = f"{param.metavar or param.name.upper()}" + ("…" if param.nargs == -1 else "")
    return name if param.required else f"[{name}]"


def _row(param: Any) -> str:
    if param.name in ("help", "json_", "json") or not getattr(param, "help", None):
        return ""
    name = _argument(param)
    if param.param_type_name == "option":
        value = "" if param.is_flag else f" {param.metavar or 'TEXT'}"
        name = ", ".join(param.opts) + value
    default = ""
    if param.default not in (None, False, ()) and param.show_default and not param.required:
        default = f" Default: {param.default}."
    required = " **Required.**" if param.required and param.param_type_name == "option" else ""
    text = _plain(param.help).replace("|", "\\|")
    return f"| `{name}` | {text}{'' if text.endswith('.') else '.'}{default}{required} |\n"


def _plain(text: str) -> str:
    """Without rich's markup; a default in the text as a sentence."""
    told = re.sub(r"\[dim\]default: (.*?)\[/\]", r"Default: \1", text)
    return re.sub(r"\[/?(?:bold|dim)?\]", "", told).replace("\\[", "[")


if __name__ == "__main__":
    print(page(), end="")
