"""Licences of simulated Pexip: activated at once, or offline by a stored request and its response."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.play.vendors.pexip.configuration import answer, empty, sent
from bot.play.vendors.pexip.objects import ROOT, Invalid
from bot.play.vendors.pexip.signin import Account, SignIns, not_permitted

Json = dict[str, Any]
FIRST = 1_234_567_890  # a fulfilment id has ten digits


class Licensing:
    """licence and licence_request, each under a key of its own."""

    def __init__(self, sign_ins: SignIns) -> None:
        self.licences: dict[str, Json] = {}
        self.requests: dict[str, Json] = {}
        self._sign_ins = sign_ins

    def routes(self, app: web.Application) -> None:
        """Before those of the other resources."""
        app.router.add_get(f"{ROOT}/licence/", self._list)
        app.router.add_post(f"{ROOT}/licence/", self._add)
        app.router.add_get(f"{ROOT}/licence/{{id:[0-9]{{10}}}}/", self._show)
        app.router.add_delete(f"{ROOT}/licence/{{id:[0-9]{{10}}}}/", self._return)
        app.router.add_get(f"{ROOT}/licence_request/", self._list)
        app.router.add_get(f"{ROOT}/licence_request/{{id:[0-9]+}}/", self._show)
        app.router.add_get(f"{ROOT}/licence_request/{{id:[0-9]+}}/export/", self._export)
        app.router.add_post(f"{ROOT}/licence_request/{{id:[0-9]+}}/", self._respond)

    def _account(self, request: web.Request, *, writes: bool = False) -> Account:
        account = self._sign_ins.known(request)
        if not (account.writes if writes else account.reads):
            raise not_permitted()
        return account

    def _table(self, request: web.Request) -> dict[str, Json]:
        return self.requests if "/licence_request/" in request.path else self.licences

    async def _list(self, request: web.Request) -> web.Response:
        account, rows = self._sign_ins.known(request), list(self._table(request).values())
        shown = rows if account.reads else []
        meta = {"limit": 20, "next": None, "offset": 0, "previous": None, "total_count": len(shown)}
        return answer({"meta": meta, "objects": shown})

    async def _show(self, request: web.Request) -> web.Response:
        self._account(request)
        one = self._table(request).get(request.match_info["id"])
        return answer(one) if one else empty(404)

    async def _add(self, request: web.Request) -> web.Response:
        self._account(request, writes=True)
        try:
            body = await sent(request, "licence")
            if not body.get("entitlement_id"):
                raise Invalid("licence", {"entitlement_id": ["This field is required."]})
        except Invalid as error:
            return answer(error.body, 400)
        if body.get("offline_mode"):
            return self._stored("activate", body["entitlement_id"])
        number = str(FIRST + len(self.licences))
        self.licences[number] = {
            "fulfillment_id": number,
            "entitlement_id": body["entitlement_id"],
            "product_id": "chennai",
            "concurrent": 10,
            "resource_uri": f"{ROOT}/licence/{number}/",
        }
        return empty(201, Location=f"{ROOT}/licence/{number}/")

    async def _return(self, request: web.Request) -> web.Response:
        self._account(request, writes=True)
        number = request.match_info["id"]
        if number not in self.licences:
            return empty(404)
        if request.query.get("offline_mode") == "True":
            return self._stored("return", number)
        del self.licences[number]
        return empty(204)

    def _stored(self, action: str, what: str) -> web.Response:
        number = str(len(self.requests) + 1)
        path = f"{ROOT}/licence_request/{number}"
        self.requests[number] = {
            "sequence_number": number,
            "status": "STORED",
            "actions": f"<request><{action}>{len(what)}</{action}></request>",
            "resource_uri": f"{path}/",
        }
        return empty(202, Location=path)

    async def _export(self, request: web.Request) -> web.Response:
        self._account(request)
        one = self.requests.get(request.match_info["id"])
        return answer({"actions": one["actions"]}) if one else empty(404)

    async def _respond(self, request: web.Request) -> web.Response:
        self._account(request, writes=True)
        one = self.requests.get(request.match_info["id"])
        body = await sent(request, "licence_request")
        if one is None:
            return empty(404)
        if "response_xml" not in body:
            return web.Response(status=400, text=json.dumps({"response_xml": ["This field is required."]}))
        one["status"] = "PROCESSED"
        return empty(202)
