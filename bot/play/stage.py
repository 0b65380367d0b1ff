"""Everything a page shows, and news of each change of it: the workspace, the wire, the meetings, the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, Protocol

from bot.clock import MovableClock
from bot.play.exchange import Exchange, ExchangeFeed
from bot.play.news import News
from bot.play.scene import Scene, message_json
from bot.play.slack.records import Change, Message, View
from bot.play.slack.workspace import Workspace
from bot.play.travel import travel

Json = Mapping[str, Any]
Action = Callable[[Json], Awaitable[Json]]


class Meetings(Protocol):
    """Who is in which simulated meeting."""

    def rooms(self) -> list[Json]:
        """The rooms of all simulated vendors, in the page's form."""

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back after each change of them."""


class WorkspaceStage:
    """Gathers what pages show; `actions` are what they may do, `travel` is its own."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        scene: Scene,
        clock: MovableClock,
        feed: ExchangeFeed,
        meetings: Meetings,
        commands: Sequence[Json],
        actions: Mapping[str, Action],
        backends: Sequence[str],
        shortcuts: Sequence[Json] = (),
    ) -> None:
        self.actions = {**actions, "travel": self._travel}
        self._workspace = workspace
        self._scene = scene
        self._clock = clock
        self._meetings = meetings
        self._commands = commands
        self._backends = backends
        self._shortcuts = shortcuts
        self._subscribers: list[Callable[[News], None]] = []
        self._numbers = count(1)
        self._exchanges: list[Json] = []
        self._rooms_told: list[Json] = []
        self._channels_told: dict[str, list[dict[str, Any]]] = {}
        workspace.subscribe(self._workspace_changed)
        feed.subscribe(self._exchanged)
        meetings.subscribe(self._meetings_changed)

    def whole(self) -> Json:
        """What is the same for every person."""
        people = self._scene.people()
        return {
            "type": "workspace",
            "workspace": {"name": self._workspace.team.name},
            "people": people,
            "first": next(person["id"] for person in people if person["playable"]),
            "groups": self._scene.groups(),
            "commands": list(self._commands),
            "backends": list(self._backends),
            "shortcuts": list(self._shortcuts),
            "exchanges": self._exchanges,
            "meetings": self._meetings.rooms(),
            "now": self._clock.now().isoformat(),
        }

    def seen_by(self, user_id: str) -> Json:
        """What this person sees."""
        return {
            "type": "person",
            "me": user_id,
            "channels": self._scene.channels(user_id),
            "messages": self._scene.messages(user_id),
            "views": self._scene.views(user_id),
            "home": self._scene.home(user_id),
        }

    def knows(self, user_id: str) -> bool:
        """Whether the page may play this person."""
        return self._scene.playable(user_id)

    def subscribe(self, callback: Callable[[News], None]) -> Callable[[], None]:
        """Tell of every change from now on; the returned function ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    async def _travel(self, body: Json) -> Json:
        await travel(self._clock, timedelta(minutes=float(body["minutes"])), stopped=self._clock_moved)
        return {}

    def _clock_moved(self) -> None:
        self._tell({"type": "clock", "now": self._clock.now().isoformat()})

    def _tell(self, body: Json, readers: frozenset[str] | None = None) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber(News(body, readers))

    def _workspace_changed(self, change: Change) -> None:
        self._channels_changed()
        if change.message:
            self._message_changed(change.kind, change.message)
            self._meetings_changed()  # a message may bring somebody a link
        if change.view:
            self._view_changed(change.view)

    def _channels_changed(self) -> None:
        for person in self._scene.people():
            user_id = person["id"]
            channels = self._scene.channels(user_id)
            if channels != self._channels_told.get(user_id):
                self._channels_told[user_id] = channels
                self._tell({"type": "channels", "me": user_id, "channels": channels}, frozenset({user_id}))

    def _meetings_changed(self) -> None:
        rooms = self._meetings.rooms()
        if rooms != self._rooms_told:
            self._rooms_told = rooms
            self._tell({"type": "meetings", "meetings": rooms})

    def _message_changed(self, kind: str, message: Message) -> None:
        readers = self._scene.readers_of(message)
        if message.deleted:
            gone = {"type": "removed", "channel": message.channel, "ts": message.ts}
            return self._tell(gone, readers)
        self._tell({"type": "message", "channel": message.channel, "message": message_json(message)}, readers)
        if kind in ("posted", "ephemeral"):
            self._tell({"type": "arrived", "channel": message.channel, **self._scene.awaited_by(message)})
        return None

    def _view_changed(self, view: View) -> None:
        news: Json = {"type": "views", "me": view.user, "views": self._scene.views(view.user)}
        if view.is_home:
            news = {"type": "home", "me": view.user, "home": self._scene.home(view.user)}
        self._tell(news, frozenset({view.user}))

    def _exchanged(self, exchange: Exchange) -> None:
        seen = exchange_json(exchange, next(self._numbers))
        self._exchanges = [*self._exchanges, seen][-200:]
        self._tell({"type": "exchange", "exchange": seen})


def exchange_json(exchange: Exchange, number: int) -> Json:
    """One request with its answer, numbered in order."""
    return {
        "number": number,
        "at": exchange.at.isoformat(),
        "backend": exchange.backend,
        "method": exchange.method,
        "path": exchange.path,
        "query": exchange.query,
        "request": exchange.request,
        "status": exchange.status,
        "response": exchange.response,
        "authorization": exchange.authorization,
        "to_bot": exchange.to_bot,
    }
