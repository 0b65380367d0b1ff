"""An answer too large to be held: handed on piece by piece, never more of it in memory than one piece."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from bot.rest.wire import Severed, sent_once

PIECE = 256 * 1024  # bytes
STALLED = 120.0  # seconds without a byte

Write = Callable[[bytes], Awaitable[None]]
Begin = Callable[[Mapping[str, str]], Awaitable[Write]]  # given the headers once the answer is known to be the file


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A whole file was handed on. `size` in bytes; the headers may name what was made by the request."""

    size: int
    headers: Mapping[str, str] = field(repr=False)


class BrokenOff(Exception):
    """The file came in part. `why`: too large, or the connection broke; `size`: what came, in bytes."""

    def __init__(self, why: str, size: int) -> None:
        super().__init__(why)
        self.why = why
        self.size = size


def is_file(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the answer's body is the file itself and not a word about it."""
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return 200 <= status < 300 and status not in (202, 204) and kind not in ("application/json", "text/html", "")


async def piece_by_piece(response: aiohttp.ClientResponse, begin: Begin, *, most: int) -> Downloaded:
    """Hand the body on. Raises BrokenOff."""
    expected = response.content_length
    if expected is not None and expected > most:
        raise BrokenOff(f"it is larger than {most // 1024**2} MiB", 0)
    write, size = await begin(response.headers), 0
    try:
        async for piece in response.content.iter_chunked(PIECE):
            size += len(piece)
            if size > most:
                raise BrokenOff(f"it is larger than {most // 1024**2} MiB", size)
            await write(piece)
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise BrokenOff("the connection broke", size) from None
    if expected is not None and size != expected:
        raise BrokenOff("the connection broke", size)
    return Downloaded(size, response.headers)


class NoAnswer(Exception):
    """No answer began. `word`: how; `written`: the request may have been received."""

    def __init__(self, word: str, *, written: bool) -> None:
        super().__init__(word)
        self.word = word
        self.written = written


async def begun(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    json: object,
    headers: Mapping[str, str],
    ssl: aiohttp.Fingerprint | bool,
) -> aiohttp.ClientResponse:
    """The answer's head. No limit of time for the whole, no compression that would hide the length. Raises NoAnswer."""
    try:
        return await session.request(
            method,
            url,
            json=json,
            headers={**headers, "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=None, connect=10.0, sock_read=STALLED),
            allow_redirects=False,
            middlewares=(sent_once,),
            ssl=ssl,
        )
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch):
        raise NoAnswer("certificate", written=False) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise NoAnswer("unreachable", written=False) from None
    except (Severed, TimeoutError, aiohttp.ClientError, OSError):
        raise NoAnswer("reset", written=True) from None
