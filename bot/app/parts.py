"""Who works with whom: every part of the bot made once and given what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import ClientSession

from bot.app.vendors import LastErrors
from bot.approvals import Approvals, Callbacks
from bot.audit import Audit
from bot.calls import Calls
from bot.capabilities import Backend, KeepsRoles, ListsParticipants, SharesJoinLinks
from bot.cards import RoomCards
from bot.clock import Clock
from bot.commands import COMMANDS
from bot.desk import Desk
from bot.dispatch import Approving, Dispatcher, House, Places, Reminding, approvals_needed
from bot.dispatch.carrying import Carrying
from bot.dispatch.delivering import Delivery
from bot.dispatch.home import HomePages
from bot.door import Door
from bot.files import SharedFiles
from bot.hooks import Hooks
from bot.jobs import Jobs
from bot.lookup import Lookup
from bot.metrics import Metrics
from bot.model import Presence, Room
from bot.people import Caller, Directory, People
from bot.phone import PhoneCalls
from bot.policy import Policy
from bot.polling import Polls
from bot.reminders import Callbacks as ReminderCallbacks
from bot.reminders import Reminders
from bot.role_copies import RoleCopies
from bot.roster import Roster
from bot.seal import Seal
from bot.settings import Settings
from bot.slack.bolt import Entrance, attach, build_app
from bot.slack.client import Authorisation, WebClient
from bot.slack.events import Events
from bot.slack.files import SlackFiles
from bot.slack.home import HomeTabs
from bot.slack.identity import SlackDirectory
from bot.slack.launcher import Launcher
from bot.slack.listeners import SlackListeners
from bot.slack.modals import Modals
from bot.slack.outbox import SlackVoice
from bot.slack.presenting import Spawner
from bot.slack.response_url import ResponseUrls
from bot.slack.seen import Seen
from bot.store import Store
from bot.tasks import Tasks
from bot.voice import Voice

VERBS = {command.name: command for command in COMMANDS}


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything stands on."""

    settings: Settings
    clock: Clock
    policy: Callable[[], Policy]
    metrics: Metrics
    tasks: Tasks
    store: Store
    jobs: Jobs
    audit: Audit
    backends: Mapping[str, Backend]
    errors: LastErrors


@dataclass(frozen=True, slots=True)
class SlackSide:
    """The ways to and from Slack."""

    client: WebClient
    authorisation: Authorisation
    urls: ResponseUrls
    modals: Modals
    voice: SlackVoice
    directory: SlackDirectory
    files: SlackFiles


@dataclass(frozen=True, slots=True)
class Core:
    """The bot without a chat: what is asked of it and what vendors report to it."""

    people: People
    roster: Roster
    approvals: Approvals
    calls: Calls
    callbacks: Callbacks
    dispatcher: Dispatcher
    hooks: Hooks
    polls: Polls
    cards: RoomCards
    pages: HomePages
    reminders: Reminders
    reminding: ReminderCallbacks


def slack_side(ground: Ground, session: ClientSession) -> SlackSide:
    """Clients on the one session for Slack."""
    settings, clock, metrics = ground.settings, ground.clock, ground.metrics
    token = settings.slack_bot_token
    client = WebClient(
        session, token=token.get_secret_value() if token else None, api_url=settings.slack_api_url, metrics=metrics
    )
    authorisation = Authorisation(client)
    urls = ResponseUrls(session, api_url=settings.slack_api_url, clock=clock, metrics=metrics)
    modals = Modals(client, lambda verb: VERBS[verb].args if verb in VERBS else None)
    voice = SlackVoice(client, urls, modals, authorisation, clock)
    files = SlackFiles(client, session, api_url=settings.slack_api_url)
    return SlackSide(client, authorisation, urls, modals, voice, SlackDirectory(client, authorisation), files)


def core(ground: Ground, directory: Directory, voice: Voice, files: SharedFiles) -> Core:
    """Everything between the chat and the vendors."""
    settings, store, clock = ground.settings, ground.store, ground.clock
    roster = Roster(store, clock)
    keepers = {name: one for name, one in ground.backends.items() if isinstance(one, KeepsRoles)}
    people = People(
        directory,
        ground.policy,
        clock,
        timezone=settings.timezone,
        language=settings.language,
        catch_up=store.db.changes.catch_up if store.db.shared else None,
        copies=RoleCopies(keepers, clock),
    )
    approvals = Approvals(store, ground.jobs, ground.audit, clock)
    calls = Calls(store)
    reminders = Reminders(store, ground.jobs, ground.audit, clock)
    desk = _desk(ground, roster, people, approvals, calls, voice, files, reminders)
    delivery = Delivery(desk, ground.tasks.beside)
    places = Places(settings.slack.approval_channel, settings.slack.audit_channel)
    approving = Approving(desk, delivery, places)
    house = House(audit_channel=settings.slack.audit_channel, guests_may_join=settings.guests == "join")
    dispatcher = Dispatcher(desk, delivery, Carrying(desk), approving, house, ground.metrics)
    rejected = ground.metrics.rejected
    hooks = Hooks(
        ground.backends, store, roster, clock, rejected=lambda reason: rejected.labels(f"hook: {reason}").inc()
    )
    polls = Polls(store, roster, ground.backends, clock, desk.cards.changed)
    return Core(
        people,
        roster,
        approvals,
        calls,
        approving.callbacks(),
        dispatcher,
        hooks,
        polls,
        desk.cards,
        HomePages(desk),
        reminders,
        Reminding(desk).callbacks(),
    )


def _desk(
    ground: Ground,
    roster: Roster,
    people: People,
    approvals: Approvals,
    calls: Calls,
    voice: Voice,
    files: SharedFiles,
    reminders: Reminders,
) -> Desk:
    settings, store, backends = ground.settings, ground.store, ground.backends
    open_backends = frozenset(name for name, section in settings.backends.items() if section.open_rooms)

    async def present(room: Room) -> Presence:
        return await desk.presence(room)

    async def judged(line: str, caller: Caller, channel_id: str | None) -> int:
        return await approvals_needed(desk, line, caller, channel_id)

    desk = Desk(
        store=store,
        lookup=Lookup(store, roster, backends, default_backend=settings.default_backend, open_backends=open_backends),
        door=Door(store, roster, backends, ground.clock),
        roster=roster,
        people=people,
        approvals=approvals,
        calls=calls,
        phone=PhoneCalls(store, approvals, roster, ground.tasks.beside),
        audit=ground.audit,
        voice=voice,
        cards=RoomCards(
            store,
            roster,
            voice,
            presence=present,
            asked=lambda room: isinstance(backends[room.backend], ListsParticipants),
            door=lambda room: door_words(backends[room.backend], room),
            known=lambda name: name in backends,
            background=ground.tasks.beside,
        ),
        clock=ground.clock,
        policy=ground.policy,
        backends=backends,
        default_backend=settings.default_backend,
        commands=VERBS,
        judge=judged,
        last_error=ground.errors.of,
        reminders=reminders,
        seal=Seal(*_credentials(settings)),
        files=files,
        slash=settings.slack.command,
        guests_may_join=settings.guests == "join",
    )
    return desk


def door_words(backend: Backend, room: Room) -> tuple[str, ...]:
    """What a room's card says of the vendor's door."""
    return backend.door_words(room) if isinstance(backend, SharesJoinLinks) else ()


def _credentials(settings: Settings) -> tuple[str, ...]:
    """What only this bot knows."""
    known = (settings.slack_bot_token, settings.slack_signing_secret, settings.slack_app_token)
    return tuple(one.get_secret_value() for one in known if one is not None)


def home_tabs(ground: Ground, core: Core, slack: SlackSide) -> HomeTabs:
    """The Home tabs, told of everything that may stand on them."""
    tabs = HomeTabs(slack.client, core.pages.page, ground.store, ground.clock)
    core.roster.subscribe(lambda backend, event: tabs.changed())
    ground.store.rooms.subscribe(tabs.changed)
    ground.store.requests.subscribe(tabs.changed)
    ground.store.reminders.subscribe(tabs.changed)
    return tabs


def entrance(ground: Ground, core: Core, slack: SlackSide, homes: HomeTabs, seen: Seen) -> Entrance:
    """Bolt with the listeners behind it."""
    launcher, spawner = Launcher(slack.client, slack.voice), Spawner(ground.tasks, slack.voice)
    events = Events(
        core.dispatcher,
        spawner=spawner,
        voice=slack.voice,
        launcher=launcher,
        people=core.people,
        homes=homes,
        bot_user=lambda: slack.authorisation.bot_user,
        announce=ground.store.db.announce if ground.store.db.shared else None,
    )
    listeners = SlackListeners(
        core.dispatcher,
        spawner=spawner,
        voice=slack.voice,
        modals=slack.modals,
        launcher=launcher,
        events=events,
        seen=seen,
    )
    app = build_app(slack.client, slack.authorisation)
    attach(app, listeners, tasks=ground.tasks, whisper=slack.urls.send)
    return Entrance(app, authorisation=slack.authorisation, tasks=ground.tasks, metrics=ground.metrics)
