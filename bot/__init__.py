"""A chat-ops bot: video meetings run from Slack."""
