"""`/meet revoke room @person`: make the links minted for that person useless, and remove them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import KicksParticipants, RevokesLinks
from bot.cards import unseen
from bot.command import Act, Command
from bot.grammar import UserWord, optional, positional
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Reply, Strong, User, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Whose links."""

    room: RoomWord | None = optional("the room")
    user: UserWord = positional("@person")


async def run(act: Act[RevokesLinks], args: Args) -> Reply:
    """Each unexpired link, then the person if inside."""
    store, room = act.desk.store, act.room
    person = act.caller.person.beside(args.user.user_id)
    user_id = await store.people.user_id_of(person)
    links = await store.links.live(room.id, user_id, act.desk.clock.now())
    for link in links:
        if link.claims is not None:
            await act.backend.revoke_link(room, link.claims)
            async with store.db.begin() as tx:
                await store.links.forget(tx, link.id)
    presence = await act.desk.presence(room)
    inside = [one for one in presence.participants or () if one.user_id == user_id]
    doubt = unseen(presence) if presence.participants is None else ""
    if isinstance(act.backend, KicksParticipants):
        for one in inside:
            await act.backend.kick(room, one)
    if not links and not inside:
        body = text(User(person.user_id), " has no link into ", Strong(room.title), f" that still works.{doubt}")
        return Reply(body, Outcome.ALREADY_SO, public=True)
    count = f"{len(links)} link{'s' if len(links) != 1 else ''}" if links else "no link that still worked"
    removed = ", and removed them from the meeting" if inside else ""
    body = text(
        f"Revoked {count} of ",
        User(person.user_id),
        " into ",
        Strong(room.title),
        f"{removed}.{doubt} They may fetch a new one; block them to prevent it.",
    )
    return Reply(body, Outcome.ACCEPTED, public=True, facts={"links": str(len(links))})


COMMAND = Command(
    name="revoke",
    summary="Make the links minted for somebody useless",
    doing="revoke links",
    args=Args,
    needs=RevokesLinks,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    run=run,
    examples=("revoke standup @ann",),
)
