"""Call routing rules: which calls go where. Each pattern is tried on aliases before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from bot.backends.pexip.objects import detail_of, id_of
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.base import MOST_LISTED, Task
from bot.backends.pexip.trial import Tried, tried
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BadInput
from bot.forms import Field
from bot.model import Outcome
from bot.reply import Code, Line, Part, Strong, Text, text

SAMPLE = "sample"
ROOM_SAMPLES = 8  # aliases of rooms that are tried where no sample is given
INVENTED = ("alice@example.com", "123456789", "123456789@example.com")
FIELDS = (
    Field("name", required=True),
    Field("priority", help="1 is asked first", required=True),
    Field("match", help="regular expression for the whole alias", required=True),
    Field("replace", help="what the alias becomes, such as \\1; empty: as it is"),
    Field("device", help="where the call goes"),
    Field("protocol", help="by which protocol"),
    Field(SAMPLE, help="aliases to try it on, with commas between them"),
)


class Routing(Task):
    """Gateway routing rules (seeds/002)."""

    resource = "gateway_routing_rule"
    renamed: ClassVar = {
        "match": "match_string",
        "replace": "replace_string",
        "device": "called_device_type",
        "protocol": "outgoing_protocol",
    }
    subject = Subject(
        "routing",
        "Call routing rules",
        (
            Operation("list", "List the rules in their order", changes=False, names="[text]"),
            Operation(
                "try",
                "Try a rule or a pattern on aliases",
                changes=False,
                names="[id|name]",
                fields=(Field("match"), Field("replace"), Field(SAMPLE)),
                example="12 sample=123456789@example.com",
            ),
            Operation(
                "add",
                "Add a rule, tried on aliases first",
                fields=FIELDS,
                example=(
                    'name="Route to Teams" priority=50 match="(\\d{9,12})(@example\\.com)?" replace=\\1 '
                    "device=teams_conference protocol=teams sample=123456789@example.com"
                ),
            ),
            Operation(
                "set",
                "Change a rule, tried on aliases first",
                names="id|name",
                fields=tuple(replace(one, required=False) for one in FIELDS),
                example="12 priority=60",
            ),
            Operation("enable", "Switch rules on", names="id|name …", example="12"),
            Operation("disable", "Switch rules off", names="id|name …", example="12"),
            Operation("delete", "Delete rules", names="id|name …", example="12"),
        ),
        (resource,),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """The rules, or what one does with aliases."""
        if wish.operation.name == "try":
            return await self._try(wish)
        found = sorted(await self.listed(wish), key=lambda one: (int(one.get("priority") or 0), str(one.get("name"))))
        return Sheet(f"Call routing rules: {len(found)}", tuple(Line(_line(one)) for one in found[:MOST_LISTED]))

    async def _try(self, wish: Wish) -> Sheet:
        values, samples = self._apart(wish)
        rule = {"match_string": values.get("match_string", ""), "replace_string": values.get("replace_string", "")}
        if wish.words:
            one = await self.one(wish)
            rule = {name: values.get(name, str(one.get(name) or "")) for name in rule}
        if not rule["match_string"]:
            raise BadInput("Name a rule, or give match= to try.")
        found = await self._tried(rule, samples)
        return Sheet(f"Tried: {rule['match_string']}", tuple(Line(text(str(one))) for one in found))

    async def plan(self, wish: Wish) -> Plan:
        """add, set, enable, disable, delete."""
        match wish.operation.name:
            case "add":
                return await self._add(wish)
            case "set":
                return await self._set(wish)
            case "delete":
                return await self._bound(await self.node.resources.planned(self.resource, wish), wish)
            case _:
                return await self._switch(wish, on=wish.operation.name == "enable")

    async def _add(self, wish: Wish) -> Plan:
        values, samples = self._apart(wish)
        body = await self.objects.payload(self.resource, values, creating=True)
        found = await self._tried(body, samples)
        more = ", ".join(f"{name} {word}" for name, word in values.items() if name not in ("name", *_SHOWN))
        says = text("Add the call routing rule ", Strong(str(body["name"])), *_rule(body), f" · {more}" if more else "")

        async def act(hands: Hands) -> Done:
            made = await self.transport.create(configuration(self.resource), body)
            return Done(f"Added the call routing rule {made.one.id}, {body['name']}.")

        return Plan((*says, *_said(found)), act, values=wish.values)

    async def _set(self, wish: Wish) -> Plan:
        values, samples = self._apart(wish)
        one = await self.one(wish)
        found = await self._tried({**one, **values}, samples)
        plan = await self.node.resources.planned(self.resource, replace(wish, values=values))
        return replace(plan, says=(*plan.says, *_said(found)), values=wish.values, binds=f"{plan.binds} {_bound(one)}")

    async def _switch(self, wish: Wish, *, on: bool) -> Plan:
        if wish.values:
            raise BadInput(f"{wish.operation.name} takes ids or names, nothing else.")
        changed = replace(wish, values={"enable": "yes" if on else "no"})
        plan = await self.node.resources.planned(self.resource, replace(changed, operation=_SET))
        rules = [await self.objects.find(self.resource, word) for word in plan.words]
        said: list[Part] = [f"{wish.operation.summary}: "]
        for one in rules:
            said += [Strong(str(one.get("name"))), f" ({id_of(one)})", *_rule(one), " "]
        if on:
            for one in rules:
                said += _said(await self._tried(one, ()))
        if all(bool(one.get("enable")) is on for one in rules):
            return replace(plan, says=tuple(said), act=_already(on), values={}, binds=_bound(*rules))
        return replace(plan, says=tuple(said), values={}, binds=_bound(*rules))

    async def _bound(self, plan: Plan, wish: Wish) -> Plan:
        rules = [await self.objects.find(self.resource, word) for word in plan.words]
        return replace(plan, binds=_bound(*rules), says=(*plan.says, *(part for one in rules for part in _rule(one))))

    def _apart(self, wish: Wish) -> tuple[dict[str, str], Sequence[str]]:
        values = self.fields(wish.values)
        return values, values.pop(SAMPLE, "").split(",")

    async def _tried(self, rule: Mapping[str, Any], samples: Sequence[str]) -> tuple[Tried, ...]:
        named = [one for one in samples if one.strip()]
        if not named:
            page = await self.transport.page(configuration("conference_alias"), limit=ROOM_SAMPLES)
            named = [str(one.get("alias")) for one in page.objects] + list(INVENTED)
        return await tried(str(rule.get("match_string") or ""), str(rule.get("replace_string") or ""), named)


_SHOWN = ("match_string", "replace_string", "called_device_type", "outgoing_protocol", "priority")
_SET = Operation("set", "")


def _already(on: bool) -> Any:  # noqa: ANN401
    async def act(hands: Hands) -> Done:
        return Done(f"Switched {'on' if on else 'off'} before.", Outcome.ALREADY_SO)

    return act


def _rule(one: Mapping[str, Any]) -> Text:
    """` matches … → … to teams_conference, priority 50`."""
    replaced = str(one.get("replace_string") or "")
    to = f" to {one['called_device_type']}" if one.get("called_device_type") else ""
    made: Text = (" → ", Code(replaced)) if replaced else ()
    return text(" matches ", Code(str(one.get("match_string"))), *made, f"{to}, priority {one.get('priority')}")


def _said(found: Sequence[Tried]) -> Text:
    return text(" · Tried: ", "; ".join(str(one) for one in found), ".") if found else ()


def _bound(*rules: Json) -> str:
    parts = (*_SHOWN, "name", "enable")
    return "\n".join(f"{detail_of(one).uri} " + " ".join(str(one.get(name)) for name in parts) for one in rules)


def _line(one: Json) -> Text:
    state = "on" if one.get("enable", True) else "off"
    return text(Code(id_of(one)), " ", Strong(str(one.get("name"))), f" · {state} ·", *_rule(one))
