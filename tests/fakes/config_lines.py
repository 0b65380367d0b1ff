"""`config` without Slack: a line is planned and carried out at once, or looked at; files come from a shelf."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.backends.pexip import Pexip
from bot.capabilities import Done, Hands, Sheet, Wish
from bot.errors import NotFound
from bot.files import SharedFile, SharedFiles
from bot.model import Person
from bot.reply import Text
from bot.voice import Address

ANN = Address(Person("T1", "U1"))


@dataclass(frozen=True, slots=True)
class Shelf(SharedFiles):
    """Files that were shared, by id: name and content."""

    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    async def describe(self, file_id: str, asked_by: Address) -> SharedFile:
        if file_id not in self.files:
            raise NotFound("There is no such file.")
        name, content = self.files[file_id]
        return SharedFile(file_id, name, len(content))

    async def read(self, file: SharedFile, *, most: int) -> bytes:
        return self.files[file.id][1]


NO_FILES = Shelf()


def wished(bot: Pexip, line: str, files: Shelf = NO_FILES) -> Wish:
    """`standing add alias=desk rooms="A,B"`. A backslash is an ordinary letter."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    name, verb, *rest = lexer
    subject = bot.subjects()[name]
    operation = subject.operation(verb)
    assert operation, f"{name} has no {verb}"
    values = dict(one.split("=", 1) for one in rest if "=" in one)
    return Wish(subject, operation, tuple(one for one in rest if "=" not in one), values, files, ANN)


async def done(bot: Pexip, line: str, files: Shelf = NO_FILES) -> Done:
    """Plan it and carry it out."""
    plan = await bot.plan(wished(bot, line, files))

    async def unheard(words: str) -> None:
        assert words

    return await plan.act(Hands(unheard))


async def says(bot: Pexip, line: str) -> str:
    """What the plan would do, for an approver's eyes. Nothing is carried out."""
    return plain((await bot.plan(wished(bot, line))).says)


async def sheet(bot: Pexip, line: str) -> Sheet:
    """The answer to a question."""
    return await bot.look(wished(bot, line))


async def lines(bot: Pexip, line: str) -> list[str]:
    """The lines of that answer."""
    return [plain(one.body) for one in (await sheet(bot, line)).lines]


def plain(text: Text) -> str:
    """The words without their form."""
    return "".join(part if isinstance(part, str) else str(getattr(part, "text", "?")) for part in text)
