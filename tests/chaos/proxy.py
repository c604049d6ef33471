"""A proxy between a runner and its coordinator that misbehaves as told, one request a connection.

| fault | what becomes of a request |
|---|---|
| refuse | the connection is reset before it is read |
| blackhole | it is read, and nothing ever comes back |
| status | the proxy answers by itself: 502, 503 with `Retry-After` |
| portal | a page of somebody else with status 200 |
| lose | the coordinator has it and answers; the answer is lost |
| late | the answer comes when nobody waits for it any more |
| twice | the coordinator gets it twice |
| reset, cut | half of the answer, then a reset or an orderly end |
| drip | the answer comes in small pieces |
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

FAULTS = ("refuse", "blackhole", "status", "portal", "lose", "late", "twice", "reset", "cut", "drip")
LATE_S = 1.5
_PORTAL = b"<!doctype html><title>Welcome</title><p>Accept our terms to go online."


@dataclass
class Proxy:
    """Stands in front of `target`.  The first `times` requests whose path ends with `path` meet the fault."""

    target: int
    fault: str = ""
    path: str = ""
    times: int = 0
    port: int = 0
    met: Counter[str] = field(default_factory=Counter)
    """How many requests met each fault."""

    def misbehave(self, fault: str, path: str, times: int) -> None:
        """From now on."""
        self.fault, self.path, self.times = fault, path, times

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fault = self._fault_of(head)
        if fault == "refuse":
            _reset(writer)
            return
        body = await reader.readexactly(_length(head))
        request = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body
        if fault in ("blackhole", "status", "portal"):
            await self._answer_alone(fault, reader, writer)
            return
        answer = await self._ask(request)
        if fault == "twice":
            await self._ask(request)
        await _give(fault, answer, writer)

    def _fault_of(self, head: bytes) -> str:
        path = head.split(b" ", 2)[1].split(b"?")[0].decode()
        if not self.times or not path.endswith(self.path):
            return ""
        self.times -= 1
        self.met[self.fault] += 1
        return self.fault

    async def _answer_alone(
        self, fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if fault == "blackhole":
            while await reader.read(65536):
                pass
            return
        status = {"portal": "200 OK"}.get(fault, "503 Busy" if self.times % 2 else "502 Bad Gateway")
        told = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nRetry-After: 0\r\nConnection: close\r\n"
        writer.write(f"{told}Content-Length: {len(_PORTAL)}\r\n\r\n".encode() + _PORTAL)
        await writer.drain()

    async def _ask(self, request: bytes) -> bytes:
        """What the coordinator says."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(request)
        answer = await reader.read(-1)
        writer.close()
        return answer


async def _give(fault: str, answer: bytes, writer: asyncio.StreamWriter) -> None:
    if fault == "lose":
        _reset(writer)
        return
    if fault == "late":
        await asyncio.sleep(LATE_S)
    half = answer[: len(answer) // 2] if fault in ("reset", "cut") else answer
    step = max(1, len(half) // 8) if fault == "drip" else len(half)
    for at in range(0, len(half), step):
        writer.write(half[at : at + step])
        await writer.drain()
        await asyncio.sleep(0.02 if fault == "drip" else 0)
    if fault == "reset":
        _reset(writer)


def _length(head: bytes) -> int:
    named = [
        line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    ]
    return int(named[0]) if named else 0


def _reset(writer: asyncio.StreamWriter) -> None:
    plug: socket.socket = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def in_front_of(target: int) -> AsyncIterator[Proxy]:
    """A proxy on a free port."""
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy
