"""Files that people share in the chat, and what the bot may take of them. Slack implements it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass

from bot.errors import BadInput
from bot.voice import Address

FILE_ID = re.compile(r"F[A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file by its id. `size` in bytes, as the chat says."""

    id: str
    name: str
    size: int

    def has_ending(self, *endings: str) -> bool:
        """Whether its name ends in one of these, any case."""
        return self.name.lower().endswith(endings)


class SharedFiles(ABC):
    """What is asked of the chat about files. Methods raise NotFound, Unavailable, or Refused for a missing scope."""

    @abstractmethod
    async def describe(self, file_id: str, asked_by: Address) -> SharedFile:
        """The file, where this person may see it: their own, a public one, or one shared in the channel they are in."""

    @abstractmethod
    async def read(self, file: SharedFile, *, most: int) -> bytes:
        """The whole content. Raises BadInput when it is larger than `most` bytes."""


def file_id(word: str) -> str:
    """The id in a word. Raises BadInput."""
    if not FILE_ID.fullmatch(word):
        raise BadInput("A file goes there: share it in Slack and use the shortcut in its message's menu, or the form.")
    return word
