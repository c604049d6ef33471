"""JSON as shops write it, and the object literals of their scripts.

`loads` reads a JSON-LD script however it was broken: comments, CDATA, entities, bare newlines, trailing
commas, several documents in a row, quotes inside of quotes.  `literal_at` reads the object that starts at
a place in a script.  Both answer plain values and never run anything; depth, length and time are bounded.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

MAX_DEPTH: Final = 80
MAX_LENGTH: Final = 4_000_000
_SLOW_LENGTH: Final = 400_000
"""The hand-written reader takes about a second for a million characters; it is given less."""

_strict = json.JSONDecoder(strict=False)
_CONTROLS: Final = dict.fromkeys(range(0x20), " ")
_WRAPPING = re.compile(
    r"^\s*(?:(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?|<!--)|(?:(?://|/\*)?\s*\]\]>(?:\s*\*/)?|-->)\s*$"
)
_BLANK = re.compile(r"(?:[\s\ufeff\u2028\u2029]+|//[^\n]*|/\*.*?\*/|<!--|-->)*", re.S)
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w$])")
_NAME = re.compile(r"[\w$.]+")
_AFTER_STRING = re.compile(r"\s*(?:[,:}\])]|$|//|/\*|\"[\w@$-]+\"\s*:)")
_ESCAPED = re.compile(r'\s*[\[{]\s*\\"')
_TAIL = re.compile(r"\s*[;)]*\s*$")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "", "\n": ""}
_WORDS: Final[Mapping[str, object]] = {
    "true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": None,
}  # fmt: skip


class Unreadable(ValueError):
    """No value can be made of this text."""


def loads(text: str) -> list[Any]:
    """The JSON documents in `text`, most often one; none when nothing can be read."""
    if not text or text.isspace() or len(text) > MAX_LENGTH:
        return []
    try:
        return [orjson.loads(text)]
    except ValueError:
        return _repaired(text)


def _repaired(text: str) -> list[Any]:
    for attempt in (text, _unwrapped(text)):
        try:
            return [orjson.loads(attempt.translate(_CONTROLS))]
        except ValueError:
            continue
    return _several(_unwrapped(text))


def _unwrapped(text: str) -> str:
    """Without the CDATA and comment marks around it, and without a layer of HTML entities or backslashes."""
    for _ in range(3):
        text = _WRAPPING.sub("", text)
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    if _ESCAPED.match(text):
        text = text.replace('\\"', '"')
    return text.strip("\ufeff \t\r\n;")


def _several(text: str) -> list[Any]:
    """Documents in a row; what stands between them is skipped."""
    found: list[Any] = []
    at = 0
    while len(found) < 50:
        start = _next_opening(text, at)
        if start < 0:
            break
        try:
            value, at = literal_at(text, start, mend_quotes=True)
        except Unreadable:
            break
        found.append(value)
    return found


def _next_opening(text: str, at: int) -> int:
    places = [place for place in (text.find("{", at), text.find("[", at)) if place >= 0]
    return min(places, default=-1)


def literal_at(
    text: str, start: int, *, names: Mapping[str, object] | None = None, mend_quotes: bool = False
) -> tuple[Any, int]:
    """The object, list or other literal that starts at `start`, and where it ends.

    names: what identifiers inside it stand for.  mend_quotes: a quote that no comma, colon or bracket
    follows belongs to the text around it, and what is missing at the end is nothing.  Raises `Unreadable`.
    """
    if len(text) > MAX_LENGTH:
        raise Unreadable("too long")
    if not names:
        try:
            return _strict.raw_decode(text, start)
        except (ValueError, RecursionError):
            pass
    return _Reader(text, start, names or {}, mend_quotes).read()


class _Reader:
    """Reads one JavaScript literal: objects, lists, strings, numbers, words."""

    def __init__(self, text: str, start: int, names: Mapping[str, object], mend_quotes: bool) -> None:
        self.text = text
        self.at = start
        self.end = min(len(text), start + _SLOW_LENGTH)
        self.names = names
        self.mend_quotes = mend_quotes

    def read(self) -> tuple[Any, int]:
        return self._value(0), self.at

    def _skip(self) -> str:
        """Past blanks and comments; the character that stands there, or ""."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at] if self.at < self.end else ""

    def _value(self, depth: int) -> Any:
        here = self._skip()
        if depth > MAX_DEPTH or not here:
            raise Unreadable("too deep" if here else "ends early")
        if here == "{":
            return self._object(depth)
        if here == "[":
            return self._list(depth)
        if here in "\"'`":
            return self._joined(here)
        return None if here in ",}]" else self._word()

    def _object(self, depth: int) -> dict[str, Any]:
        self.at += 1
        result: dict[str, Any] = {}
        while (here := self._skip()) != "}":
            if not here and self.mend_quotes:
                return result
            if here == ",":
                self.at += 1
                continue
            key = self._string(here) if here in "\"'`" and here else self._key()
            if self._skip() == ":":
                self.at += 1
                result[key] = self._value(depth + 1)
            elif key in self.names:
                result[key] = self.names[key]
            else:
                raise Unreadable(f"no colon after {key!r}")
        self.at += 1
        return result

    def _list(self, depth: int) -> list[Any]:
        self.at += 1
        result: list[Any] = []
        while (here := self._skip()) != "]":
            if not here and self.mend_quotes:
                return result
            if here == "}":
                raise Unreadable("a brace closes a list")
            if here == ",":
                self.at += 1
            else:
                result.append(self._value(depth + 1))
        self.at += 1
        return result

    def _key(self) -> str:
        match = _NAME.match(self.text, self.at)
        if not match or match.end() > self.end:
            raise Unreadable("no key")
        self.at = match.end()
        return match[0]

    def _joined(self, quote: str) -> str:
        """A string, and what `+` adds to it."""
        whole = self._string(quote)
        while self._skip() == "+":
            self.at += 1
            if (here := self._skip()) not in ('"', "'"):
                raise Unreadable("computed text")
            whole += self._string(here)
        return whole

    def _string(self, quote: str) -> str:
        parts: list[str] = []
        at = self.at + 1
        slash = self._find("\\", at)
        while True:
            close = self._find(quote, at)
            if close == self.end:
                raise Unreadable("text without an end")
            slash = self._find("\\", at) if slash < at else slash
            if slash < close:
                parts.append(self.text[at:slash])
                piece, at = self._escape(slash + 1)
                parts.append(piece)
                continue
            parts.append(self.text[at:close])
            at = close + 1
            if not self.mend_quotes or _AFTER_STRING.match(self.text, at):
                self.at = at
                return "".join(parts)
            parts.append(quote)

    def _find(self, mark: str, at: int) -> int:
        place = self.text.find(mark, at, self.end)
        return self.end if place < 0 else place

    def _escape(self, at: int) -> tuple[str, int]:
        mark = self.text[at : at + 1]
        if mark == "u" and self.text[at + 1 : at + 2] != "{":
            return self._unicode(at + 1)
        if mark == "x":
            return _code(self.text[at + 1 : at + 3]), at + 3
        return _ESCAPES.get(mark, mark), at + 1

    def _unicode(self, at: int) -> tuple[str, int]:
        """`\\u00e9`; two halves of a pair are one letter, and half a pair is none."""
        first = _code(self.text[at : at + 4])
        if not "\ud800" <= first <= "\udfff":
            return first, at + 4
        second = _code(self.text[at + 6 : at + 10]) if self.text.startswith("\\u", at + 4) else ""
        if first < "\udc00" <= second <= "\udfff":
            return (first + second).encode("utf-16", "surrogatepass").decode("utf-16"), at + 10
        return "", at + 4

    def _word(self) -> Any:
        """A number, true, false, null, a known name; anything else is a computation, and no value."""
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            return _number(number[0])
        if self.text.startswith(("!0", "!1"), self.at):
            self.at += 2
            return self.text[self.at - 1] == "0"
        if self.text.startswith("void 0", self.at):
            self.at += 6
            return None
        return self._named()

    def _named(self) -> Any:
        word = self._key()
        if word in _WORDS:
            return _WORDS[word]
        if word in self.names:
            return self.names[word]
        self._pass_over_expression()
        return None

    def _pass_over_expression(self) -> None:
        """To the comma or bracket that ends a computed value, such as `getPrice(4)` or `function(){…}`."""
        open_brackets = 0
        while (here := self._skip()) and not (open_brackets == 0 and here in ",}]"):
            if here in "\"'`":
                self._string(here)
                continue
            open_brackets += (here in "({[") - (here in ")}]")
            self.at += 1
        if not here:
            raise Unreadable("ends early")


def _code(digits: str) -> str:
    try:
        return chr(int(digits, 16))
    except ValueError:
        return ""


def _number(text: str) -> int | float | str:
    try:
        return int(text, 0) if re.fullmatch(r"[+-]?(?:0[xX][0-9a-fA-F]+|[1-9]\d*|0)", text) else float(text)
    except ValueError:
        return text
