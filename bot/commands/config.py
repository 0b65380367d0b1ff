"""`/meet config backend [resource [list|get|add|set|delete|schema] [id …] [key=value …]]`, and the frequent tasks.

Whatever changes something is planned first: names and types checked, what is named found, said on the approval card,
and when it is carried out it must still be the same. Secrets are sealed before the line is kept anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.capabilities import ConfiguresResources, Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.command import Act, Command
from bot.errors import BadInput, NotFound, Refused
from bot.forms import NAMES, Field, FieldForm, FieldKind
from bot.grammar import hint, many, optional, options, positional, quote
from bot.model import Outcome, Presence, Risk
from bot.policy import BULK, WRITE, resource
from bot.progress import Progress
from bot.reply import Button, Card, Code, Line, Reply, Strong, Text, text
from bot.rules import Need
from bot.seal import is_sealed

# What changes nothing. Every other word, also one that is not known, needs the right to write.
READING = frozenset({"", "list", "get", "schema", "try", "requests", "playlists"})
LOOKING = READING | {"csr", "export"}  # these need the right to write although they change no object
READS, WRITES = Need("configurationMode", "READ_ACCESS"), Need("configurationMode", "READ_WRITE_ACCESS")
SEEN = "seen"  # a digest of what the approval was about, kept with the line
PLAN, WISH = "plan", "wish"  # in `Act.found`
EFFECT = "config"


@dataclass(frozen=True, slots=True)
class Args:
    """Of which back end, about what, what to do with which ones."""

    backend: str = positional("the back end")
    resource: str | None = optional("a resource or a task; left out: a menu")
    action: str | None = optional("list, get, add, set, delete, schema, or a task's own word")
    words: tuple[str, ...] = many("ids or names", label="id")
    options: tuple[tuple[str, str], ...] = options("fields: key=value …")


def permission_of(args: Args) -> Need:
    """Reading, or writing for every word that is not known to change nothing."""
    word = (args.action or "").lower()
    return READS if word in READING or _is_id(word) else WRITES


def risk_of(args: Args) -> Risk:
    """What changes something is recorded first and sent at most once."""
    word = (args.action or "").lower()
    return Risk.READ if args.resource is None or word in LOOKING or _is_id(word) else Risk.ONCE


async def prepare(act: Act[ConfiguresResources], args: Args) -> Args:
    """Plan what would change, exactly; of a question only that it can be asked."""
    if args.resource is None:
        return args
    wish = _wish(act, args)
    if not wish.operation.changes:
        act.found[WISH] = wish
        return args
    act.caller.require((WRITES,), doing=COMMAND.doing)
    if act.request_id and EFFECT in await act.desk.store.effects.of(act.request_id):
        return args  # it was sent before a restart: planning it again would judge what it has done itself
    plan = await _planned(act, args, wish)
    seen = hashlib.sha256(f"{plan.binds}\n{plan.words}".encode()).hexdigest()[:12]
    approved = dict(args.options).get(SEEN)
    if act.request_id and approved is not None and not hmac.compare_digest(approved, seen):
        raise Refused("What that was about has changed since it was asked for; ask again.")
    act.found[PLAN] = plan
    sealed = tuple((name, _closed(act, args, plan, name, word)) for name, word in plan.values.items())
    return replace(
        args,
        resource=wish.subject.name,
        action=wish.operation.name,
        words=plan.words or wish.words,
        options=(*sealed, (SEEN, seen)),
    )


async def _planned(act: Act[ConfiguresResources], args: Args, wish: Wish) -> Plan:
    """The plan; where too little was typed, the error offers a form."""
    try:
        return await act.backend.plan(wish)
    except BadInput as error:
        if not args.options and wish.operation.name != "delete":
            error.buttons = (*error.buttons, _form_button(args.backend, wish))
        raise


def _form_button(backend: str, wish: Wish) -> Button:
    words = " ".join(quote(word) for word in wish.words)
    line = f"config {backend} {wish.subject.name} {wish.operation.name} {words}".strip()
    return Button("Fill in a form", "configure", value=line)


def _wish(act: Act[ConfiguresResources], args: Args) -> Wish:
    """What is asked for, its secrets opened. Raises BadInput with the nearest word."""
    subject = _subject(act, args.resource or "")
    word = (args.action or "").lower()
    words = args.words
    if word and subject.operation(word) is None and _is_id(word) and subject.operation("get"):
        word, words = "get", (args.action or "", *words)
    operation = _operation(subject, word)
    values = {name: _opened(act, args, name, value) for name, value in args.options if name != SEEN}
    return Wish(subject, operation, words, values, act.desk.files, act.address)


def _subject(act: Act[ConfiguresResources], word: str) -> Subject:
    subjects = act.backend.subjects()
    found = subjects.get(word.lower())
    if found is None:
        near = hint(word, subjects)
        asked = f" Did you mean {near}?" if near else f" config {act.backend.name} shows what there is."
        raise BadInput(f"{act.backend.name} has no resource or task called {word}.{asked}")
    return found


def _operation(subject: Subject, word: str) -> Operation:
    found = subject.operation(word) if word else next(iter(subject.operations), None)
    if found is None:
        names = [one.name for one in subject.operations]
        near = hint(word, names)
        asked = f" Did you mean {near}?" if near else ""
        raise BadInput(f"{subject.name} takes {', '.join(names)}.{asked}")
    return found


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _use(act: Act[ConfiguresResources], subject: str, name: str) -> str:
    return f"{act.backend.name}/{subject}/{name}/{act.caller.person}"


def _opened(act: Act[ConfiguresResources], args: Args, name: str, word: str) -> str:
    return act.desk.seal.open(word, _use(act, (args.resource or "").lower(), name)) if is_sealed(word) else word


def _closed(act: Act[ConfiguresResources], args: Args, plan: Plan, name: str, word: str) -> str:
    if name not in plan.secrets or not word:
        return word
    typed = dict(args.options).get(name, "")
    return typed if is_sealed(typed) else act.desk.seal.close(word, _use(act, (args.resource or "").lower(), name))


def facts(act: Act[ConfiguresResources], args: Args) -> frozenset[str]:
    """For the approval rules: that it changes something, what, and whether several things at once."""
    if args.resource is None or permission_of(args) is READS:
        return frozenset()
    subject = _subject(act, args.resource)
    if not _operation(subject, (args.action or "").lower()).changes:
        return frozenset()
    plan: Plan | None = act.found.get(PLAN)
    bulk = plan.bulk if plan else len(args.words) > 1
    return frozenset({WRITE, *map(resource, subject.resources), *({BULK} if bulk else ())})


def says(act: Act[ConfiguresResources], args: Args, presence: Presence | None) -> Text:
    """Exactly what would be done."""
    plan: Plan = act.found[PLAN]
    return text(f"On {act.backend.name}: ", *plan.says)


async def run(act: Act[ConfiguresResources], args: Args) -> Reply:
    """The menu, the answer to a question, or the change."""
    if args.resource is None:
        return _menu(act)
    if WISH in act.found:
        return _shown(act, args, await act.backend.look(act.found[WISH]))
    place = act.place or act.caller.person.user_id
    progress = Progress(act.desk.voice, act.desk.clock, place=place, title=act.backend.name)
    hands = Hands(progress.report)
    done = await act.once(EFFECT, lambda: act.found[PLAN].act(hands), Done)
    await progress.end(done.words)
    known = {"backend": act.backend.name, "subject": args.resource, "operation": args.action or "", **done.facts}
    return Reply(text(f"{act.backend.name}: {done.words}"), Outcome(done.outcome), facts=known)


async def check(act: Act[ConfiguresResources], args: Args) -> Reply:
    """Look whether something of that name is there; what was only changed is shown as it is."""
    subject = _subject(act, args.resource or "")
    values = dict(args.options)
    names = [values[key] for key in ("name", "alias") if values.get(key)] or list(args.words[:1])
    looking = subject.operation("list")
    if looking is None or not names:
        return Reply(text("I can't tell from here; look at the node itself."), Outcome.UNKNOWN)
    sheet = await act.backend.look(Wish(subject, looking, (names[0],)))
    found = f"{len(sheet.lines)} found" if sheet.lines else "none found"
    return Reply(text(f"Looked for {names[0]} among {subject.title}: {found}."), Outcome.UNKNOWN)


def _menu(act: Act[ConfiguresResources]) -> Reply:
    """The frequent tasks with their words and forms, then the way to everything else."""
    name, writer = act.backend.name, act.caller.permissions.allows(WRITES)
    subjects = act.backend.subjects().values()
    lines = [_task_line(name, subject, writer=writer) for subject in subjects if subject.task]
    count = sum(not subject.task for subject in subjects)
    example = Code(f"{act.desk.slash} config {name} system_location schema")
    rest = text(f"Any of the {count} resources by its own name, too: ", example)
    return Reply(text("Configuration"), card=Card(f"Configuration of {name}", (*lines, Line(rest, quiet=True))))


def _task_line(backend: str, subject: Subject, *, writer: bool) -> Line:
    buttons = []
    for one in subject.operations:
        if not writer and (one.changes or one.name not in READING):
            continue
        line = f"config {backend} {subject.name} {one.name}"
        asks = bool(one.fields) or (bool(one.names) and not one.names.startswith("[text"))
        buttons.append(Button(one.name.capitalize(), "configure" if asks else "run", value=line))
    words = ", ".join(one.name for one in subject.operations)
    return Line(text(Strong(subject.title), f" · {subject.name} {words}"), buttons=tuple(buttons))


def _shown(act: Act[ConfiguresResources], args: Args, sheet: Sheet) -> Reply:
    """A sheet with the buttons that go on from it."""
    buttons = []
    if sheet.next_page is not None:
        buttons.append(Button("Next page", "run", value=_line(args, sheet.next_page)))
    if sheet.form and act.caller.permissions.allows(WRITES):
        words = args.words or ((args.action,) if args.action and _is_id(args.action) else ())
        changing = replace(args, action=sheet.form, words=words)
        buttons.append(Button("Edit", "configure", value=_line(changing, {})))
    return Reply(text(sheet.title), card=Card(sheet.title, sheet.lines, tuple(buttons)))


def _line(args: Args, values: Mapping[str, str]) -> str:
    words = ["config", args.backend, args.resource or "", args.action or "list", *map(quote, args.words)]
    return " ".join([*words, *(f"{name}={quote(word, value=True)}" for name, word in values.items())])


async def form(act: Act[ConfiguresResources], args: Args) -> FieldForm:
    """The fields of an operation, from its task or the resource's schema."""
    wish = _wish(act, args)
    if wish.operation.changes:
        act.caller.require((WRITES,), doing=COMMAND.doing)
    fields = tuple(one for one in await act.backend.form(wish) if one.name not in wish.values)
    if wish.operation.names and not wish.words:
        fields = (_names_field(wish), *fields)
    if not fields:
        raise NotFound(f"{wish.subject.name} {wish.operation.name} has nothing to fill in; type it.")
    line = _line(replace(args, resource=wish.subject.name, action=wish.operation.name), dict(args.options))
    title = f"{wish.operation.name} {wish.subject.name}".replace("_", " ")
    return FieldForm(title, line, fields, wish.operation.summary)


def _names_field(wish: Wish) -> Field:
    needed = not wish.operation.names.startswith("[")
    kind = FieldKind.OBJECTS if "…" in wish.operation.names else FieldKind.OBJECT
    return Field(NAMES, kind, wish.operation.names, needed, related=wish.subject.resources[0], label="which")


async def suggest(act: Act[ConfiguresResources], related: str, words: str) -> tuple[tuple[str, str], ...]:
    """Objects of a resource for the search in a form."""
    return await act.backend.suggest(related, words)


COMMAND = Command(
    name="config",
    summary="Look at and change a back end's configuration",
    doing="look at or change the configuration",
    args=Args,
    needs=ConfiguresResources,
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
    suggest=suggest,
    run=run,
    examples=(
        "config pexip",
        "config pexip system_location list",
        "config pexip standing add alias=desk@example.org rooms=standup",
    ),
)
