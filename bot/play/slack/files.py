"""Files that people share: files.info, and the address at which the bot may fetch one with its token."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from bot.play.slack.methods.content import required
from bot.play.slack.records import Json, Message
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.workspace import Workspace

FIRST = 1001


@dataclass(slots=True)
class File:
    """One file. Without a channel only its owner and the bot have it (`file_input`)."""

    id: str
    name: str
    owner: str
    content: bytes = field(repr=False)
    channel: str = ""

    def shown(self, workspace: Workspace, origin: str) -> Json:
        """As files.info and messages show it."""
        place = workspace.channel(self.channel) if self.channel else None
        public = place is not None and not place.is_private and not place.is_im
        return {
            "id": self.id,
            "name": self.name,
            "title": self.name,
            "size": len(self.content),
            "user": self.owner,
            "is_public": public,
            "channels": [place.id] if place and public else [],
            "groups": [place.id] if place and place.is_private else [],
            "ims": [place.id] if place and place.is_im else [],
            "url_private_download": f"{origin}/files/{self.id}",
        }


class Files:
    """All of them. `origin`: where this server listens, for the addresses."""

    def __init__(self, workspace: Workspace, *, bot_token: str) -> None:
        self.origin = ""
        self._workspace = workspace
        self._bot_token = bot_token
        self._files: dict[str, File] = {}

    def upload(self, user: str, name: str, content: bytes, channel: str = "") -> File:
        """Put a file somewhere; into nothing but a form where no channel is named."""
        file = File(f"F0{FIRST + len(self._files)}", name, user, content, channel)
        self._files[file.id] = file
        return file

    def share(self, user: str, channel: str, name: str, content: bytes) -> Message:
        """Share a file in a message."""
        file = self.upload(user, name, content, channel)
        message = Message(self._workspace.channel(channel).id, self._workspace.new_ts(), user, "")
        message.files = [file.shown(self._workspace, self.origin)]
        self._workspace.post(message)
        return message

    def info(self, args: Json) -> Json:
        """files.info."""
        required(args, "file")
        file = self._files.get(str(args["file"]))
        if file is None:
            raise SlackRefusal("file_not_found")
        return {"file": file.shown(self._workspace, self.origin)}

    async def download(self, request: web.Request) -> web.Response:
        """The content for the bot's token; the sign-in page for anybody else, as Slack does."""
        file = self._files.get(request.match_info["id"])
        granted = "files:read" in self._workspace.team.scopes
        if file is None or not granted or request.headers.get("Authorization") != f"Bearer {self._bot_token}":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=file.content, content_type="application/octet-stream")
