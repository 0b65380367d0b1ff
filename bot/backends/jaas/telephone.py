"""How to reach a room by telephone: the two look-ups of 8x8 that need no signature."""

from __future__ import annotations

import re

from bot.backends.jaas.answers import check
from bot.backends.jaas.names import Tenant
from bot.errors import BackendError
from bot.model import DialIn, Risk, Room
from bot.rest import Answer, Rest

MAPPER = ("v1", "_jaas", "vmms-conference-mapper")
PINS = (*MAPPER, "v1", "access")
NUMBERS = ((*MAPPER, "access", "v1", "dids"), (*MAPPER, "v1", "access", "dids"))  # 8x8's documents name both


class Telephone:
    """Asks for PINs and numbers."""

    def __init__(self, rest: Rest, tenant: Tenant) -> None:
        self._rest = rest
        self._tenant = tenant

    async def dial_in(self, room: Room) -> DialIn:
        """The PIN of this room and the numbers. The SIP addresses hold the PIN too."""
        query = {"conference": self._tenant.conference(room)}
        found = await self._rest.request("GET", *PINS, operation="PIN", risk=Risk.READ, query=query)
        check(found, risk=Risk.READ, what="a PIN for that room")
        mapping = found.json()
        pin = str(mapping.get("id", "")) if isinstance(mapping, dict) else ""
        if not re.fullmatch(r"[0-9]{1,32}", pin):
            raise BackendError(f"{found.backend} answered without a PIN.")
        listed = await self.numbers()
        check(listed, risk=Risk.READ, what="any dial-in numbers")
        return DialIn(pin, _numbers(listed.json()), (f"{pin}@video.8x8.vc", f"{pin}@audio.8x8.vc"))

    async def numbers(self, operation: str = "DIDS") -> Answer:
        """The answer with the list of numbers, from whichever of the two documented paths has it."""
        answer = await self._rest.request("GET", *NUMBERS[0], operation=operation, risk=Risk.READ)
        if answer.status == 404:
            answer = await self._rest.request("GET", *NUMBERS[1], operation=operation, risk=Risk.READ)
        return answer


def _numbers(listed: object) -> tuple[tuple[str, str], ...]:
    """`[{"countryCode", "formattedNumber"}]`, or the older `{"US": ["+1 …"]}`."""
    if isinstance(listed, dict):
        return tuple(
            (str(code), str(number)) for code, some in listed.items() if isinstance(some, list) for number in some
        )
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return tuple(
        (str(row.get("countryCode", "")), str(row["formattedNumber"])) for row in rows if row.get("formattedNumber")
    )
