"""What certificate a server shows, so that a person can compare it before it is trusted."""

from __future__ import annotations

import aiohttp

SHA256 = 32  # bytes


async def certificate_at(session: aiohttp.ClientSession, base_url: str, *, seconds: float) -> bytes | None:
    """The SHA-256 of the certificate in DER form; None where none is shown. The connection ends before a request."""
    nobody = aiohttp.Fingerprint(bytes(SHA256))
    try:
        async with session.get(base_url, ssl=nobody, timeout=aiohttp.ClientTimeout(total=seconds)):
            return None
    except aiohttp.ServerFingerprintMismatch as error:
        return error.got
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None


async def is_trusted_at(session: aiohttp.ClientSession, base_url: str, *, seconds: float) -> bool:
    """Whether the ordinary check lets a connection be made; asked by a GET of the root, which means nothing."""
    try:
        async with session.get(base_url, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=seconds)):
            return True
    except aiohttp.ClientSSLError:
        return False
    except (aiohttp.ClientError, TimeoutError, OSError):
        return True  # it was not the certificate
