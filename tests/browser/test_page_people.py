"""Switching people, the message box, modals, the clock and the vendor panel."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from bot.play.exchange import Exchange
from bot.play.slack.records import Channel
from tests.browser.staged import ADA, BOT, GENERAL, MIA, opened, staged

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


HANDLE = {
    "type": "input",
    "block_id": "handle",
    "label": plain("Handle"),
    "element": {"type": "plain_text_input", "action_id": "text"},
}


async def test_another_person_sees_other_channels_and_hears_of_what_waits(chromium: Browser) -> None:
    async with staged() as stage:
        stage.workspace.add_channel(Channel("C0OPS", "ops", members={ADA, BOT}, is_private=True))
        async with opened(chromium, stage) as page:
            await expect(page.get_by_test_id("channels")).to_contain_text("ops")
            stage.say("a note for Mia", only=MIA)
            await expect(page.get_by_test_id(f"person-{MIA}")).to_contain_text("1")
            await page.get_by_test_id(f"person-{MIA}").click()
            await expect(page.get_by_test_id(f"person-{MIA}")).to_have_attribute("aria-pressed", "true")
            await expect(page.get_by_test_id("channels")).not_to_contain_text("ops")
            await expect(page.get_by_text("a note for Mia")).to_be_visible()
            await expect(page.get_by_test_id(f"person-{MIA}")).not_to_contain_text("1")


async def test_enter_sends_and_shift_enter_makes_a_line(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage, person=MIA) as page:
        box = page.get_by_test_id("composer")
        await box.press_sequentially("first")
        await box.press("Shift+Enter")
        await box.press_sequentially("second")
        await box.press("Enter")
        body = await stage.until_asked("send")
        assert body == {"as": MIA, "channel": GENERAL, "text": "first\nsecond"}
        await expect(box).to_have_value("")
        await box.press("ArrowUp")
        await expect(box).to_have_value("first\nsecond")


async def test_a_slash_shows_how_commands_are_used_and_tab_completes(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        box, hints = page.get_by_test_id("composer"), page.get_by_test_id("hints")
        await box.press_sequentially("/m")
        await expect(hints).to_contain_text("create, share, who … or help")
        await box.press("Tab")
        await expect(hints.get_by_role("option")).to_have_count(2)
        await box.press_sequentially("di")
        await box.press("Tab")
        await expect(box).to_have_value("/meet dial ")
        await expect(hints).to_contain_text("room +number")
        await box.press("Escape")
        await expect(hints).to_be_hidden()


async def test_an_at_sign_offers_people(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        box = page.get_by_test_id("composer")
        await box.press_sequentially("/meet invite standup @mi")
        await expect(page.get_by_test_id("hints").get_by_role("option")).to_have_count(1)
        await box.press("Tab")
        await expect(box).to_have_value("/meet invite standup @mia ")


async def test_a_refused_modal_keeps_what_was_typed_and_says_what_is_wrong(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        view = stage.show_modal(ADA, HANDLE)
        modal = page.get_by_test_id("modal")
        await expect(modal.get_by_label("Handle")).to_be_focused()
        await modal.get_by_label("Handle").fill("standup")
        await page.get_by_test_id("modal-submit").click()
        body = await stage.until_asked("submit")
        assert body["view"] == view
        assert body["values"] == {"handle": {"text": {"type": "plain_text_input", "value": "standup"}}}
        shown = stage.workspace.view(view)
        assert shown
        stage.workspace.refuse_view(shown, {"handle": "That name is taken."})
        await expect(modal.get_by_role("alert").filter(has_text="That name is taken.")).to_be_visible()
        await expect(modal.get_by_label("Handle")).to_have_value("standup")
        await expect(modal.get_by_label("Handle")).to_have_attribute("aria-invalid", "true")
        stage.workspace.close_views(ADA)
        await expect(modal).to_have_count(0)


async def test_an_updated_modal_keeps_typed_text_and_a_pushed_one_stands_on_top(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        view = stage.workspace.view(stage.show_modal(ADA, HANDLE))
        assert view
        await page.get_by_label("Handle").fill("standup")
        note = {"type": "section", "text": plain("now with a note")}
        stage.workspace.update_view(view, {**view.payload, "blocks": [HANDLE, note]})
        await expect(page.get_by_text("now with a note")).to_be_visible()
        await expect(page.get_by_label("Handle")).to_have_value("standup")
        stage.workspace.show_view(ADA, {"type": "modal", "title": plain("Sure?"), "blocks": [note]}, push=True)
        await expect(page.get_by_test_id("modal")).to_contain_text("Sure?")
        await expect(page.get_by_test_id("modal")).to_have_count(1)


async def test_escape_closes_a_modal_through_the_bot(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        view = stage.show_modal(ADA, HANDLE)
        await expect(page.get_by_test_id("modal")).to_be_visible()
        await page.keyboard.press("Escape")
        assert (await stage.until_asked("close"))["view"] == view


async def test_a_select_fed_by_the_bot_offers_its_answers(chromium: Browser) -> None:
    pick = {"type": "external_select", "action_id": "who", "min_query_length": 0, "placeholder": plain("Person")}
    block = {"type": "input", "block_id": "row", "label": plain("Who"), "element": pick}
    async with staged() as stage, opened(chromium, stage) as page:
        stage.answers["suggest"] = {"options": [{"text": plain("Ann Lee"), "value": "f0aa9e1e"}]}
        stage.show_modal(ADA, block)
        await page.get_by_label("Who").press_sequentially("an")
        await page.get_by_role("option", name="Ann Lee").first.click()
        await page.get_by_test_id("modal-submit").click()
        body = await stage.until_asked("submit")
        assert body["values"]["row"]["who"]["selected_option"]["value"] == "f0aa9e1e"
        asked = [asked for name, asked in stage.asked if name == "suggest"]
        assert asked[-1]["view"] == body["view"]
        assert asked[-1]["value"] == "an"


async def test_the_home_tab_is_there_and_shows_what_is_published(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        await page.get_by_test_id("ims").get_by_role("button").click()
        await expect(page.get_by_test_id("channel-name")).to_have_text("meetops")
        await expect(page.get_by_test_id("home")).to_be_hidden()
        stage.workspace.publish_home(ADA, {"type": "home", "blocks": [{"type": "section", "text": plain("Live now")}]})
        await page.get_by_test_id("tab-home").click()
        await expect(page.get_by_test_id("home")).to_contain_text("Live now")


async def test_time_travel_moves_the_clock_and_shows_it_in_the_persons_zone(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        await expect(page.get_by_test_id("clock")).to_have_text("Tue 24 Nov, 13:00")
        for button, time in (("travel-5", "Tue 24 Nov, 13:05"), ("travel-60", "Tue 24 Nov, 14:05")):
            await page.get_by_test_id(button).click()
            await expect(page.get_by_test_id("clock")).to_have_text(time)
        await page.get_by_test_id("travel-day").click()
        await expect(page.get_by_test_id("clock")).to_have_text("Wed 25 Nov, 14:05")
        assert stage.clock.now() == datetime(2026, 11, 25, 13, 5, tzinfo=UTC)


async def test_each_request_to_a_vendor_appears_and_folds_out(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        sent = {"action": "DIAL_OUT_PARTICIPANT", "payload": {"phoneNo": "+40747777777"}}
        for backend, body in (("jaas", json.dumps(sent)), ("meetings", "<b>not json</b>")):
            stage.feed.record(
                Exchange(
                    at=stage.clock.now(),
                    backend=backend,
                    method="POST",
                    path=f"/{backend}/call",
                    query="sid=abc",
                    request=body,
                    status=200,
                    response="",
                    authorization="Bearer eyJhbG…",
                )
            )
        rows = page.get_by_test_id("exchange")
        await expect(rows).to_have_count(2)
        await page.get_by_test_id("wire-filter").select_option("jaas")
        await expect(rows).to_have_count(1)
        await rows.locator("summary").click()
        await expect(rows).to_contain_text("+40747777777")
        await expect(rows).to_contain_text("sid = abc")
        await expect(rows).to_contain_text("Bearer eyJhbG…")
        await page.get_by_test_id("wire-filter").select_option("")
        await page.get_by_test_id("wire-clear").click()
        await expect(rows).to_have_count(0)
        await page.reload()
        await expect(rows).to_have_count(2)


async def test_what_cannot_be_done_is_said(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        stage.refusals["send"] = "meetops did not answer in time."
        await page.get_by_test_id("composer").fill("hello")
        await page.get_by_test_id("composer").press("Enter")
        await expect(page.get_by_test_id("toasts")).to_contain_text("meetops did not answer in time.")
