"""`config` on a management node: the frequent tasks, then the 79 resources, each asked by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.backends.pexip.catalogue import RESOURCES, subject_of
from bot.backends.pexip.images import remove_parts
from bot.backends.pexip.objects import Objects
from bot.backends.pexip.resources import Resources
from bot.backends.pexip.tasks import TASKS, Node, Task
from bot.backends.pexip.transport import Transport
from bot.capabilities import ConfiguresResources, Plan, Sheet, Subject, Wish
from bot.clock import Clock
from bot.forms import Field
from bot.rest import Rest

SUBJECTS: Mapping[str, Subject] = {
    **{task.subject.name: task.subject for task in TASKS},
    **{name: subject_of(resource) for name, resource in RESOURCES.items()},
}


class Configuring:
    """The whole of it for one node."""

    def __init__(self, node: Node) -> None:
        self._objects: Objects = node.objects
        self._resources: Resources = node.resources
        self._tasks: Mapping[str, Task] = {task.subject.name: task(node) for task in TASKS}

    @classmethod
    def at(cls, transport: Transport, rest: Rest, clock: Clock, download_folder: Path | None) -> Configuring:
        """For a node at this transport. What an earlier process left unfinished in the folder is removed."""
        if download_folder is not None:
            remove_parts(download_folder)
        objects = Objects(transport, clock)
        return cls(Node(transport.backend, objects, Resources(objects), rest, download_folder))

    def _of(self, wish: Wish) -> Task | Resources:
        return self._tasks.get(wish.subject.name, self._resources)

    async def look(self, wish: Wish) -> Sheet:
        """See `ConfiguresResources`."""
        return await self._of(wish).look(wish)

    async def plan(self, wish: Wish) -> Plan:
        """See `ConfiguresResources`."""
        return await self._of(wish).plan(wish)

    async def form(self, wish: Wish) -> tuple[Field, ...]:
        """See `ConfiguresResources`."""
        return await self._of(wish).form(wish)

    async def suggest(self, related: str, words: str) -> tuple[tuple[str, str], ...]:
        """See `ConfiguresResources`."""
        return await self._objects.suggest(related, words)


class Configured(ConfiguresResources):
    """A back end whose configuration is `configuring`'s."""

    configuring: Configuring

    def subjects(self) -> Mapping[str, Subject]:
        """Tasks, then the 79 resources."""
        return SUBJECTS

    async def look(self, wish: Wish) -> Sheet:
        """By the task or the resource."""
        return await self.configuring.look(wish)

    async def plan(self, wish: Wish) -> Plan:
        """By the task or the resource."""
        return await self.configuring.plan(wish)

    async def form(self, wish: Wish) -> tuple[Field, ...]:
        """By the task or the resource's schema."""
        return await self.configuring.form(wish)

    async def suggest(self, related: str, words: str) -> tuple[tuple[str, str], ...]:
        """Objects whose name holds the words."""
        return await self.configuring.suggest(related, words)
