"""Every failure a person may see: one tree, split by what the reader does next.

`str(error)` is shown in Slack, so it is a plain sentence that says what to do and never holds a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reply import Button, Text


class BotError(Exception):
    """A sentence for the person who asked. `detail` says the same with mentions; `buttons` offer what to do next."""

    outcome = "refused"

    def __init__(self, sentence: str, *, detail: Text | None = None, buttons: tuple[Button, ...] = ()) -> None:
        super().__init__(sentence)
        self.detail = detail
        self.buttons = buttons
        self.recorded = False  # stands in the audit already, as the end of its request


class BadInput(BotError):
    """The command was not understood; nothing was executed. The reader corrects the words."""

    outcome = "invalid"


class Refused(BotError):
    """The reader may not do this; the sentence says which permission is missing and whom to ask."""

    outcome = "refused"


class NotSupported(BotError):
    """This back end cannot do it; the sentence names those that can."""

    outcome = "not supported"


class NotFound(BotError):
    """The room, person or call does not exist (or is not the reader's to see)."""

    outcome = "not found"


class SeveralMatch(BotError):
    """What was named could be several things; `buttons` are the choices. Nothing was done."""

    outcome = "ambiguous"


class NoMeeting(NotFound):
    """The room is there, but no meeting is running in it."""


class AlreadySo(BotError):
    """Nothing had to be done; the wish was already true."""

    outcome = "already so"


class BackendError(BotError):
    """The vendor refused or answered nonsense; the reader cannot mend it by trying again."""

    outcome = "refused"


class SignInFailed(BackendError):
    """The vendor refused the bot's own credentials; an administrator must mend the configuration."""


class NoAccess(BackendError):
    """The vendor does not let this very person see or do it: no account or no role of theirs there."""


class Unavailable(BackendError):
    """The vendor was not reached, or said it is busy, before anything happened; trying again may help."""

    outcome = "unavailable"


class UnknownOutcome(BackendError):
    """The call was sent and no clear answer came: it may or may not have taken effect. Never retried by itself."""

    outcome = "unknown"


class Unreachable(Refused):
    """The bot cannot say it there; the sentence tells how to let it in. Nothing was done."""


class NotYetSaid(Unreachable):
    """The chat was not reached, or is busy: certainly nothing was said, and trying again may help."""


class MaybeSaid(Unreachable):
    """The chat gave no clear answer: the message may be there or not. Saying it again may say it twice."""


class ConfigurationError(Exception):
    """The start ends with this one line, which names the key. Never shown in Slack."""
