"""`/meet roles backend [add|remove] [id] [area=LEVEL …]`: the roles that a back end keeps, read and changed.

Which role is meant is settled by the list as it is now, and again when an approved change is carried out; whether a
change took effect is read from the list too, never from the answer to it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.capabilities import Done, KeepsRoles, RoleDocument
from bot.command import Act, Command, enforce
from bot.errors import AlreadySo, BadInput, NotFound, Refused, SeveralMatch
from bot.forms import NAMES, Field, FieldForm, FieldKind
from bot.grammar import hint, key, optional, options, positional, render
from bot.model import Outcome, Presence, Risk
from bot.policy import (
    WRITE,
    areas_of,
    changed_role,
    check_new,
    find_role,
    judge_removal,
    judge_writing,
    levels_for,
    named_levels,
    new_role,
)
from bot.reply import Button, Card, Line, Reply, Text, text
from bot.role_cards import Change, described, holdings, matrix, named
from bot.rules import Need, area_words

READS, WRITES = Need("userManagement", "READ_ACCESS"), Need("userManagement", "READ_WRITE_ACCESS")
CHANGING = ("add", "remove")
PAGE = 15  # roles of one answer
MOST_NAMED = 5
SEEN = "seen"  # a digest of what the approval was about, kept with the line
EFFECT = "roles"
CHANGE = "change"  # in `Act.found`


@dataclass(frozen=True, slots=True)
class Args:
    """Of which back end, what to do, with which role."""

    backend: str = positional("the back end")
    action: str | None = optional("add or remove, or a role to look at; left out: all roles", label="add|remove")
    id: str | None = optional("the role's id or display name")
    name: str | None = key("its display name; left out: as the id")
    replace: str | None = key("yes: change a role that is there", choices=("yes",))
    page: str | None = key(f"which {PAGE} of them, counted from 1")
    options: tuple[tuple[str, str], ...] = options("area=LEVEL for each permission area; the others NO_ACCESS")

    @property
    def levels(self) -> tuple[tuple[str, str], ...]:
        """The areas that were named."""
        return tuple(pair for pair in self.options if pair[0] != SEEN)


def _action(args: Args) -> str:
    return (args.action or "list").lower()


def permission_of(args: Args) -> Need:
    """Reading, or writing."""
    return WRITES if _action(args) in CHANGING else READS


def risk_of(args: Args) -> Risk:
    """A change is recorded first and sent at most once."""
    return Risk.ONCE if _action(args) in CHANGING else Risk.READ


def facts(act: Act[KeepsRoles], args: Args) -> frozenset[str]:
    """For the approval rules."""
    return frozenset({WRITE}) if _action(args) in CHANGING else frozenset()


async def prepare(act: Act[KeepsRoles], args: Args) -> Args:
    """Settle which role is meant and whether this person may change it so; nothing that changes anything is sent."""
    action = _action(args)
    if action not in CHANGING:
        return args
    if act.request_id and EFFECT in await act.desk.store.effects.of(act.request_id):
        return args  # it was sent before a restart: judging it again would judge what it has done itself
    roles = await act.backend.roles()
    change = _addition(act, args, roles) if action == "add" else await _removal(act, args, roles)
    approved = dict(args.options).get(SEEN)
    if act.request_id and approved is not None and not hmac.compare_digest(approved, change.digest):
        raise Refused("What that was about has changed since it was asked for; ask again.")
    act.found[CHANGE] = change
    exact = f"id:{change.before.id}" if change.before else args.id
    return replace(args, action=action, id=exact, options=(*args.levels, (SEEN, change.digest)))


def _addition(act: Act[KeepsRoles], args: Args, roles: Sequence[RoleDocument]) -> Change:
    if not args.id:
        button = Button("Fill in a form", "configure", value=f"roles {args.backend} add")
        raise BadInput(f"Name the new role: roles {args.backend} add AGENT api=ACCESS.", buttons=(button,))
    levels, before = named_levels(args.levels, roles), None
    if args.replace == "yes":
        before = _one(act, args, roles)
        after = changed_role(before, args.name, levels, roles)
    else:
        check_new(args.id, args.name, levels, roles)
        after = new_role(args.id, args.name, levels, roles)
    if before == after:
        raise AlreadySo(f"The role {after.display_name} is so already.")
    enforce(judge_writing(before, after, act.caller.permissions, roles, own=_own(act)))
    return Change(before, after, _read_by(act, after))


async def _removal(act: Act[KeepsRoles], args: Args, roles: Sequence[RoleDocument]) -> Change:
    if not args.id or args.levels or args.name or args.replace:
        raise BadInput(f"To remove a role, give its id or display name alone: roles {args.backend} remove AGENT.")
    role = _one(act, args, roles)
    enforce(judge_removal(role, roles, own=_own(act)))
    holders = await act.backend.role_holders(role)
    if holders:
        some = ", ".join(holders[:MOST_NAMED]) + (" …" if len(holders) > MOST_NAMED else "")
        raise Refused(f"{act.backend.name} has users with that role; take it from them there first: {some}.")
    unread = "" if holders is not None else " Whether users there have it can't be seen from here."
    return Change(role, None, f"{unread}{_read_by(act, role)}")


def _own(act: Act[KeepsRoles]) -> frozenset[str]:
    """The roles of this back end that the caller has."""
    return frozenset(source.role for source in act.caller.sources if source.from_ == act.backend.name)


def _read_by(act: Act[KeepsRoles], role: RoleDocument) -> str:
    """That people here have their role from it."""
    grants = act.desk.policy().rules.grants
    reads = any(grant.from_ == act.backend.name and grant.role == role.id for grant in grants)
    return " People here have this role by a grant." if reads else ""


def _one(act: Act[KeepsRoles], args: Args, roles: Sequence[RoleDocument]) -> RoleDocument:
    """The one role meant. Raises NotFound, or SeveralMatch with a button for each."""
    found = find_role(args.id or "", roles)
    if len({one.id for one in found}) < len(found):
        raise Refused(f"{act.backend.name} lists that role twice; look at it there.")
    if len(found) > 1:
        lines = {one.id: render("roles", replace(args, id=f"id:{one.id}"), act.why) for one in found}
        choices = tuple(Button(role_id, "run", value=line) for role_id, line in lines.items())
        raise SeveralMatch(f"Several roles answer to {args.id}; which one, by its id?", buttons=choices)
    return found[0]


def says(act: Act[KeepsRoles], args: Args, presence: Presence | None) -> Text:
    """Exactly what would be done."""
    change: Change = act.found[CHANGE]
    return text(f"On {act.backend.name}: ", *described(change), change.note)


async def run(act: Act[KeepsRoles], args: Args) -> Reply:
    """The matrix, or the change."""
    if _action(args) not in CHANGING:
        return await _shown(act, args)
    try:
        done = await act.once(EFFECT, lambda: _carried_out(act.backend, act.found[CHANGE]), Done)
    finally:
        await act.desk.roles_changed(act.backend.name)
    return Reply(text(f"{act.backend.name}: {done.words}"), Outcome(done.outcome), facts=done.facts)


async def _carried_out(backend: KeepsRoles, change: Change) -> Done:
    """Sent, and looked at again. The words speak of the role that was asked for."""
    role = change.role
    known = {"role": role.id, "change": "remove" if change.after is None else "replace" if change.before else "add"}
    if change.after is None:
        outcome = await backend.remove_role(role)
        words = {Outcome.CONFIRMED: "is removed", Outcome.ALREADY_SO: "was gone already"}
        return Done(f"the role {role.display_name} {words.get(outcome, 'should be gone')}.", outcome, known)
    outcome, found = await backend.save_role(change.after)
    if outcome is Outcome.CONFIRMED:
        return Done(f"the role {role.display_name} is {'changed' if change.before else 'there'}.", outcome, known)
    if found is None:
        return Done(f"it took the role {role.display_name}, which could not be seen there yet.", outcome, known)
    said = "".join(str(part) for part in holdings(found))
    return Done(f"the role {role.display_name} is there, but not as asked for: it holds {said}.", outcome, known)


async def check(act: Act[KeepsRoles], args: Args) -> Reply:
    """Look whether the role is there now, and so; nothing is sent again."""
    await act.desk.roles_changed(act.backend.name)
    roles, adding = await act.backend.roles(), _action(args) == "add"
    try:
        role = _one(act, args, roles)
    except NotFound:
        outcome = Outcome.UNKNOWN if adding else Outcome.CONFIRMED
        return Reply(text(f"{act.backend.name} has no role {(args.id or '').removeprefix('id:')}."), outcome)
    wished = named_levels(args.levels, roles)
    as_asked = adding and all(role.levels.get(area) == level for area, level in wished.items())
    words = text(f"{act.backend.name} has the role ", *named(role), ", which holds ", *holdings(role), ".")
    return Reply(words, Outcome.CONFIRMED if as_asked else Outcome.UNKNOWN)


async def _shown(act: Act[KeepsRoles], args: Args) -> Reply:
    roles = await act.backend.roles()
    word = "" if _action(args) == "list" else args.action or ""
    near = hint(word, (*CHANGING, "list")) if args.id else None
    if near:
        raise BadInput(f"roles {args.backend} takes list, add or remove. Did you mean {near}?")
    wanted = " ".join(filter(None, (word, args.id)))
    shown = find_role(wanted, roles) if wanted else _page_of(roles, args)
    writer = act.caller.permissions.allows(WRITES)
    lines = (*matrix(shown), *(_line(args, role, writer=writer) for role in shown), *_required(act.backend))
    add = (Button("Add a role", "configure", value=f"roles {args.backend} add"),) if writer else ()
    title = f"Roles of {act.backend.name}"
    if len(shown) < len(roles) and not wanted:
        title += f", {len(shown)} of {len(roles)}; page= shows the others"
    return Reply(text(title), card=Card(title, lines, add))


def _page_of(roles: Sequence[RoleDocument], args: Args) -> Sequence[RoleDocument]:
    pages = max(1, -(-len(roles) // PAGE))
    number = args.page or "1"
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= pages):
        raise BadInput(f"page= is a number from 1 to {pages}.")
    return roles[(int(number) - 1) * PAGE : int(number) * PAGE]


def _line(args: Args, role: RoleDocument, *, writer: bool) -> Line:
    by_id = replace(Args(backend=args.backend), id=f"id:{role.id}")
    edit = render("roles", replace(by_id, action="add", replace="yes"))
    buttons = (
        Button("Edit", "configure", value=edit),
        Button("Remove", "run", value=render("roles", replace(by_id, action="remove")), style="danger"),
    )
    return Line(named(role), buttons=buttons if writer else ())


def _required(backend: KeepsRoles) -> tuple[Line, ...]:
    words = f"Required permissions there: {backend.role_reading}; to change something: {backend.role_writing}"
    return (Line(text(words), quiet=True),) if backend.role_reading else ()


async def form(act: Act[KeepsRoles], args: Args) -> FieldForm:
    """One select for each permission area, with the levels that the caller may grant."""
    if _action(args) != "add":
        raise NotFound("There is no form for that; type it.")
    roles = await act.backend.roles()
    role = _one(act, args, roles) if args.replace == "yes" else None
    given = {name for name, _ in args.levels}
    fields = [] if args.id else [Field(NAMES, help="No two roles share one.", required=True, label="Id")]
    if args.name is None:
        fields.append(Field("name", label="Display name", value=role.display_name if role else ""))
    fields += [_select(act, area, role) for area in areas_of(roles) if area.lower() not in given]
    title = "Edit role" if role else "Add role"
    note = f"Role {role.id} on {act.backend.name}." if role else f"A new role on {act.backend.name}."
    return FieldForm(title, render("roles", args), tuple(fields), f"{note} You can grant what you hold yourself.")


def _select(act: Act[KeepsRoles], area: str, role: RoleDocument | None) -> Field:
    now = str(role.levels.get(area, "NO_ACCESS")) if role else "NO_ACCESS"
    held = act.caller.permissions.level(area)
    choices = tuple(str(level) for level in levels_for(area) if held.covers(level) or level == now)
    return Field(area, FieldKind.CHOICE, choices=choices, value=now, label=area_words(area))


COMMAND = Command(
    name="roles",
    summary="Look at and change the roles that a back end keeps",
    doing="look at or change roles",
    args=Args,
    needs=KeepsRoles,
    permission=READS,
    writing=WRITES,
    permission_of=permission_of,
    risk_of=risk_of,
    owner_counts=False,
    backend=lambda args: args.backend.lower(),
    facts=facts,
    says=says,
    prepare=prepare,
    check=check,
    form=form,
    run=run,
    examples=("roles sbc", "roles sbc add AGENT api=ACCESS monitoringMode=READ_ACCESS", "roles sbc remove AGENT"),
)
