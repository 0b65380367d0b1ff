"""What every gesture of a person needs: who they are, what Slack lends the bot for it, and the way to the bot."""

from __future__ import annotations

from collections.abc import Callable

from bot.play.slack.delivery import Delivery, Kind, Parcel, Transport
from bot.play.slack.grants import ResponseGrants, Triggers
from bot.play.slack.inputs import NotPossibleError
from bot.play.slack.records import Channel, Json, Message, User
from bot.play.slack.workspace import Workspace


class Sender:
    """Builds the common fields of payloads and delivers them; keeps every delivery."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        triggers: Triggers,
        grants: ResponseGrants,
        transport: Callable[[], Transport],
        origin: Callable[[], str],
    ) -> None:
        self.workspace = workspace
        self.deliveries: list[Delivery] = []
        self._triggers = triggers
        self._grants = grants
        self._transport = transport
        self._origin = origin

    async def send(self, kind: Kind, payload: Json, *, retry: int = 0, retry_reason: str = "") -> Delivery:
        """Deliver it the way the bot is connected."""
        delivery = await self._transport().send(Parcel(kind, payload, retry, retry_reason))
        self.deliveries.append(delivery)
        return delivery

    async def resend(self, delivery: Delivery) -> Delivery:
        """Deliver the very same thing again: same bytes and signature, or same envelope."""
        again = await self._transport().resend(delivery)
        self.deliveries.append(again)
        return again

    def person(self, user: str, channel: Channel | None = None) -> User:
        """That person, able to act there. Raises NotPossibleError."""
        person = self.workspace.users.get(user)
        if person is None or person.deleted or person.is_bot:
            raise NotPossibleError(f"{user} cannot use this workspace")
        if channel is not None and user not in channel.members:
            raise NotPossibleError(f"{user} is not in {channel.name or channel.id}")
        return person

    def trigger_id(self, user: str, view_id: str = "") -> str:
        """A fresh trigger id for that person."""
        return self._triggers.issue(user, view_id)

    def response_url(self, channel: str, user: str, message: Message | None = None) -> str:
        """A fresh response URL for that place and person."""
        return f"{self._origin()}/response/{self._grants.issue(channel, user, message)}"

    def interaction(self, kind: str, user: User) -> Json:
        """The fields every interaction payload begins with (slack docs, interaction payloads)."""
        team = self.workspace.team
        enterprise = {"id": team.enterprise_id, "name": team.enterprise_name} if team.enterprise_id else None
        grid = {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name} if enterprise else {}
        return {
            "type": kind,
            "token": team.verification_token,
            "api_app_id": team.app_id,
            "team": {"id": team.id, "domain": team.domain, **grid},
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
            "enterprise": enterprise,
            "is_enterprise_install": False,
        }


def channel_name(channel: Channel) -> str:
    """The name of a channel as payloads give it: private ones and direct ones are not named."""
    return "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
