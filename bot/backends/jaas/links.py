"""Join links: a token for one person and one literal room, which can be signed again bit for bit (8x8 docs)."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

from bot.backends.jaas.names import Tenant, checked
from bot.clock import Clock
from bot.errors import BackendError
from bot.model import JoinAs, JoinLink, Room
from bot.rest import plain
from bot.tokens import SKEW, Signer, compact, validity

# Each must be present; with `outbound-call` even a guest could dial at the account's cost.
NO_FEATURES = {
    "livestreaming": "false",
    "recording": "false",
    "transcription": "false",
    "outbound-call": "false",
    "sip-outbound-call": "false",
    "inbound-call": "false",
    "sip-inbound-call": "false",
    "file-upload": "false",
    "list-visitors": "false",
}

# A link is a button's address, for which Slack takes 3,000 characters; a token of a 4096-bit key alone has 683.
LONGEST_NAME = 100
LONGEST_EMAIL = 254


class Links:
    """Mints join links of one AppID."""

    def __init__(self, tenant: Tenant, signer: Signer, clock: Clock, *, lifetime: timedelta) -> None:
        self._tenant = tenant
        self._signer = signer
        self._clock = clock
        self._lifetime = lifetime

    def mint(self, room: Room, guest: JoinAs) -> JoinLink:
        """A link for this person; a moderator's only for a host, and without any paid feature."""
        now = self._clock.now()
        claims = compact(
            {
                "aud": "jitsi",
                "iss": "chat",
                "sub": self._tenant.app_id,
                "room": checked(room),
                "jti": secrets.token_hex(8),
                **validity(now - SKEW, now + self._lifetime),
                "context": {"user": _user(guest), "features": NO_FEATURES, "room": {"regex": False}},
            }
        )
        return JoinLink(
            f"{self._tenant.address(room)}?jwt={self._signer.sign(claims)}",
            expires_at=now + self._lifetime,
            personal=True,
            # The text as it was signed, and by which key: both make the bits.
            claims=json.dumps({"kid": self._signer.kid, "claims": claims}),
        )

    def token(self, claims: str) -> str | None:
        """The very token that `JoinLink.claims` describes, or None once it has expired."""
        minted = json.loads(claims)
        if json.loads(minted["claims"])["exp"] <= self._clock.now().timestamp():
            return None
        if minted["kid"] != self._signer.kid:
            raise BackendError("That link was signed with a key the bot no longer has; delete that key at 8x8 instead.")
        return self._signer.sign(minted["claims"])


def _user(guest: JoinAs) -> dict[str, str]:
    user = {
        "id": guest.user_id,
        "name": plain(guest.name, LONGEST_NAME),
        "moderator": "true" if guest.host else "false",
        "hidden-from-recorder": "false",
    }
    email = plain(guest.email or "", LONGEST_EMAIL + 1)
    return user | {"email": email} if 0 < len(email) <= LONGEST_EMAIL else user
