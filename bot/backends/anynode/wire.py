"""One request to anynode's REST interface, and what its answers mean (seeds/003, backends/anynode.md §2).

Every request carries `version=0`, the back end's name where one is configured, and HTTP Basic. The session cookie of an
answer is not kept: without `keepSession` the exchange lets the session go with the answer.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping

from pydantic import SecretStr

from bot.errors import BackendError, SignInFailed, Unavailable
from bot.model import Risk
from bot.rest import Answer, Rest, plain, raise_for

VERSION = "0"  # "latest is 0 unless a section says otherwise"
LONGEST_PAGE = 160  # letters of a page that came in place of an answer


class Wire:
    """The interface at one exchange, as the bot's own account."""

    def __init__(self, rest: Rest, *, username: str, password: SecretStr, backend_name: str | None) -> None:
        self._rest = rest
        pair = f"{username}:{password.get_secret_value()}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}", "Accept": "application/json"}
        self._always = {"version": VERSION} | ({"backendName": backend_name} if backend_name else {})

    @property
    def backend(self) -> str:
        """The back end's name, for sentences."""
        return self._rest.backend

    async def request(
        self,
        method: str,
        *segments: str,
        risk: Risk,
        query: Mapping[str, str] | None = None,
        json: object | None = None,
    ) -> Answer:
        """The answer, whatever its status. Raises Unavailable or UnknownOutcome when none came."""
        return await self._rest.request(
            method,
            "api",
            *segments,
            operation="/".join(segments),
            risk=risk,
            query={**(query or {}), **self._always},
            json=json,
            headers=self._headers,
        )

    async def read(self, *segments: str, requires: str) -> Answer:
        """The answer to a question. `requires`: the permissions that the document names for it.

        Raises SignInFailed, BackendError, Unavailable.
        """
        answer = await self.request("GET", *segments, risk=Risk.READ)
        refuse(answer, risk=Risk.READ, requires=requires)
        if answer.is_page:
            raise Unavailable(page_instead(answer))
        return answer


def refuse(answer: Answer, *, risk: Risk, requires: str) -> None:
    """Raise what a status means here; a 2xx returns. No error body is documented, so none is read."""
    name = answer.backend
    if answer.status == 400:
        what = "check its backend_name and version" if risk is Risk.READ else "it may not know what was sent"
        raise BackendError(f"{name} did not accept the request (status 400): {what}.")
    if answer.status in {401, 403}:
        raise SignInFailed(
            f"{name} did not let the bot's account do this; ask an administrator to check its name, password and role "
            f"there. Required permissions: {requires}."
        )
    if answer.status == 404 and risk is Risk.READ:
        raise BackendError(
            f"{name} has no such interface at its base_url; its web server connector may not have the REST service."
        )
    raise_for(answer, risk=risk, what="that role")


def page_instead(answer: Answer) -> str:
    """The sentence for a 2xx that is a web page: anynode complains so ("There is no connection to …")."""
    body = re.sub(rb"(?is)<(script|style|head)\b.*?</\1>", b" ", answer.body[:20_000])
    words = html.unescape(re.sub(r"<[^>]*>", " ", body.decode(errors="replace")))
    said = plain(" ".join(words.split()), LONGEST_PAGE)
    return f"{answer.backend} answered with a web page in place of data{f': {said}' if said else ''}".rstrip(".") + "."
