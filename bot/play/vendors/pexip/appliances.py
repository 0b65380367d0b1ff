"""Conferencing nodes and the Google Meet gateway token of simulated Pexip: answers that are more than an object."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.play.vendors.pexip.configuration import answer, sent
from bot.play.vendors.pexip.objects import ROOT, Invalid, Objects, Unprocessable, Wrong, uri
from bot.play.vendors.pexip.signin import SignIns, not_permitted

PIECE = 64 * 1024
DOCUMENT = b"<?xml version='1.0'?><configuration><node/></configuration>\n"
REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nMIIBSIMULATED\n-----END CERTIFICATE REQUEST-----\n"


@dataclass
class Images:
    """How the next image comes. `breaks_after`: bytes, then the connection ends; `instead`: JSON with a 201."""

    size: int = 3 * 1024**2
    breaks_after: int | None = None
    instead: object | None = None
    tells_length: bool = True
    pause: float = 0.0  # seconds between pieces


class Appliances:
    """The special answers, before those of the other resources."""

    def __init__(self, objects: Objects, sign_ins: SignIns) -> None:
        self.images = Images()
        self.keys_made = 0  # by looking at the gateway token: it makes one when there is none
        self._objects = objects
        self._sign_ins = sign_ins

    def routes(self, app: web.Application) -> None:
        """Creating a node; reading the token; the nodes' status."""
        app.router.add_post(f"{ROOT}/worker_vm/", self._node)
        app.router.add_get(f"{ROOT}/gms_gateway_token/1/", self._token)
        app.router.add_get("/api/admin/status/v1/worker_vm/", self._status)

    async def _node(self, request: web.Request) -> web.StreamResponse:
        if not self._sign_ins.known(request).writes:
            raise not_permitted()
        body = await sent(request, "worker_vm")
        try:
            number = self._objects.create("worker_vm", body)
        except Invalid as error:
            return answer(error.body, 400)
        except (Wrong, Unprocessable) as error:
            return answer({"error": str(error)}, 400)
        if self.images.instead is not None:
            return answer(self.images.instead, 201)
        headers = {"Location": uri("worker_vm", number)}
        if body.get("deployment_type") == "MANUAL-PROVISION-ONLY":
            return web.Response(status=201, body=DOCUMENT, headers={**headers, "Content-Type": "text/xml"})
        return await self._image(request, headers)

    async def _image(self, request: web.Request, headers: dict[str, str]) -> web.StreamResponse:
        images = self.images
        response = web.StreamResponse(status=201, headers={**headers, "Content-Type": "application/octet-stream"})
        if images.tells_length:
            response.content_length = images.size
        await response.prepare(request)
        left, limit = images.size, images.breaks_after
        while left > 0:
            if limit is not None and images.size - left >= limit:
                if request.transport is not None:
                    request.transport.abort()
                return response
            await response.write(bytes(min(PIECE, left)))
            left -= PIECE
            if images.pause:
                await asyncio.sleep(images.pause)
        await response.write_eof()
        return response

    async def _token(self, request: web.Request) -> web.Response:
        if not self._sign_ins.known(request).reads:
            raise not_permitted()
        token = self._objects.shown("gms_gateway_token", 1)
        if not token["private_key"]:
            self.keys_made += 1
        return answer({**token, "csr": REQUEST})

    async def _status(self, request: web.Request) -> web.Response:
        self._sign_ins.known(request)
        rows = [self._objects.shown("worker_vm", number) for number in self._objects.rows["worker_vm"]]
        shown = [{"id": one["id"], "name": one["name"], "sync_status": "SYNCED"} for one in rows]
        meta = {"limit": 20, "next": None, "offset": 0, "previous": None, "total_count": len(shown)}
        return answer({"meta": meta, "objects": shown})
