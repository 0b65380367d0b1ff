"""Calls that cost money or cannot be repeated: sent at most once per request, whatever crashes in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError
from structlog import get_logger

from bot.errors import BotError, UnknownOutcome
from bot.store import DatabaseUnavailable, Store

T = TypeVar("T")

SENT_BEFORE = "This was sent before, and I don't know whether it took effect; check before you ask for it again."

log = get_logger(__name__)


class Calls:
    """A row says that a call is about to be sent, on the disk before it is; the answer is kept after."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def once(
        self,
        request_id: str,
        effect: str,
        send: Callable[[], Awaitable[T]],
        kind: type[T],
        *,
        within: Callable[[], Awaitable[None]] | None = None,
    ) -> T:
        """Send it, or give back the answer of the time it was sent. `kind` says how the answer is kept as JSON.

        `within` raises what forbids it: no other call is recorded while it looks, so that calls at the same moment
        cannot overdraw a budget together.

        Raises UnknownOutcome when it was sent and no answer is known, without sending again. Any other BotError that
        `send` raises means that it had no effect: it may be sent again.
        """
        answer = TypeAdapter(kind)
        try:
            async with self._store.db.begin() as tx:
                await self._store.effects.intend(tx, request_id, effect)
                if within is not None:
                    await within()
        except IntegrityError:
            return await self._answered_before(request_id, effect, answer)
        try:
            result = await send()
        except UnknownOutcome:
            raise
        except BotError:
            await self._write_down(request_id, effect, None)
            raise
        await self._write_down(request_id, effect, answer.dump_json(result).decode())
        return result

    async def doubtful(self, request_id: str) -> bool:
        """Whether something was sent for this request of which no answer is known."""
        return any(effect.result is None for effect in (await self._store.effects.of(request_id)).values())

    async def _answered_before(self, request_id: str, effect: str, answer: TypeAdapter[T]) -> T:
        known = (await self._store.effects.of(request_id)).get(effect)
        if known is None or known.result is None:
            raise UnknownOutcome(SENT_BEFORE)
        return answer.validate_json(known.result)

    async def _write_down(self, request_id: str, effect: str, result: str | None) -> None:
        """Where that fails, the answer still counts for this process; after a crash it is not known."""

        async def write() -> None:
            async with self._store.db.begin() as tx:
                if result is None:
                    await self._store.effects.withdraw(tx, request_id, effect)
                else:
                    await self._store.effects.finish(tx, request_id, effect, result=result)

        try:
            await self._store.db.persistently(write)
        except DatabaseUnavailable:
            log.error("answer not written down", request_id=request_id, effect=effect.partition(" ")[0])
