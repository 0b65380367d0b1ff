"""The frequent tasks, one file each; this tuple is the registry, its order that of the menu."""

from __future__ import annotations

from bot.backends.pexip.tasks.base import Node, Task
from bot.backends.pexip.tasks.googlemeet import GoogleMeet
from bot.backends.pexip.tasks.licences import Licences
from bot.backends.pexip.tasks.media import Media
from bot.backends.pexip.tasks.nodes import Nodes
from bot.backends.pexip.tasks.routing import Routing
from bot.backends.pexip.tasks.sshkeys import SshKeys
from bot.backends.pexip.tasks.standing import Standing
from bot.backends.pexip.tasks.themes import Themes

TASKS: tuple[type[Task], ...] = (Standing, Routing, Nodes, Themes, Media, Licences, GoogleMeet, SshKeys)

__all__ = ["TASKS", "Node", "Task"]
