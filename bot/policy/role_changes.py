"""What may become of a back end's roles: which one is meant, what it would hold, and what nobody may do to them.

Nobody grants what they lack, changes or removes their own role, or takes away the last one that manages roles.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.capabilities import RoleDocument
from bot.errors import AlreadySo, BadInput, NotFound
from bot.policy.decision import Allow, Decision, Deny
from bot.rules import AREAS, Level, Need, Permissions, level_of

BY_ID = "id:"
BUILT_IN = "ADMINISTRATOR"  # seeds/003: the role that the exchange itself cannot do without
MANAGES = Need("userManagement", Level.READ_WRITE_ACCESS)
LONGEST_NAME = 100

Levels = Mapping[str, object]


def find_role(words: str, roles: Sequence[RoleDocument]) -> tuple[RoleDocument, ...]:
    """The roles that these words name, by id or display name; `id:…` by id alone. Raises NotFound for none.

    The exact spelling comes first; one role's id that is another's display name names both.
    """
    by_id = words.startswith(BY_ID)
    wanted = words.removeprefix(BY_ID).strip()
    exact = [one for one in roles if wanted in {name.strip() for name in _names(one, by_id)}]
    if not exact:
        exact = [one for one in roles if wanted.casefold() in {name.casefold() for name in _names(one, by_id)}]
    if exact:
        return tuple(exact)
    known = {name.casefold(): name for one in roles for name in _names(one, by_id)}
    near = difflib.get_close_matches(wanted.casefold(), known, n=1, cutoff=0.6)
    raise NotFound(f"There is no role {wanted}.{f' Did you mean {known[near[0]]}?' if near else ''}")


def _names(role: RoleDocument, by_id: bool) -> tuple[str, ...]:
    return (role.id,) if by_id else (role.id, role.display_name)


def check_new(words: str, name: str | None, levels: Mapping[str, Level], roles: Sequence[RoleDocument]) -> None:
    """Raise AlreadySo or BadInput for a role that is there: adding never changes one by accident."""
    there = next((one for one in roles if one.id == words.strip()), None)
    if there is None:
        return
    wished = {**dict.fromkeys(there.levels, Level.NO_ACCESS.value), **levels}
    if dict(there.levels) == wished and name in (None, there.display_name):
        raise AlreadySo(f"The role {there.id} is there already, exactly so.")
    raise BadInput(f"There is a role {there.id} already; replace=yes changes what you name of it and keeps the rest.")


def areas_of(roles: Sequence[RoleDocument]) -> tuple[str, ...]:
    """The permission areas there, in their order; those of seeds/003 where there is no role to see them in."""
    return tuple(dict.fromkeys(area for role in roles for area in role.levels)) or AREAS


def levels_for(area: str) -> tuple[Level, ...]:
    """The levels that make sense in an area; all four where the document does not say (mediaRecording, new ones)."""
    return tuple(level for level in Level if level_of(area, level) is level)


def named_levels(typed: Sequence[tuple[str, str]], roles: Sequence[RoleDocument]) -> dict[str, Level]:
    """`area=LEVEL` words, any case: area as it is spelt there → level. Raises BadInput with what there is."""
    known = {area.casefold(): area for area in areas_of(roles)}
    found = {}
    for name, word in typed:
        area = known.get(name.casefold())
        if area is None:
            near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
            asked = f" Did you mean {known[near[0]]}?" if near else f" There are {', '.join(known.values())}."
            raise BadInput(f"There is no permission area {name}.{asked}")
        found[area] = _level(area, word)
    return found


def _level(area: str, word: str) -> Level:
    """`READ_WRITE_ACCESS`, and also `read/write` or `none`, as people say it."""
    said = "_".join(word.upper().replace("/", " ").replace("-", " ").replace("_", " ").split())
    said = {"NONE": "NO", "YES": "ACCESS"}.get(said, said)
    for level in levels_for(area):
        if said in (level.value, level.value.removesuffix("_ACCESS")):
            return level
    raise BadInput(f"{area} is one of {', '.join(levels_for(area))}.")


def new_role(words: str, name: str | None, levels: Mapping[str, Level], roles: Sequence[RoleDocument]) -> RoleDocument:
    """A role that is not there yet: every area there is, NO_ACCESS where none was named. Raises BadInput."""
    role_id, display_name = words.strip(), (name or words).strip()
    _check_names(role_id, display_name, roles)
    every: dict[str, object] = {area: levels.get(area, Level.NO_ACCESS).value for area in areas_of(roles)}
    return RoleDocument(role_id, display_name, every)


def changed_role(
    role: RoleDocument, name: str | None, levels: Mapping[str, Level], roles: Sequence[RoleDocument]
) -> RoleDocument:
    """The same role with what was named, and nothing else, changed. Raises BadInput."""
    others = [one for one in roles if one.id != role.id]
    display_name = role.display_name if name is None else name.strip()
    if name is not None:
        _check_names(role.id, display_name, others)
    merged = {**role.levels, **{area: level.value for area, level in levels.items()}}
    return replace(role, display_name=display_name, levels=merged)


def _check_names(role_id: str, display_name: str, others: Sequence[RoleDocument]) -> None:
    """A name that two roles bear would make the exchange guess which one is to be removed."""
    for words in (role_id, display_name):
        if not words or len(words) > LONGEST_NAME or not words.isprintable() or words.startswith(BY_ID):
            raise BadInput(f"A role has an id and a name of at most {LONGEST_NAME} letters; {BY_ID} begins none.")
    taken = {name.casefold() for one in others for name in (one.id, one.display_name)}
    for words in (role_id, display_name):
        if words.casefold() in taken:
            raise BadInput(f"Another role there is called {words} already; take a name that none has.")


def judge_writing(
    before: RoleDocument | None,
    after: RoleDocument,
    permissions: Permissions,
    roles: Sequence[RoleDocument],
    *,
    own: Collection[str] = (),
) -> Decision:
    """Whether somebody with these permissions may make it so. `own`: the ids of the roles they have from there."""
    if before is not None and before.id in own:
        return Deny("own role", ("You can't change your own role; somebody else has to.",))
    old: Levels = before.levels if before else {}
    given = {area: word for area, word in after.levels.items() if not _covers(area, old.get(area), word)}
    lacking = permissions.lacks(Permissions.of(given))
    if lacking:
        missing = " and ".join(need.in_full for need in lacking)
        return Deny("nobody grants what they lack", (f"You can't grant what you lack: {missing}.",), lacking[0])
    if before is not None and _last_manager(before, roles) and not manages_roles(after):
        return _stays(before)
    return Allow("nobody grants what they lack")


def judge_removal(role: RoleDocument, roles: Sequence[RoleDocument], *, own: Collection[str] = ()) -> Decision:
    """Whether this role may be removed at all. `own`: the ids of the roles the person has from there."""
    if role.id in own:
        return Deny("own role", ("You can't remove your own role; somebody else has to.",))
    if _last_manager(role, roles):
        return _stays(role)
    if role.id == BUILT_IN:
        return Deny("built-in role", (f"{BUILT_IN} is the exchange's own role and stays.",))
    names = {role.id.casefold()}
    if any(names & {one.id.casefold(), one.display_name.casefold()} for one in roles if one is not role):
        reason = f"Another role answers to {role.id} too, so the exchange might remove that one; rename it there first."
        return Deny("ambiguous id", (reason,))
    return Allow("roles may be removed")


def manages_roles(role: RoleDocument) -> bool:
    """Whether it may manage roles there."""
    return role.permissions.allows(MANAGES)


def _covers(area: str, old: object, new: object) -> bool:
    """Whether the new level gives nothing that the old one did not."""
    return new == old or level_of(area, old).covers(level_of(area, new))


def _last_manager(role: RoleDocument, roles: Sequence[RoleDocument]) -> bool:
    return manages_roles(role) and not any(manages_roles(one) for one in roles if one.id != role.id)


def _stays(role: RoleDocument) -> Deny:
    reason = f"{role.display_name} is the last role that may manage roles ({MANAGES.in_full}); it stays so."
    return Deny("last managing role", (reason,))
