"""One exchange over aiohttp: never sent a second time by the library, never more of a body held than BODY_LIMIT."""

from __future__ import annotations

import aiohttp

BODY_LIMIT = 2 * 1024**2


class Severed(Exception):
    """The connection broke before an answer. Not an aiohttp error, so that aiohttp does not send again by itself."""


async def sent_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending again by itself when a kept-alive connection breaks (OpenMeetings kicks by GET)."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        severed = Severed("the connection broke")
    raise severed


async def body_of(response: aiohttp.ClientResponse) -> bytes | None:
    """The body, decompressed, or None once it is larger than BODY_LIMIT."""
    body = bytearray()
    async for part in response.content.iter_chunked(64 * 1024):
        body += part
        if len(body) > BODY_LIMIT:
            response.close()
            return None
    return bytes(body)
