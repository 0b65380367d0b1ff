"""The grammar of interface.md §4: what is understood, what is refused, and that nothing lies between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import BadInput
from bot.grammar import (
    ChannelWord,
    Choice,
    Duration,
    Email,
    ParticipantWord,
    PhoneWord,
    UserWord,
    fill,
    hint,
    key,
    line,
    many,
    optional,
    options,
    parse,
    positional,
    redacted,
    rest,
    usage,
    values_of,
)
from bot.model import PhoneNumber, RoomWord
from bot.reply import Strong


@dataclass(frozen=True, slots=True)
class Status:
    pass


@dataclass(frozen=True, slots=True)
class Create:
    room: RoomWord = positional("how the room is called")
    quiet: bool = key("answer me alone", default=False)
    pin: str | None = key("the host's PIN", secret=True)
    options: tuple[tuple[str, str], ...] = options("settings of the back end")


@dataclass(frozen=True, slots=True)
class Dial:
    room: RoomWord | None = optional("the room")
    number: PhoneWord = positional("whom to ring")
    name: str | None = key("how the caller is shown")


@dataclass(frozen=True, slots=True)
class Kick:
    room: RoomWord | None = optional("the room")
    participant: ParticipantWord = positional("who")
    for_: Duration | None = key("how long", choices=("meeting", "always"))


@dataclass(frozen=True, slots=True)
class Share:
    room: RoomWord | None = optional("the room")
    channel: ChannelWord | None = optional("where to")


@dataclass(frozen=True, slots=True)
class Invite:
    room: RoomWord | None = optional("the room")
    people: tuple[UserWord, ...] = many("whom")
    outsider: str | None = optional("an outsider's name")
    email: Email | None = optional("their address")
    as_: Choice | None = key("as what", choices=("host", "guest"))


@dataclass(frozen=True, slots=True)
class Start:
    words: str | None = rest("a name", required=False)
    people: tuple[UserWord, ...] = many("whom to invite")


@dataclass(frozen=True, slots=True)
class Delete:
    rooms: tuple[RoomWord, ...] = many("the rooms", required=True)


@dataclass(frozen=True, slots=True)
class Rooms:
    words: str | None = rest("text", required=False)
    type: str | None = key("only this type")


@dataclass(frozen=True, slots=True)
class Can:
    user: UserWord = positional("who")
    command: str = line("a command", label="command")


@dataclass(frozen=True, slots=True)
class Config:
    backend: str = positional("the back end")
    resource: str | None = optional("what")
    action: Choice | None = optional(
        "do", choices=("list", "get", "add", "set", "delete", "schema"), label="list|get|…"
    )
    ids: tuple[str, ...] = many("which")
    options: tuple[tuple[str, str], ...] = options("fields")


@dataclass(frozen=True, slots=True)
class Hangup:
    room: RoomWord | None = optional("the room")
    number: PhoneNumber = positional("the number")


VERBS: Mapping[str, type[Any]] = {
    "create": Create,
    "dial": Dial,
    "kick": Kick,
    "share": Share,
    "invite": Invite,
    "start": Start,
    "delete": Delete,
    "rooms": Rooms,
    "can": Can,
    "config": Config,
    "hangup": Hangup,
    "status": Status,
}


def understood(text: str) -> Any:
    return parse(text, VERBS).args


def refusal(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse(text, VERBS)
    return str(caught.value)


JAAS_STANDUP = RoomWord("jaas", "standup")
NUMBER = PhoneWord(PhoneNumber("+40747777777"))


@pytest.mark.parametrize(
    "typed",
    [
        "dial jaas/standup +40747777777",
        "DIAL jaas/standup +40747777777",
        "dial jaas/standup +40 747 777 777",
        "dial jaas/standup +40-747-777.777",
        "dial jaas/standup +40\u00a0747\u00a0777\u00a0777",
        "dial jaas/standup +40 747—777—777",
        "dial jaas/standup + 40 747 777 777",
        "dial jaas/standup <tel:+40747777777|+40 747 777 777>",
        "dial jaas/standup <tel:+40 747 777 777|+40 747 777 777>",
        "dial\u2009jaas/standup\n+40747777777",
        'dial jaas/"standup" “+40 747 777 777”',
        "/dial"[1:] + " JAAS/standup \u202a+40747777777\u202c",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert understood(typed) == Dial(room=JAAS_STANDUP, number=NUMBER)


@pytest.mark.parametrize("quotes", ['"{}"', "“{}”", "„{}“", "«{}»", "”{}”", "'{}'", "‘{}’"])
def test_quotes_of_every_kind_group_words(quotes: str) -> None:
    assert understood(f"kick {quotes.format('team sync')} Ann") == Kick(
        room=RoomWord(None, "team sync"), participant=ParticipantWord(name="Ann")
    )


def test_quotes_group_inside_a_word_and_after_a_key() -> None:
    assert understood('create jaas/"a b" topic=“c d”') == Create(
        room=RoomWord("jaas", "a b"), options=(("topic", "c d"),)
    )


@pytest.mark.parametrize("name", ["O'Brien", "O’Brien", "dogs'", "'tis"])
def test_an_apostrophe_is_not_a_quotation_mark(name: str) -> None:
    assert understood(f"kick standup {name}").participant == ParticipantWord(name=name)


def test_a_quoted_name_may_hold_an_apostrophe() -> None:
    assert understood("kick standup ‘Ann O’Brien’").participant == ParticipantWord(name="Ann O’Brien")


def test_a_quotation_mark_that_is_not_closed_is_refused() -> None:
    assert "not closed" in refusal('kick standup "Ann')


def test_the_last_positional_takes_the_rest() -> None:
    assert understood("kick standup Ann  Lee").participant == ParticipantWord(name="Ann Lee")


@pytest.mark.parametrize(
    ("typed", "participant"),
    [
        ("kick <@U0ANN|ann>", ParticipantWord(user_id="U0ANN")),
        ("kick id:f0aa9e1e", ParticipantWord(id="f0aa9e1e")),
        ("kick ID:f0aa9e1e for=10m", ParticipantWord(id="f0aa9e1e")),
        ("kick Ann", ParticipantWord(name="Ann")),
    ],
)
def test_the_room_may_be_left_out(typed: str, participant: ParticipantWord) -> None:
    parsed = understood(typed)
    assert (parsed.room, parsed.participant) == (None, participant)


def test_the_room_may_be_left_out_before_a_number_or_a_name_of_the_book() -> None:
    assert understood("dial +40 747 777 777 name=Bob") == Dial(number=NUMBER, name="Bob")
    assert understood("dial oncall") == Dial(number=PhoneWord(None, "oncall"))
    assert understood("share <#C0GEN|general>") == Share(channel=ChannelWord("C0GEN"))


@pytest.mark.parametrize(
    ("typed", "verb"),
    [("now weekly", "start"), ("call weekly", "start"), ("list jaas", "rooms"), ("Remove s Ann", "kick")],
)
def test_other_words_for_a_verb_mean_the_verb(typed: str, verb: str) -> None:
    assert parse(typed, VERBS).verb == verb


def test_people_are_taken_wherever_they_stand() -> None:
    expected = Start(words="weekly sync", people=(UserWord("U0ANN"), UserWord("W0BOB")))
    assert understood("start weekly <@U0ANN> sync <@W0BOB|bob>") == expected
    assert understood("start <@U0ANN> <@W0BOB> <@U0ANN> weekly sync") == expected


def test_a_mention_stands_where_it_likes_and_leaves_the_rest_to_the_name_before_it() -> None:
    expected = Share(room=RoomWord(None, "weekly sync"), channel=ChannelWord("C0GEN"))
    assert understood("share weekly sync <#C0GEN|general>") == expected
    assert understood("share <#C0GEN|general> weekly sync") == expected


def test_an_invitation_goes_to_people_or_to_an_outsider() -> None:
    assert understood("invite standup <@U0ANN> as=HOST") == Invite(
        room=RoomWord(None, "standup"), people=(UserWord("U0ANN"),), as_="host"
    )
    assert understood('invite standup "John Doe" <mailto:john@x.org|john@x.org>') == Invite(
        room=RoomWord(None, "standup"), outsider="John Doe", email=Email("john@x.org")
    )
    assert understood("invite standup john@x.org") == Invite(room=RoomWord(None, "standup"), email=Email("john@x.org"))


def test_entities_are_decoded_once_and_only_in_text() -> None:
    assert understood("create R&amp;D").room == RoomWord(None, "R&D")
    assert understood("create &lt;!channel&gt;").room == RoomWord(None, "<!channel>")
    assert understood("create &amp;lt;").room == RoomWord(None, "&lt;")
    with pytest.raises(BadInput):
        parse("can &lt;@U0ANN&gt; status", VERBS)


def test_a_name_that_looks_like_a_mention_stays_a_name() -> None:
    parsed = parse("kick &lt;@U0ANN&gt;", VERBS)
    assert parsed.args.participant == ParticipantWord(name="<@U0ANN>")
    assert parse(parsed.line, VERBS) == parsed


def test_links_that_slack_made_are_read_as_they_were_typed() -> None:
    assert understood("create <http://standup.io|standup.io>").room == RoomWord(None, "standup.io")
    assert understood("create <https://8x8.vc/x/room?a=1&amp;b=2>").room == RoomWord(
        None, "https://8x8.vc/x/room?a=1&b=2"
    )
    assert understood("create jaas/<http://standup.io|standup.io>").room == RoomWord("jaas", "standup.io")


def test_a_group_mention_is_only_text() -> None:
    assert understood("rooms <!subteam^S0OPS|@ops> <!here>").words == "@ops @here"
    assert "too many" in refusal("share standup <!subteam^S0OPS|@ops>")


def test_a_command_line_is_kept_as_typed() -> None:
    args = understood("can <@U0ANN|ann> dial “the room” +40 747 777 777 why=x")
    assert args == Can(user=UserWord("U0ANN"), command="dial “the room” +40 747 777 777 why=x")


def test_the_reason_is_taken_from_every_verb() -> None:
    parsed = parse("status why=“because I must”", VERBS)
    assert (parsed.args, parsed.why) == (Status(), "because I must")
    assert parsed.line == 'status why="because I must"'


def test_keys_are_read_in_any_case_and_with_dashes_before_them() -> None:
    expected = Kick(participant=ParticipantWord(name="Ann"), for_=Duration(timedelta(minutes=10)))
    for typed in ("kick Ann for=10m", "kick FOR=10M Ann", "kick Ann --for=10m", "kick Ann —for=10m"):
        assert understood(typed) == expected


def test_a_duration_is_a_span_or_one_of_the_words_of_its_field() -> None:
    assert understood("kick Ann for=Always").for_ == Duration(None, "always")
    assert "meeting, always" in refusal("kick Ann for=ever")
    assert "duration" in refusal("kick Ann for=0m")
    assert "duration" in refusal("kick Ann for=99999999999d")


def test_free_options_keep_their_order() -> None:
    assert understood("config pexip conference set 3 name=“a b” Host_View=1:7 pin=").options == (
        ("name", "a b"),
        ("host_view", "1:7"),
        ("pin", ""),
    )


def test_several_words_of_one_kind_become_a_tuple() -> None:
    assert understood("delete jaas/standup two").rooms == (JAAS_STANDUP, RoomWord(None, "two"))
    assert understood("config pexip conference get 3 4").ids == ("3", "4")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kik standup Ann", "Did you mean kick? Usage: kick [room] participant [for=10m|meeting|always]"),
        ("remov standup Ann", "Did you mean kick?"),
        ("stat", "Did you mean sta"),
        ("xyzzy", "help lists"),
        ("frobnicate=1", "help lists"),
        ("", "Type a verb"),
        ("   ", "Type a verb"),
        ("kick", "participant is missing. Usage: kick"),
        ("dial", "number is missing. usage: dial [room] +number|book-name [name=…]"),
        ("delete", "rooms is missing"),
        ("can <@U0ANN>", "command is missing"),
        ("status now", "“now” is one word too many. Usage: status"),
        ("dial standup +40747777777 John", "“John” is one word too many"),
        ("share standup general", "“general” is one word too many"),
        ("share weekly sync", "“sync” is one word too many. A name with spaces needs quotes."),
        ("kick standup <@U0ANN> Lee", "“@U0ANN” is one word too many"),
        ("kick Ann fro=10m", "Did you mean for=?"),
        ("kick Ann zzz=10m", "It takes for=, why=."),
        ("kick Ann for=10m for=20m", "for= is given twice"),
        ("create a x=1 X=2", "x= is given twice"),
        ("status why=a why=b", "why= is given twice"),
        ("invite s <@U0ANN> as=hots", "as is one of: host, guest. Did you mean host?"),
        ("create a quiet=perhaps", "yes or no"),
        ("can ann status", "pick them from the list"),
        ("dial standup 0747777777", "starts with +"),
        ("dial standup +4074777777777777777", "7 to 15 digits"),
        ("dial standup +44 (0)20 7946 0958", "Leave out the (0)"),
        ("dial standup +40abc", "neither a number"),
        ("hangup standup oncall", "starts with +"),
        ("kick standup id:", "After id:"),
        ("create <@U0ANN>", "A room goes there"),
        ('create ""', "Name a room"),
        ("create " + "x" * 9000, "too long"),
    ],
)
def test_what_is_not_wholly_understood_is_refused_with_the_way_out(typed: str, said: str) -> None:
    assert said.lower() in refusal(typed).lower()


def test_the_wrong_word_is_marked_in_the_usage() -> None:
    with pytest.raises(BadInput) as extra:
        parse("status now", VERBS)
    with pytest.raises(BadInput) as missing:
        parse("kick", VERBS)
    assert Strong("→ now ←") in (extra.value.detail or ())
    assert Strong("participant") in (missing.value.detail or ())


def test_a_secret_given_in_the_same_line_is_not_repeated_in_a_refusal() -> None:
    with pytest.raises(BadInput) as caught:
        parse("create one two pin=4711 secret=1234 quiet=perhaps", VERBS)
    assert "4711" not in f"{caught.value}{caught.value.detail}"
    assert "1234" not in f"{caught.value}{caught.value.detail}"


def test_the_redacted_line_hides_secrets_and_masks_numbers() -> None:
    created = understood("create standup pin=4711 guest_pin=0815 topic=x")
    assert redacted("create", created, secrets=("guest_pin",)) == "create standup pin=… guest_pin=… topic=x"
    assert redacted("dial", understood("dial s +40747777777")) == 'dial s "+40 74… 777"'


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [("kik", ["kick", "ban"], "kick"), ("APPR", ["approvals", "ban"], "approvals"), ("zzz", ["kick"], None)],
)
def test_the_nearest_word_is_hinted_at_only_when_it_is_near(word: str, choices: list[str], meant: str | None) -> None:
    assert hint(word, choices) == meant


def test_usage_lines_are_those_of_the_interface() -> None:
    assert usage("kick", Kick) == "kick [room] participant [for=10m|meeting|always]"
    assert usage("share", Share) == "share [room] [#channel]"
    assert usage("invite", Invite) == "invite [room] [@person …] [outsider] [email] [as=host|guest]"
    assert usage("create", Create) == "create room [quiet=yes] [pin=…] [key=value …]"
    assert usage("can", Can) == "can @person command"


def test_a_form_says_the_same_as_a_line() -> None:
    assert fill("kick", Kick, {"room": "jaas/standup", "participant": "Ann Lee", "for_": "10m"}, why="noise").line == (
        'kick jaas/standup "Ann Lee" for=10m why=noise'
    )
    assert fill("invite", Invite, {"room": "s", "people": ["U0ANN", "U0BOB"], "as_": "host"}) == parse(
        "invite s <@U0ANN> <@U0BOB> as=host", VERBS
    )
    assert fill("share", Share, {"room": "s", "channel": "C0GEN"}).args.channel == ChannelWord("C0GEN")
    assert fill("create", Create, {"room": "a b", "options": 'x=1\ny="2 3"'}).args.options == (("x", "1"), ("y", "2 3"))
    assert fill("create", Create, {"room": "a", "quiet": "yes"}).args.quiet is True
    assert fill("can", Can, {"user": "U0ANN", "command": "kick s Ann"}).line == "can <@U0ANN> kick s Ann"


def test_a_form_with_a_missing_or_wrong_field_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="participant is missing"):
        fill("kick", Kick, {"room": "s"})
    with pytest.raises(BadInput, match="starts with"):
        fill("dial", Dial, {"number": "0747"})


def test_a_form_that_would_be_read_differently_as_a_line_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Mute:
        room: RoomWord | None = optional("the room")
        participant: ParticipantWord | None = optional("who")

    with pytest.raises(BadInput, match="two ways"):
        fill("mute", Mute, {"participant": "Ann"})


@pytest.mark.parametrize(
    "typed",
    [
        "kick jaas/standup “Ann Lee” for=10m",
        "invite s <@U0ANN> <@U0BOB> as=host",
        "create a b=“c d” quiet=yes",
        "dial s +40747777777",
    ],
)
def test_what_is_known_fills_the_form_again(typed: str) -> None:
    parsed = parse(typed, VERBS)
    assert fill(parsed.verb, type(parsed.args), values_of(parsed.args)).args == parsed.args
