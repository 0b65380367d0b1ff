"""The external API of La Suite Meet (seeds/004), called in the name of the person who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from bot.backends.lasuite.refusals import check, content_of, spent
from bot.backends.lasuite.rooms import MeetRoom, meet_room
from bot.backends.lasuite.tokens import HEADERS, PATIENCE, Tokens
from bot.capabilities import ASKED_BY
from bot.errors import BackendError, NoAccess, NotFound
from bot.model import Risk
from bot.rest import Answer, Rest, unclear

MOST_PAGES = 500  # of 20 rooms each; more would be a server that never comes to an end


class ExternalApi:
    """Lists, makes and reads rooms. Every path ends with a slash: without it a POST is redirected and lost."""

    def __init__(self, rest: Rest, tokens: Tokens) -> None:
        self.backend = rest.backend
        self._rest = rest
        self._tokens = tokens

    async def list_rooms(self) -> Sequence[MeetRoom]:
        """listRooms: all rooms in which the person has a role, page by page.

        `page_size` is ignored by the server, and `next` names the host as the server sees it: pages are counted.
        """
        found: dict[str, MeetRoom] = {}
        for page in range(1, MOST_PAGES + 1):
            answer = await self._call("GET", "rooms", operation="list", risk=Risk.READ, query={"page": str(page)})
            if answer.status == 404 and page > 1 and not answer.is_page:
                break  # rooms went away while they were being read
            check(answer, risk=Risk.READ, what="the list of rooms")
            content = content_of(answer)
            rows = content.get("results")
            if not isinstance(rows, list):
                raise BackendError(f"{self.backend} answered without a list of rooms; check its base_url and version.")
            rooms = [meet_room(row, self.backend) for row in rows]
            found |= {room.id: room for room in rooms}
            if not content.get("next") or not rooms:
                break
        return tuple(found.values())

    async def create_room(self, wish: Mapping[str, object]) -> MeetRoom:
        """createRoom, sent at most once. Raises BadInput with the server's reason."""
        answer = await self._call("POST", "rooms", operation="create", risk=Risk.ONCE, json=dict(wish))
        check(answer, risk=Risk.ONCE, what="the list of rooms")
        content = content_of(answer, Risk.ONCE)
        try:
            return meet_room(content, self.backend)
        except BackendError:
            raise unclear(self.backend) from None  # it may have made a room that nobody can be told of

    async def retrieve(self, room_id: str) -> MeetRoom:
        """retrieveRoom. Raises NotFound, and NoAccess where the person has no role in it."""
        answer = await self._call("GET", "rooms", str(uuid_of(room_id)), operation="retrieve", risk=Risk.READ)
        check(answer, risk=Risk.READ)
        return meet_room(content_of(answer), self.backend)

    async def _call(
        self,
        method: str,
        *segments: str,
        operation: str,
        risk: Risk,
        query: Mapping[str, str] | None = None,
        json: object | None = None,
    ) -> Answer:
        """The answer; where the token was refused, that of one more try with a fresh one: nothing was done before."""
        email = self._email()
        for last in (False, True):
            token = await self._tokens.of(email)
            answer = await self._rest.request(
                method,
                *segments,
                operation=operation,
                risk=risk,
                query=query,
                json=json,
                headers={**HEADERS, "Authorization": f"Bearer {token}"},
                timeout=PATIENCE,
                slash=True,
            )
            if last or not spent(answer):
                break
            self._tokens.drop(email, token)
        return answer

    def _email(self) -> str:
        asker = ASKED_BY.get()
        email = (asker.email if asker else None) or ""
        if not email.strip():
            raise NoAccess(
                f"{self.backend} knows people by their e-mail address; Slack gives me none of yours to rely on."
            )
        return email.strip().lower()  # before 1.4.0 the server minded the case


def uuid_of(words: str) -> UUID:
    """The room's id. Raises NotFound for anything that is none."""
    try:
        return UUID(words)
    except ValueError:
        raise NotFound("La Suite Meet knows its rooms by UUID.") from None
