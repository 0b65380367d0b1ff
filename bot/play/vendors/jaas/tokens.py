"""What 8x8 checks in a token: who signed it, for which AppID and room, and when. Zero leeway, as Prosody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from bot.clock import Clock

Claims = dict[str, Any]


class TokenRefused(Exception):
    """Why the token lets nobody in, in the words of the Jitsi client (`tokenExpired`, `kidMismatch`, …)."""


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """Checks tokens of one AppID against the public keys uploaded for it."""

    app_id: str
    keys: Mapping[str, str]  # kid to public key, PEM
    clock: Clock

    def admin(self, token: str) -> Claims:
        """The claims of a token for the REST commands (seeds/000)."""
        claims = self._claims(token)
        if claims.get("admin") is not True:
            raise TokenRefused("adminMissing")
        return claims

    def join(self, token: str, room: str) -> Claims:
        """The claims of a token that lets its holder into this room."""
        claims = self._claims(token)
        context = claims.get("context")
        if not isinstance(context, dict) or not isinstance(context.get("user"), dict):
            raise TokenRefused("contextNotFound")
        if not isinstance(context.get("features"), dict):
            raise TokenRefused("featuresNotFound")
        if any(value not in (True, False, "true", "false") for value in context["features"].values()):
            raise TokenRefused("featureValueInvalid")
        if claims.get("room") not in (room, "*"):
            raise TokenRefused("roomMismatch")
        return claims

    def _claims(self, token: str) -> Claims:
        claims = self._signed_claims(token)
        if claims.get("aud") != "jitsi":
            raise TokenRefused("audInvalid")
        if claims.get("iss") != "chat":
            raise TokenRefused("issInvalid")
        if claims.get("sub") != self.app_id:
            raise TokenRefused("kidMismatch")
        now = self.clock.now().timestamp()
        if not isinstance(claims.get("exp"), int) or now >= claims["exp"]:
            raise TokenRefused("tokenExpired")
        if "nbf" in claims and (not isinstance(claims["nbf"], int) or now < claims["nbf"]):
            raise TokenRefused("nbfFuture")
        return claims

    def _signed_claims(self, token: str) -> Claims:
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            if kid.partition("/")[0] != self.app_id:
                raise TokenRefused("kidMismatch")
            if kid not in self.keys:
                raise TokenRefused("kidNotFound")
            # Times are compared with the injected clock, above.
            claims: Claims = jwt.decode(
                token,
                self.keys[kid],
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            raise TokenRefused("signatureInvalid") from None
        return claims
