"""`/meet config`: any resource by its live schema, from what people type to what the management node receives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import MAX, OMAR, SARA
from tests.fakes.configuring import OPS, answered, approved, asked, bodies, changes, configurable, rows
from tests.fakes.world import World


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with configurable(tmp_path) as one:
        yield one


async def test_an_object_is_added_after_one_approval_with_its_values_converted(w: World) -> None:
    card = await approved(w, 'turn_server add name="Turn 1" address=10.0.0.9 port=3478 server_type=coturn_shared')
    assert "done · pexip: Added turn_server 1" in text_of(card)
    assert bodies(w, "turn_server") == [
        {"name": "Turn 1", "address": "10.0.0.9", "port": 3478, "server_type": "coturn_shared"}
    ]


async def test_names_types_and_choices_are_checked_before_anybody_is_asked(w: World) -> None:
    for line, said in (
        ("turn_sever list", "Did you mean turn_server?"),
        ("turn_server ad name=x", "Did you mean add?"),
        ("turn_server add nmae=x address=y", "Did you mean name?"),
        ("turn_server add name=x address=y port=abc", "port= is a whole number"),
        ("turn_server add name=x address=y server_type=coturn", "Did you mean coturn_shared?"),
        ("turn_server add name=x", "turn_server needs address="),
        ("turn_server add name=x address=y id=7", "given by the node"),
        ("conference add name=x aliases=a", "conference_alias add"),
        ("system_location add name=x overflow_location1=Lundon", "There is no system location called Lundon"),
        ("routing add name=a priority=1 match=[", "not a regular expression"),
    ):
        await answered(w, line, said)
    assert changes(w) == []


async def test_what_is_asked_for_is_found_by_name_and_shown_by_name(w: World) -> None:
    card = await approved(w, "system_location set Oslo overflow_location1=London")
    assert "Change system_location Oslo (2): overflow_location1 (empty) → system_location 1" in text_of(card).replace(
        "*", ""
    )
    assert "confirmed ·" in text_of(card)
    assert rows(w, "system_location")[1]["overflow_location1"].endswith("/system_location/1/")


async def test_several_objects_are_changed_in_one_request_after_two_approvals(w: World) -> None:
    card = await asked(w, "system_location set 1 2 description=EMEA")
    assert "Needs 2 other people" in text_of(card)
    assert "London (1), Oslo (2)" in text_of(card)
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "approved by"))
    assert changes(w) == []
    await w.click(MAX, w.now(card), "Approve")
    await w.until(lambda: w.says(card, "confirmed ·"))
    assert [one["description"] for one in rows(w, "system_location")] == ["EMEA", "EMEA"]
    assert [one.method for one in changes(w)] == ["PATCH"]


async def test_several_objects_are_deleted_together_and_no_others(w: World) -> None:
    for number in range(1, 5):
        w.pexip.objects.create("stun_server", {"name": f"S{number}", "address": "10.0.0.1"})
    card = await approved(w, "stun_server delete S1 3", by=(SARA, MAX))
    assert "S1 (1), S3 (3)" in text_of(card)
    assert [one["name"] for one in rows(w, "stun_server")] == ["S2", "S4"]
    assert [one.method for one in changes(w)] == ["PATCH"]


@pytest.mark.parametrize("line", ["stun_server delete", "stun_server delete *", "stun_server delete all"])
async def test_deleting_a_whole_collection_cannot_be_said(w: World, line: str) -> None:
    w.pexip.objects.create("stun_server", {"name": "S1", "address": "10.0.0.1"})
    await w.slash(OMAR, OPS, f"config pexip {line}")
    await w.until(lambda: w.slack.workspace.ephemerals(user=OMAR))
    assert changes(w) == []
    assert len(rows(w, "stun_server")) == 1


async def test_what_was_approved_is_refused_when_it_has_become_something_else(w: World) -> None:
    w.pexip.objects.create("stun_server", {"name": "Old", "address": "10.0.0.1"})
    card = await asked(w, "stun_server delete Old")
    w.pexip.objects.rows["stun_server"][1]["name"] = "Precious"
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "refused ·"))
    assert w.says(card, "has changed since it was asked for")
    assert len(rows(w, "stun_server")) == 1


async def test_a_list_is_searched_filtered_ordered_and_paged(w: World) -> None:
    for number in range(25):
        w.pexip.objects.create("stun_server", {"name": f"S{number:02}", "address": "10.0.0.1", "port": 3478 + number})
    text = await answered(w, "stun_server", "1–20 of 25")
    assert "S19" in text
    assert "S20" not in text
    shown = await w.told(OMAR, "1–20 of 25")
    await w.click(OMAR, shown, "Next page")
    await w.told(OMAR, "21–25 of 25")
    await answered(w, "stun_server list s1", "1–10 of 10")
    assert "S24" in await answered(w, "stun_server list port__gte=3500 order=-name limit=3", "1–3 of 3")
    await answered(w, "stun_server list prot=3", "Did you mean port?")
    await answered(w, "stun_server list name__regex=(a+)+", "is no filter")


async def test_secrets_are_never_shown_searched_or_kept_in_the_clear(w: World) -> None:
    secret = "s3cret-turn-key"
    w.secrets["turn secret"] = secret
    card = await approved(w, f"turn_server add name=T address=10.0.0.9 secret_key={secret}")
    assert "secret_key …" in text_of(card)
    assert rows(w, "turn_server")[0]["secret_key"] == secret
    text = await answered(w, "turn_server get T", "turn_server 1: T")
    assert "(set)" in text
    assert secret not in text
    await answered(w, "turn_server list secret_key__startswith=s", "is secret")
    await answered(w, "turn_server list order=secret_key", "can't be ordered")
    await approved(w, "turn_server set 1 secret_key=")
    assert rows(w, "turn_server")[0]["secret_key"] == ""


async def test_details_of_a_request_hide_what_is_sealed(w: World) -> None:
    w.secrets["password"] = "hunter2-hunter2"
    card = await asked(w, "http_proxy add name=P address=10.0.0.9 password=hunter2-hunter2")
    await w.click(SARA, card, "Details")
    told = await w.told(SARA, "The exact command")
    assert "password=…" in text_of(told)


async def test_schema_lists_fields_with_types_choices_and_what_is_needed(w: World) -> None:
    text = await answered(w, "worker_vm schema", "Fields of worker_vm")
    assert "node_type choice · one of CONFERENCING, PROXYING" in text.replace("*", "")
    assert "password text · needed · never shown" in text.replace("*", "")
    assert "system_location object → system_location" in text.replace("*", "")


async def test_scheduled_and_recurring_conferences_can_only_be_looked_at(w: World) -> None:
    for name in ("scheduled_conference", "scheduled_alias", "recurring_conference"):
        await answered(w, f"{name} list", f"{name}: none")
        for action in ("add", "set", "delete"):
            await answered(w, f"{name} {action} 1", f"{name} takes list, get, schema")
    assert changes(w) == []


async def test_a_singleton_needs_no_id_and_the_dangerous_need_two_people(w: World) -> None:
    card = await asked(w, "global set enable_webrtc=no")
    assert "Needs 2 other people" in text_of(card)
    assert "enable_webrtc yes → no" in text_of(card)
    await answered(w, "registration get", "registration 1")
    assert "Needs 1 other person" in text_of(await asked(w, "registration set refresh_strategy=basic"))


async def test_what_the_node_refuses_is_said_with_its_field(w: World) -> None:
    card = await approved(w, "conference add name=Board pin=12")
    assert "invalid · pexip did not accept it: pin: Length: 4-20 digits" in text_of(card)


async def test_an_unknown_back_end_is_named_and_one_without_configuration_says_who_has(w: World) -> None:
    await w.slash(OMAR, OPS, "config pexpi conference")
    await w.told(OMAR, "Did you mean pexip?")
    await w.slash(OMAR, OPS, "config jaas conference")
    await w.told(OMAR, "jaas can't be configured: 8x8 is set up in its own console alone. Able: pexip")


async def test_the_menu_offers_the_tasks_with_their_forms(w: World) -> None:
    await answered(w, "", "Configuration of pexip")
    shown = await w.told(OMAR, "Configuration of pexip")
    text = text_of(shown)
    for title in (
        "Standing participants",
        "Call routing rules",
        "Conferencing nodes",
        "Themes",
        "Licences",
        "SSH keys",
    ):
        assert title in text
    assert {"Add", "Attach", "Enable", "Upload", "Csr"} <= set(buttons_of(shown))
    assert "Any of the 79 resources" in text
