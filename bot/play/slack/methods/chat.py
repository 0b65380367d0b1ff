"""chat.*: posting, whispering, editing and deleting messages."""

from __future__ import annotations

from bot.play.slack.blockkit.limits import LIMITS
from bot.play.slack.grants import Pace
from bot.play.slack.methods.content import message_content, required, says_something
from bot.play.slack.records import Channel, Json, Message
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.wire import message_json
from bot.play.slack.workspace import Workspace


class Chat:
    """The chat methods. With a `pace`, posts over one a second and channel are refused with 429."""

    def __init__(self, workspace: Workspace, pace: Pace | None) -> None:
        self._workspace = workspace
        self._pace = pace

    def post_message(self, args: Json) -> Json:
        """chat.postMessage: to a channel, or to a person's direct conversation by user id."""
        required(args, "channel")
        channel = self._place(str(args["channel"]))
        self._may_post(channel)
        longest = LIMITS["message"]["text"]["max_length"]
        truncated = len(str(args.get("text") or "")) > longest
        content = message_content({**args, "text": str(args["text"])[:longest]} if truncated else args)
        says_something(content)
        thread = self._thread(channel, args)
        if self._pace:
            self._pace.take(channel.id)
        message = self._workspace.post(self._message(channel, content, thread_ts=thread))
        answer: Json = {"channel": channel.id, "ts": message.ts, "message": message_json(self._workspace, message)}
        if truncated:
            answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
        return answer

    def post_ephemeral(self, args: Json) -> Json:
        """chat.postEphemeral: to one member of a channel the bot is in too."""
        required(args, "channel", "user")
        channel = self._place(str(args["channel"]))
        if self._bot not in channel.members:
            raise SlackRefusal("not_in_channel")
        if channel.is_archived:
            raise SlackRefusal("is_archived")
        if args["user"] not in channel.members:
            raise SlackRefusal("user_not_in_channel")
        content = message_content(args)
        says_something(content)
        message = self._message(channel, content, thread_ts=self._thread(channel, args))
        message.ephemeral_for = str(args["user"])
        return {"message_ts": self._workspace.post(message).ts}

    def update(self, args: Json) -> Json:
        """chat.update: the bot's own messages only, never ephemeral ones.

        Text given without blocks removes the blocks; without text they stay when not given (slack docs).
        """
        required(args, "channel", "ts")
        message = self._existing(args)
        if message.bot_id != self._workspace.team.bot_id:
            raise SlackRefusal("cant_update_message")
        if self._workspace.channels[message.channel].is_archived:
            raise SlackRefusal("is_inactive")
        content = message_content(args, longest="update_text")
        if not content.keys() & {"text", "blocks", "attachments"}:
            raise SlackRefusal("no_text")
        if "text" in content and "blocks" not in content:
            content["blocks"] = []
        self._workspace.edit(message, **content)
        shown = message_json(self._workspace, message)
        return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}

    def delete(self, args: Json) -> Json:
        """chat.delete: the bot's own messages only."""
        required(args, "channel", "ts")
        message = self._existing(args)
        if message.bot_id != self._workspace.team.bot_id:
            raise SlackRefusal("cant_delete_message")
        self._workspace.delete(message)
        return {"channel": message.channel, "ts": message.ts}

    def permalink(self, args: Json) -> Json:
        """chat.getPermalink."""
        required(args, "channel", "message_ts")
        message = self._existing({"channel": args["channel"], "ts": args["message_ts"]})
        host = f"https://{self._workspace.team.domain}.slack.com"
        url = f"{host}/archives/{message.channel}/p{message.ts.replace('.', '')}"
        return {"channel": message.channel, "permalink": url}

    @property
    def _bot(self) -> str:
        return self._workspace.team.bot_user

    def _place(self, name: str) -> Channel:
        if name.startswith(("U", "W")):
            person = self._workspace.users.get(name)
            if person is None or person.deleted or person.is_bot:
                raise SlackRefusal("channel_not_found")
            return self._workspace.open_im(name)
        channel = self._workspace.find_channel(name)
        if channel is None or (channel.is_private and self._bot not in channel.members):
            raise SlackRefusal("channel_not_found")
        return channel

    def _may_post(self, channel: Channel) -> None:
        if channel.is_archived:
            raise SlackRefusal("is_archived")
        if self._bot not in channel.members and "chat:write.public" not in self._workspace.team.scopes:
            raise SlackRefusal("not_in_channel")

    def _thread(self, channel: Channel, args: Json) -> str:
        thread = str(args.get("thread_ts") or "")
        if thread and not self._workspace.find_message(channel.id, thread):
            raise SlackRefusal("cannot_reply_to_message")
        return thread

    def _message(self, channel: Channel, content: Json, *, thread_ts: str) -> Message:
        ts = self._workspace.new_ts()
        bot_id = self._workspace.team.bot_id
        return Message(channel.id, ts, self._bot, thread_ts=thread_ts, bot_id=bot_id, **content)

    def _existing(self, args: Json) -> Message:
        # edits need the id from the post's answer: names and user ids are not looked up here
        channel = self._workspace.channels.get(str(args["channel"]))
        if channel is None or (channel.is_private and self._bot not in channel.members):
            raise SlackRefusal("channel_not_found")
        message = self._workspace.find_message(channel.id, str(args["ts"]))
        if message is None:
            raise SlackRefusal("message_not_found")
        return message
