"""One exchange over aiohttp: never sent a second time by the library, never more of a body held than BODY_LIMIT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent as one part of multipart/form-data. Its `repr` shows no content."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"


def options_of(
    *, files: Mapping[str, Upload] | None, data: Mapping[str, str] | bytes | None, **more: object
) -> Mapping[str, Any]:
    """What aiohttp is given; a form with files is made anew for each attempt, because it can be sent only once."""
    if not files:
        return {"data": data, **more}
    form = aiohttp.FormData(data if isinstance(data, Mapping) else {})
    for name, file in files.items():
        form.add_field(name, file.content, filename=file.filename, content_type=file.content_type)
    return {"data": form, **more}
