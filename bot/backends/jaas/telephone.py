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
        sip = (f"{pin}@video.8x8.vc", f"{pin}@audio.8x8.vc")
        return DialIn(pin, _numbers(listed), sip)

    async def numbers(self, operation: str = "DIDS") -> Answer:
        """The answer with the list of numbers, from whichever of the two documented paths has it."""
        answer = await self._rest.request("GET", *NUMBERS[0], operation=operation, risk=Risk.READ)
        if answer.status == 404:
            answer = await self._rest.request("GET", *NUMBERS[1], operation=operation, risk=Risk.READ)
        return answer


def _numbers(answer: Answer) -> tuple[tuple[str, str], ...]:
    """`[{"countryCode", "formattedNumber"}]`, or the older `{"US": ["+1 …"]}`. Raises BackendError for neither."""
    listed = answer.json()
    if isinstance(listed, dict):
        found = [(code, number) for code, some in listed.items() if isinstance(some, list) for number in some]
    else:
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        found = [(row.get("countryCode", ""), row.get("formattedNumber")) for row in rows]
    numbers = tuple((str(code), number) for code, number in found if isinstance(number, str) and number)
    if not numbers and listed not in ([], {}):
        raise BackendError(f"{answer.backend} answered without a list of numbers.")
    return numbers
