"""What OpenMeetings' error keys mean, in the person's language where the server has it (seeds/001)."""

from __future__ import annotations

import re

from bot.backends.openmeetings.wire import as_str, decode
from bot.errors import BackendError
from bot.model import Risk
from bot.rest import Rest

ENGLISH = {
    "error.bad.credentials": "Username/email and/or password are incorrect.",
    "error.bad.password": "Invalid password.",
    "error.notactivated": "The account is not activated.",
    "error.nogroup": "User is not assigned to group.",
    "error.notallowed": "The account has not the right to do this.",
    "error.unknown": "Unknown error.",
    "error.login.inuse": "The username is already used.",
    "error.email.inuse": "The mail address is already registered.",
    "error.short.login": "The login is too short.",
    "error.reg.disabled": "Registration is disabled.",
    "error.hash.invalid": "The invitation code is invalid.",
    "error.hash.used": "This invitation was already used.",
}

# languages.xml; 3 is not used.
LANGUAGES = {
    "en": 1,
    "de": 2,
    "fr": 4,
    "it": 5,
    "pt": 6,
    "pt-br": 7,
    "es": 8,
    "ru": 9,
    "sv": 10,
    "zh": 11,
    "zh-tw": 12,
    "ko": 13,
    "ar": 14,
    "ja": 15,
    "id": 16,
    "hu": 17,
    "tr": 18,
    "uk": 19,
    "th": 20,
    "fa": 21,
    "cs": 22,
    "gl": 23,
    "fi": 24,
    "pl": 25,
    "el": 26,
    "nl": 27,
    "he": 28,
    "ca": 29,
    "bg": 30,
    "da": 31,
    "sk": 32,
}
# Keys are words since 4.0; the numbers of seeds/001 are those of older servers.
KEY = re.compile(r"error\.[a-z.]+|-?[0-9]{1,6}")
PATIENCE = 3.0  # seconds to wait for a better wording
LONGEST = 200


def language_id(language: str) -> int:
    """OpenMeetings' number of a language (`fr`, `pt-BR`, `de_AT`); English for one it has not."""
    code = language.strip().lower().replace("_", "-")
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0], 1)


class Wording:
    """Looks sentences up; never fails, for it is asked while something else has failed."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def sentence(self, key: str, language: str = "en") -> str:
        """What this key of a `type: ERROR` answer means, in that language if the server has it, else in English."""
        known = ENGLISH.get(key)
        if not KEY.fullmatch(key):
            return "The request was not accepted."  # Java's own words are not for people
        number = language_id(language)
        if known and number == LANGUAGES["en"]:
            return known
        return await self._asked(key, number) or known or "The request was not accepted."

    async def _asked(self, key: str, number: int) -> str:
        segments = ("services", "error", key, str(number))
        try:
            answer = await self._rest.request(
                "GET", *segments, operation="error", risk=Risk.READ, timeout=PATIENCE, retry_statuses=frozenset()
            )
            result = decode(answer).get("serviceResult") if answer.ok else None
        except BackendError:
            return ""
        if not isinstance(result, dict) or result.get("type") != "SUCCESS":
            return ""
        text = " ".join(as_str(result.get("message", "")).split())[:LONGEST]
        return "" if text.startswith("[") else text  # an unknown key answers "[Missing]"
