"""Calls over the SIP trunk: how they are ordered, how their failures read, and whose phone is which participant."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import SecretStr

from bot.backends.lasuite.livekit import error_of
from bot.errors import BackendError, Unavailable
from bot.model import PhoneNumber
from bot.rest import Answer

RINGS_FOR = 30  # seconds
PATIENCE = RINGS_FOR + 20.0  # seconds until the answer of a call that is waited for
LONGEST_CALL = 4 * 3600  # seconds
PREFIX = "phone-"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
BUSY, DECLINED, NO_ANSWER, NO_SUCH = {486, 600}, {603, 403, 607, 608}, {408, 480, 487}, {404, 410, 484, 604}


class Phones:
    """Participants' identities for phones that the bot rings.

    Everybody in the meeting can read an identity, so the number stands in it sealed: the bot reads it again after a
    restart, and finds the call by number and room, with nothing kept.
    """

    def __init__(self, api_secret: SecretStr) -> None:
        secret = api_secret.get_secret_value().encode()
        self._seal = AESSIV(hashlib.sha256(b"meetops: identities of phones\0" + secret).digest())

    def identity(self, number: PhoneNumber, room: str) -> str:
        """Always the same for this number in this room."""
        sealed = self._seal.encrypt(number.e164.encode(), [room.encode()])
        return PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def number_in(self, identity: str, room: str) -> PhoneNumber | None:
        """The number that was rung as this identity; None for any other participant."""
        if not identity.startswith(PREFIX):
            return None
        text = identity.removeprefix(PREFIX)
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            number = self._seal.decrypt(sealed, [room.encode()]).decode()
        except (binascii.Error, ValueError, InvalidTag):
            return None
        return PhoneNumber(number) if E164.fullmatch(number) else None


def order(trunk: str, room: str, identity: str, number: PhoneNumber, name: str | None) -> dict[str, object]:
    """The body of CreateSIPParticipant. The answer comes when somebody has answered, or why nobody did."""
    return {
        "sip_trunk_id": trunk,
        "sip_call_to": number.e164,
        "room_name": room,
        "participant_identity": identity,
        "participant_name": name or number.masked,
        "hide_phone_number": True,
        "wait_until_answered": True,
        "ringing_timeout": f"{RINGS_FOR}s",
        "max_call_duration": f"{LONGEST_CALL}s",
    }


def raise_for_call(answer: Answer, number: PhoneNumber) -> None:
    """Raise why a call came to nothing, by its SIP status.

    LiveKit says 429 for "busy", which is no rate limit: the SIP status stands in `meta`, and is looked at first.
    """
    code = _sip_status(answer)
    if answer.ok or code is None:
        return
    name, shown = answer.backend, number.masked
    if code in BUSY:
        raise Unavailable(f"{shown} is busy; nobody was connected.")
    if code in NO_ANSWER:
        raise Unavailable(f"{shown} did not answer; it rang for at most {RINGS_FOR} seconds.")
    if code in DECLINED:
        raise BackendError(f"{shown} declined the call.")
    if code in NO_SUCH:
        raise BackendError(f"{shown} does not exist, says the telephone network.")
    if code in {401, 407}:
        raise BackendError(f"{name}: the telephone provider refused the SIP trunk's account; ask an administrator.")
    raise Unavailable(f"{name}: the telephone network could not place the call (SIP {code}).")


def _sip_status(answer: Answer) -> int | None:
    meta = error_of(answer).get("meta") if not answer.ok else None
    words = str(meta.get("sip_status_code", "")) if isinstance(meta, dict) else ""
    return int(words) if re.fullmatch(r"[1-6][0-9]{2}", words, re.ASCII) else None
