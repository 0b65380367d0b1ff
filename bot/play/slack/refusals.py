"""How Slack says no: `{"ok": false, "error": …}`, with HTTP 200 but for rate limits."""

from __future__ import annotations

from bot.play.slack.records import Json


class SlackRefusal(Exception):
    """Slack's answer to a call it does not carry out; `code` is the `error` field."""

    def __init__(self, code: str, *, messages: list[str] | None = None, retry_after: int = 0, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self._messages = messages
        self._fields = fields

    @property
    def status(self) -> int:
        """429 for a rate limit, otherwise 200."""
        return 429 if self.retry_after else 200

    def answer(self) -> Json:
        """The JSON body."""
        body: Json = {"ok": False, "error": self.code, **self._fields}
        if self._messages:
            body["errors"] = self._messages
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self._messages]}
        return body
