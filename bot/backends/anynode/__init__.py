"""anynode, a session border controller of TE-SYSTEMS (seeds/003, backends/anynode.md): its roles and its dashboard.

It has no rooms, join links or calls to place: verbs about those say that it does not offer them.

Known doubts, from the document alone: `add` does not say whether an id that is there is replaced or refused (asked
first, replaced only where that was approved); a web page with status 200 is how it complains, so a change that is
answered so has only happened where the list shows it, and is unknown where the list cannot be read; `remove`'s example
answers another role than the one removed, so no answer is trusted and the list is read again; a denial may be 401 or
403; how a user's `roles` name them is not shown; what the dashboard requires is not said. There is no call that changes
a role or gives it to somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import SecretStr

from bot.backends.anynode.dashboard import facts_in
from bot.backends.anynode.documents import document_of, holders_in, roles_in
from bot.backends.anynode.lacks import LACKS
from bot.backends.anynode.wire import Wire, page_instead, refuse
from bot.capabilities import Backend, KeepsRoles, RoleDocument
from bot.errors import BackendError, BotError, Unavailable, UnknownOutcome
from bot.model import Health, Outcome, Risk
from bot.rest import Answer, Rest
from bot.rules import Level

READING = "API, User Management Read Access"
WRITING = "API, User Management Read/Write Access"
SEEING = "API, Monitoring Mode Read Access"


class Anynode(KeepsRoles):
    """One exchange, called as the bot's own account there."""

    kind = "anynode"
    lacks: ClassVar[Mapping[type[Backend], str]] = LACKS
    role_reading: ClassVar[str] = READING
    role_writing: ClassVar[str] = WRITING

    def __init__(
        self, name: str, rest: Rest, *, username: str, password: SecretStr, backend_name: str | None = None
    ) -> None:
        super().__init__(name)
        self._wire = Wire(rest, username=username, password=password, backend_name=backend_name)

    async def health(self) -> Health:
        """Nodes, calls and certificates of its dashboard."""
        try:
            return Health(True, facts_in(await self._wire.read("dashboard", "get", requires=SEEING)))
        except BotError as error:
            return Health(False, problem=str(error))

    async def roles(self) -> Sequence[RoleDocument]:
        """`GET /api/roles/get`."""
        return roles_in(await self._wire.read("roles", "get", requires=READING))

    async def role_holders(self, role: RoleDocument) -> tuple[str, ...] | None:
        """`GET /api/users/get`; None where the bot's account may not, or anything else goes wrong."""
        try:
            return holders_in(await self._wire.read("users", "get", requires=READING), role)
        except BotError:
            return None

    async def save_role(self, role: RoleDocument) -> tuple[Outcome, RoleDocument | None]:
        """`PUT /api/roles/add`, then the list again."""
        answer, doubt = await self._sent("PUT", "add", json=document_of(role))
        now = await self._now(answer, doubt)
        if now is None:
            return Outcome.ACCEPTED, None
        found = next((one for one in now if one.id == role.id), None)
        if found is not None and _is_as_asked(found, role):
            return Outcome.CONFIRMED, found
        self._explain(answer, doubt, "the role is not there so")
        return Outcome.ACCEPTED, found

    async def remove_role(self, role: RoleDocument) -> Outcome:
        """`DELETE /api/roles/remove?role=<id>`, then the list again; what the answer holds does not count."""
        answer, doubt = await self._sent("DELETE", "remove", query={"role": role.id})
        now = await self._now(answer, doubt)
        gone = answer is not None and answer.status == 404
        if now is None:
            return Outcome.ALREADY_SO if gone else Outcome.ACCEPTED
        if all(one.id != role.id for one in now):
            return Outcome.ALREADY_SO if gone else Outcome.CONFIRMED
        self._explain(answer, doubt, "the role is still there")
        raise BackendError(f"{self.name} took it, but the role is still there; look again, or remove it there.")

    async def _sent(
        self, method: str, call: str, *, query: dict[str, str] | None = None, json: object | None = None
    ) -> tuple[Answer | None, UnknownOutcome | None]:
        """Send what changes something, once. A refusal is raised; what is in doubt is handed on, to be looked after."""
        answer = None
        try:
            answer = await self._wire.request(method, "roles", call, risk=Risk.ONCE, query=query, json=json)
            if not (method == "DELETE" and answer.status == 404):
                refuse(answer, risk=Risk.ONCE, requires=WRITING)
        except UnknownOutcome as doubt:
            return answer, doubt
        return answer, None

    async def _now(self, answer: Answer | None, doubt: UnknownOutcome | None) -> Sequence[RoleDocument] | None:
        """The roles after a change; None where they cannot be read. Raises the doubt where nothing can settle it."""
        try:
            return await self.roles()
        except BotError:
            if doubt is None and answer is not None and answer.ok and answer.is_page:
                doubt = UnknownOutcome(f"{page_instead(answer).rstrip('.')}; it may or may not have taken effect.")
            if doubt is not None:
                raise doubt from None
            return None

    def _explain(self, answer: Answer | None, doubt: UnknownOutcome | None, seen: str) -> None:
        """Raise why the effect is not to be seen, where the answer itself says so."""
        if doubt is not None:
            raise doubt
        if answer is not None and answer.ok and answer.is_page:
            raise Unavailable(f"{page_instead(answer).rstrip('.')}; {seen}.")
        if answer is not None and answer.status == 404:
            raise BackendError(f"{self.name} says that it does not know the role, but lists it; look again there.")


def _is_as_asked(found: RoleDocument, asked: RoleDocument) -> bool:
    """Name and levels as they were sent; an area that was not sent holds nothing."""
    levels = {**dict.fromkeys(found.levels, Level.NO_ACCESS.value), **asked.levels}
    return found.display_name == asked.display_name and dict(found.levels) == levels
