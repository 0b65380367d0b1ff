"""The verbs. One file per verb; this tuple is the registry, its order the order of help."""

from __future__ import annotations

from typing import Any

from bot.command import Command
from bot.commands import (
    approvals,
    audit,
    ban,
    block,
    can,
    create,
    delete,
    dial,
    end,
    hangup,
    help,
    invite,
    join,
    kick,
    lock,
    revoke,
    rooms,
    set,
    share,
    show,
    start,
    status,
    unblock,
    unlock,
    who,
    whoami,
)

COMMANDS: tuple[Command[Any, Any], ...] = (
    help.COMMAND,
    whoami.COMMAND,
    can.COMMAND,
    start.COMMAND,
    create.COMMAND,
    rooms.COMMAND,
    show.COMMAND,
    join.COMMAND,
    share.COMMAND,
    invite.COMMAND,
    set.COMMAND,
    end.COMMAND,
    delete.COMMAND,
    who.COMMAND,
    dial.COMMAND,
    hangup.COMMAND,
    kick.COMMAND,
    block.COMMAND,
    unblock.COMMAND,
    lock.COMMAND,
    unlock.COMMAND,
    ban.COMMAND,
    revoke.COMMAND,
    approvals.COMMAND,
    audit.COMMAND,
    status.COMMAND,
)
