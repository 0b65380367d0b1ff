"""Ways in which simulated 8x8 misbehaves, one request at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one REST request. `acts`: the command takes effect all the same."""

    stall: float = 0.0  # seconds of silence before the answer
    held: asyncio.Event | None = None  # silence until it is set
    status: int | None = None
    body: str | None = None  # HTML, or nothing
    retry_after: int | None = None  # seconds
    reset_after: int | None = None  # the connection breaks after so many bytes of the answer
    acts: bool = True


HTML = Fault(status=200, body="<html><body>Please sign in to the guest network</body></html>", acts=False)
EMPTY = Fault(status=200, body="")


class Faults:
    """The faults to come; each request takes the next one."""

    def __init__(self) -> None:
        self.coming: deque[Fault] = deque()

    def add(self, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` requests go wrong in this way, after those that are waiting already."""
        self.coming.extend([fault] * times)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer as the next fault says, or plainly."""
        fault = self.coming.popleft() if self.coming else None
        if fault is None:
            return await handler(request)
        try:
            answer = await handler(request) if fault.acts else web.Response()
        finally:
            await asyncio.sleep(fault.stall)
            if fault.held is not None:
                await fault.held.wait()
        if fault.reset_after is not None:
            return _broken(request, fault.reset_after)
        if fault.status is None and fault.body is None:
            return answer
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        kind = "text/html" if fault.body else None
        return web.Response(status=fault.status or 200, text=fault.body or "", headers=headers, content_type=kind)


def _broken(request: web.Request, after: int) -> web.Response:
    """Send so many bytes of an answer, then end the connection."""
    if request.transport:
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"[:after])
        request.transport.close()
    return web.Response()
