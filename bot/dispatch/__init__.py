"""One command, from its text to its answer: read → choose → judge → act | ask | refuse."""

from bot.dispatch.approving import Approving, Places
from bot.dispatch.dispatcher import Dispatcher, House
from bot.dispatch.reading import approvals_needed
from bot.dispatch.reminding import Reminding

__all__ = ["Approving", "Dispatcher", "House", "Places", "Reminding", "approvals_needed"]
