"""Secrets on a command line that has to be kept: sealed, so that neither the database nor a card holds them.

A sealed word opens only for the same person and the same use: nobody can carry a password over into a field that
is shown, or have it sent somewhere else.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from bot.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = "sealed:"
NONCE = 12  # bytes
SEALED = re.compile(PREFIX + r"[A-Za-z0-9_-]+")


class Seal:
    """Seals with a key made of the bot's own credentials: it is nowhere kept, and others cannot open anything."""

    def __init__(self, *credentials: str) -> None:
        """`credentials`: what only this bot knows. Without any, what is sealed ends with the process."""
        known = "\0".join(credentials) if any(credentials) else secrets.token_hex(32)
        self._key = hashlib.sha256(b"meetops seal\0" + known.encode()).digest()

    def close(self, secret: str, use: str) -> str:
        """The secret as one word that says nothing. `use`: whose it is and for what."""
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, secret.encode(), use.encode())
        return PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, word: str, use: str) -> str:
        """The secret again. Raises BadInput for another use, and after the bot's credentials have changed."""
        from cryptography.exceptions import InvalidTag

        body = word.removeprefix(PREFIX)
        try:
            sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], use.encode()).decode()
        except (InvalidTag, ValueError):
            raise BadInput("A secret in this command cannot be read any more; type it again.") from None

    @cached_property
    def _cipher(self) -> AESGCM:
        # Loaded with the first secret: the library takes 6 MB, and most bots never seal anything.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._key)


def is_sealed(word: str) -> bool:
    """Whether `Seal.close` made this word."""
    return bool(SEALED.fullmatch(word))


def without_seals(line: str) -> str:
    """A command line for people to read."""
    return SEALED.sub("…", line)
