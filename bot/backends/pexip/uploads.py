"""Files on their way from Slack to the node."""

from __future__ import annotations

from collections.abc import Mapping

from bot.capabilities import Wish
from bot.errors import BadInput
from bot.files import SharedFile, file_id
from bot.rest import Upload

MOST = 64 * 1024**2  # bytes; it is held in memory while it is sent


async def check_file(wish: Wish, word: str, *, endings: tuple[str, ...] = (), most: int = MOST) -> SharedFile:
    """The file that this word names, if it may be sent. Raises BadInput, NotFound, Refused."""
    if wish.files is None or wish.asked_by is None:
        raise BadInput("Files can only be sent from Slack.")
    file = await wish.files.describe(file_id(word), wish.asked_by)
    if endings and not file.has_ending(*endings):
        raise BadInput(f"{file.name} does not end in {' or '.join(endings)}.")
    if file.size > most:
        raise BadInput(f"{file.name} is larger than {most // 1024**2} MiB.")
    return file


async def uploads_of(wish: Wish, files: Mapping[str, SharedFile]) -> Mapping[str, Upload] | None:
    """The parts of a multipart body, by field; None where there are none."""
    return {name: Upload(file.name, await content_of(wish, file)) for name, file in files.items()} or None


async def content_of(wish: Wish, file: SharedFile, *, most: int = MOST) -> bytes:
    """The file's content. Raises BadInput, Unavailable."""
    if wish.files is None:
        raise BadInput("Files can only be sent from Slack.")
    return await wish.files.read(file, most=most)
