"""Files shared in Slack: who may have the bot use one, and its content, fetched from Slack's own host alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger
from yarl import URL

from bot.errors import BadInput, NotFound, Refused, Unavailable
from bot.files import SharedFile, SharedFiles
from bot.slack.client import UNREACHABLE, error_word
from bot.voice import Address

PATIENCE = 300.0  # seconds for a whole file
PIECE = 256 * 1024  # bytes
HOSTS = ("slack.com", "slack-gov.com", "slack-files.com")
NOT_YOURS = "I know no such file of yours; share it in this channel, or with me."

log = get_logger(__name__)


class SlackFiles(SharedFiles):
    """Asks Slack anew each time: a file may be deleted, or shared with fewer people."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, *, api_url: str) -> None:
        self._client = client
        self._session = session
        self._api = urlsplit(api_url)

    async def describe(self, file_id: str, asked_by: Address) -> SharedFile:
        """See `SharedFiles`."""
        file = await self._info(file_id)
        if not _may_use(file, asked_by):
            raise NotFound(NOT_YOURS)
        size = file.get("size")
        return SharedFile(file_id, str(file.get("name") or "file"), size if isinstance(size, int) else 0)

    async def read(self, file: SharedFile, *, most: int) -> bytes:
        """See `SharedFiles`."""
        url = str((await self._info(file.id)).get("url_private_download") or "")
        if not self._is_slacks(url):
            raise Unavailable("Slack does not give that file out.")
        headers = {"Authorization": f"Bearer {self._client.token}"}
        timeout = aiohttp.ClientTimeout(total=PATIENCE, connect=5.0)
        content = bytearray()
        try:
            async with self._session.get(
                URL(url, encoded=True), headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status != 200 or answer.content_type == "text/html":
                    # Without the right scope Slack answers its sign-in page with 200.
                    raise Unavailable("Slack does not give that file out; does the app have the scope files:read?")
                async for piece in answer.content.iter_chunked(PIECE):
                    content += piece
                    if len(content) > most:
                        raise BadInput(f"{file.name} is larger than {most // 1024**2} MiB.")
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Unavailable("Slack broke off while giving that file out; try again.") from None
        return bytes(content)

    async def _info(self, file_id: str) -> Mapping[str, Any]:
        try:
            answer = await self._client.api_call("files.info", params={"file": file_id})
        except UNREACHABLE as error:
            word = error_word(error)
            if word in {"missing_scope", "not_allowed_token_type"}:
                raise Refused("The Slack app lacks the scope files:read; ask an administrator.") from None
            if word in {"file_not_found", "file_deleted", "not_visible"}:
                raise NotFound(NOT_YOURS) from None
            log.info("file not described", error=word)
            raise Unavailable("Slack does not answer about files now; try again.") from None
        file = answer.get("file")
        return file if isinstance(file, Mapping) else {}

    def _is_slacks(self, url: str) -> bool:
        """The bot's token goes nowhere but to Slack, or to the host that the operator named as Slack."""
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc):
            return True
        host = parts.hostname or ""
        return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in HOSTS)


def _may_use(file: Mapping[str, Any], asked_by: Address) -> bool:
    """One's own file, a public one, or one shared in the channel that one asks from."""
    if file.get("user") == asked_by.person.user_id or file.get("is_public") is True:
        return True
    places = [*(file.get("channels") or ()), *(file.get("groups") or ()), *(file.get("ims") or ())]
    return asked_by.channel_id is not None and asked_by.channel_id in places
