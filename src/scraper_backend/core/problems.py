"""Faults in what somebody wrote, all at once: where, what was found, what to write instead.

Made from pydantic's errors for any of our models; shown as text by `cli`, as JSON by `--json`
and the API, beside the line by the panel's editor.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, ValidationError

type_names: dict[type, str] = {
    type(None): "nothing (null)",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault.  `path` is dotted, `""` for the whole document; `line` counts from 1 where known."""

    path: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"
    line: int | None = None

    def __str__(self) -> str:
        said = f"{self.message}; {self.hint}" if self.hint else self.message
        return f"{self.path}: {said}" if self.path else said

    def as_json(self) -> dict[str, object]:
        """The problem as a JSON object: path, message, hint, severity, line."""
        return asdict(self)


def at(problem: Problem, prefix: str) -> Problem:
    """The same problem, inside a larger document."""
    return replace(problem, path=f"{prefix}.{problem.path}" if problem.path else prefix)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or all of them when none is near."""
    words = sorted(known)
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"known: {', '.join(words)}" if words else ""


def render(source: str, problems: Sequence[Problem]) -> str:
    """The problems as a short table under the name of what they are in."""
    count = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
    width = min(40, max((len(_place(p)) for p in problems), default=0))
    rows = [f"  {_place(p):<{width}}  {p.message}" + (f"; {p.hint}" if p.hint else "") for p in problems]
    return "\n".join([f"{source}: {count}", *rows])


def sentence(problems: Sequence[Problem]) -> str:
    """The problems as one line, for an `{"error": …}` body."""
    return "; ".join(str(problem) for problem in problems)


def from_validation(
    error: ValidationError, model: type[BaseModel], *, prefix: str = "", document: object = None
) -> list[Problem]:
    """pydantic's errors in our words: one problem a place, union branches folded together.

    document: what was validated, where one thing may stand for a list of one; its path has no `0` then.
    """
    seen: dict[str, Problem] = {}
    branches = {cls.__name__ for cls in _models_in(model, set())}
    for fault in error.errors(include_url=False):
        loc = _as_written(fault["loc"], branches, document)
        path = ".".join(str(part) for part in ((prefix, *loc) if prefix else loc))
        message, hint = _words(fault, loc, model)
        seen.setdefault(path, Problem(path, message, hint))
    return list(seen.values())


def found(value: object) -> str:
    """What stands there now, short enough for a message."""
    kind = type_names.get(type(value), type(value).__name__)
    if value is None:
        return "nothing (null)"
    if isinstance(value, (dict, list, tuple)):
        return kind
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    return (text if len(text) <= 60 else text[:57] + "…") + f" ({kind})"


def _place(problem: Problem) -> str:
    place = problem.path or "(document)"
    return f"line {problem.line}: {place}" if problem.line else place


_NOISE: Final = (
    "function-", "str", "list[", "dict[", "tuple[", "json-or-python", "constrained-", "nullable", "union[",
)  # fmt: skip
"""How the names begin that pydantic puts into a location for union branches and validators."""


def _as_written(
    loc: tuple[int | str, ...], branches: Collection[str], document: object
) -> tuple[int | str, ...]:
    """The location as the writer knows it: his keys, and the indexes of lists that he wrote as lists."""
    parts: list[int | str] = []
    here = document
    for part in loc:
        is_noise = isinstance(part, str) and (part.startswith(_NOISE) or part in branches)
        is_single = isinstance(part, int) and here is not None and not isinstance(here, (list, tuple))
        if not is_noise and not is_single:
            parts.append(part)
            here = _inside(here, part)
    return tuple(parts) if parts else loc[:1]


def _inside(value: object, part: int | str) -> object:
    """What stands there, or None when it is not known."""
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def _models_in(annotation: Any, seen: set[type]) -> set[type[BaseModel]]:
    """Every model class that `annotation` can reach."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return set()
        seen.add(annotation)
        inside = (_models_in(f.annotation, seen) for f in annotation.model_fields.values())
        return {annotation}.union(*inside)
    return set().union(*(_models_in(arg, seen) for arg in get_args(annotation)))


def _model_at(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel] | None:
    """The model whose keys stand at `loc`, for "did you mean"."""
    here: type[BaseModel] | None = model
    annotation: Any = model
    for part in loc:
        if here is not None and isinstance(part, str) and part in here.model_fields:
            annotation = here.model_fields[part].annotation
        models = _nearest_models(annotation)
        here = models[0] if models else None
    return here


def _nearest_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for arg in get_args(annotation) for m in _nearest_models(arg)]


def _words(fault: Mapping[str, Any], loc: Sequence[int | str], model: type[BaseModel]) -> tuple[str, str]:
    kind, value, ctx = fault["type"], fault.get("input"), fault.get("ctx", {})
    if kind == "missing":
        return "is missing", ""
    if kind == "extra_forbidden":
        owner = _model_at(model, loc[:-1])
        moved = getattr(owner, "MOVED", {}).get(str(loc[-1])) if owner else None
        known = owner.model_fields if owner else ()
        return "unknown key", moved or did_you_mean(str(loc[-1]), known)
    if kind == "value_error":
        message, _, hint = str(ctx.get("error", fault["msg"])).partition("; ")
        return message, hint
    if kind == "string_pattern_mismatch" and (described := _description(model, loc)):
        return f"found {found(value)}", f"write {described}"
    if kind in ("literal_error", "enum"):
        expected = str(ctx.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        return f"found {found(value)}", did_you_mean(
            str(value), expected
        ) or f"write one of {', '.join(expected)}"
    return _type_words(kind, value, ctx, fault["msg"])


def _description(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """What its model says a value is, where it says so."""
    owner = _model_at(model, loc[:-1])
    field = owner.model_fields.get(str(loc[-1])) if owner and loc else None
    return field.description or "" if field else ""


_EXPECTED = {
    "string_type": "write text",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "int_parsing": "write a whole number",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "finite_number": "write a finite number, or null when there is none",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "dict_type": "write an object",
    "model_type": "write an object",
    "model_attributes_type": "write an object",
    "list_type": "write a list",
    "tuple_type": "write a list",
    "datetime_parsing": "write a time such as 2024-01-15T10:30:00Z",
    "datetime_from_date_parsing": "write a time such as 2024-01-15T10:30:00Z",
    "datetime_type": "write a time such as 2024-01-15T10:30:00Z",
    "timezone_aware": "write a time with its zone, such as 2024-01-15T10:30:00Z",
    "string_unicode": "write text that is valid Unicode",
}


def _type_words(kind: str, value: object, ctx: Mapping[str, Any], said: str) -> tuple[str, str]:
    if kind in _EXPECTED:
        return f"found {found(value)}", _EXPECTED[kind]
    if kind in ("string_too_short", "too_short") and not value:
        return (
            "is empty",
            "write at least one" if kind == "too_short" else "write something or remove the key",
        )
    if kind in ("string_too_short", "too_short"):
        return f"found {found(value)}", said[0].lower() + said[1:]
    if kind == "string_too_long":
        return f"is longer than {ctx.get('max_length')} characters", "shorten it"
    return f"found {found(value)}", said[0].lower() + said[1:]


def unknown_name(name: str, known: Iterable[str], *, kind: str) -> Problem:
    """The fault of naming a `kind` that does not exist."""
    return Problem(name, f"no {kind} has this name", did_you_mean(name, known) or "there is none yet")
