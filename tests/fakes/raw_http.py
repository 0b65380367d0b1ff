"""A TCP server that answers HTTP requests byte for byte as a test says: what no well-behaved server would send."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Self


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP/1.1 answer. Underscores in header names stand for hyphens."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire. Header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Request:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        return cls(method, target, {line.split(": ")[0].lower(): line.partition(": ")[2] for line in lines}, body)


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens to one request: bytes sent, then a pause of `stall` seconds, then the end of the connection."""

    send: bytes = b""
    stall: float = 0.0
    close: bool = False

    @property
    def patience(self) -> float:
        """A timeout in seconds that only this turn's stall can exceed, on a connection that is open already."""
        return 0.1 if self.stall else 5.0


@dataclass
class RawServer:
    """Takes one Turn per request, the last one again and again; keeps each request as it came."""

    turns: list[Turn]
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    most_at_once: int = 0
    _open: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._connections: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def stop_listening(self) -> None:
        """Refuse every connection that comes from now on."""
        self._server.close()

    @property
    def targets(self) -> list[str]:
        """The request targets, exactly as they stood in the request lines."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    @property
    def parsed(self) -> list[Request]:
        return [Request.parse(request) for request in self.requests]

    async def turn_for(self, request: bytes) -> Turn:
        """What happens to this request: by default the next turn."""
        return self.turns[min(len(self.requests), len(self.turns) - 1)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        request = head + await reader.readexactly(length)
        turn = await self.turn_for(request)
        self.requests.append(request)
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        writer.write(turn.send)
        await writer.drain()
        await asyncio.sleep(turn.stall)
        self._open -= 1
        return not turn.close
