"""The vendor panel and the first sight of the page, in a real browser."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Page, expect

from bot.clock import MovableClock
from bot.play.exchange import Exchange
from bot.play.playground import playground
from bot.play.slack import Message
from tests.browser.echo_bot import echo_bot
from tests.browser.staged import MIA, Staged, opened, staged

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OPENMEETINGS = "/openmeetings/services"


def record(stage: Staged, path: str, *, sent: str = "", to_bot: bool = False, query: str = "") -> None:
    stage.feed.record(
        Exchange(
            at=stage.clock.now(),
            backend="meetings" if path.startswith(OPENMEETINGS) else "jaas",
            method="POST",
            path=path,
            query=query,
            request=sent,
            status=200,
            response="",
            to_bot=to_bot,
        )
    )


async def test_requests_are_named_for_what_they_are_about(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        record(stage, f"{OPENMEETINGS}/room/users/2")
        record(stage, "/v1/_jaas/jaccess/v1/access-management/vpaas-1/ban/user/u-7")
        record(stage, "/v1/_jaas/vmms-conference-mapper/v1/access")
        record(stage, "/v1/_jaas/conference-commands/v1/meeting", sent=json.dumps({"action": "DESTROY"}))
        record(stage, "/hooks/jaas", sent=json.dumps({"eventType": "PARTICIPANT_LEFT", "fqn": "a/b"}), to_bot=True)
        record(stage, "/hooks/jaas", sent=json.dumps({"fqn": "a/b"}), to_bot=True)
        names = page.get_by_test_id("exchange").locator(".what")
        newest_first = [
            "SETTINGS_PROVISIONING",
            "PARTICIPANT_LEFT",
            "DESTROY",
            "access",
            "ban/user/u-7",
            "room/users/2",
        ]
        await expect(names).to_have_text(newest_first)


async def test_a_form_is_read_field_by_field_with_its_json_laid_out(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        form = urlencode({"user": json.dumps({"firstname": "Mia & Co"}), "options": json.dumps({"roomId": 2})})
        record(stage, f"{OPENMEETINGS}/user/hash", sent=form)
        row = page.get_by_test_id("exchange")
        await row.locator("summary").click()
        await expect(row.locator("pre").last).to_have_text("(empty)")
        await expect(row).to_contain_text('user = { "firstname": "Mia & Co" } options = { "roomId": 2 }')


async def test_times_on_the_panel_are_all_in_the_zone_of_whoever_looks(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        record(stage, f"{OPENMEETINGS}/room")
        times = page.get_by_test_id("exchange").locator("time")
        await expect(times).to_have_text(["13:00:00"])
        await page.get_by_test_id(f"person-{MIA}").click()
        await expect(times).to_have_text(["07:00:00"])
        record(stage, f"{OPENMEETINGS}/room")
        await expect(times).to_have_text(["07:00:00", "07:00:00"])
        await expect(page.locator("#zone")).to_have_text("New York")


async def test_who_was_refused_at_the_door_may_be_tried_again(chromium: Browser) -> None:
    running = playground(port=0, build_bot=echo_bot, clock=MovableClock())
    async with running as behind, await chromium.new_context() as context:
        workspace = behind.slack.workspace
        button = {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "action_id": "open"}
        row = {"type": "actions", "elements": [button | {"url": f"{behind.jaas.url}/app/standup?jwt=expired"}]}
        workspace.post(Message("C0TEAM", workspace.new_ts(), "U0MEETOPS", "x", blocks=[row], ephemeral_for="U0MAX"))
        page = await context.new_page()
        await page.goto(behind.url)
        await page.get_by_test_id("meeting-join").select_option("Max Mills")
        await expect(page.get_by_test_id("toasts")).to_contain_text("8x8 does not let them in")
        await expect(page.get_by_test_id("meeting-join")).to_have_value("")  # a choice that stands cannot be made again


async def test_a_newcomer_is_told_what_the_page_is_until_there_is_something_to_read(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        intro = page.locator(".intro")
        await expect(intro).to_contain_text("Only the bot is real here")
        await intro.get_by_role("button", name="/meet create meetings/planning").click()
        await expect(page.get_by_test_id("composer")).to_have_value("/meet create meetings/planning")
        stage.say("hello")
        await expect(intro).not_to_contain_text("Only the bot is real here")


async def _last_is_in_sight(page: Page) -> None:
    await expect(page.get_by_test_id("message").last).to_be_in_viewport(ratio=1)


async def test_the_newest_message_stays_in_sight_when_the_window_gets_lower(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        for number in range(40):
            stage.say(f"line {number} " + "that takes more than one line in a narrow window " * 4)
        await expect(page.get_by_test_id("message")).to_have_count(40)
        await _last_is_in_sight(page)
        for width, height in ((1440, 500), (1024, 700), (700, 900)):
            await page.set_viewport_size({"width": width, "height": height})
            await _last_is_in_sight(page)


async def test_an_edited_card_says_so_beside_its_time(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        block = {"type": "section", "text": {"type": "plain_text", "text": "Ringing"}}
        stage.workspace.edit(stage.say("Ringing", blocks=[block]), text="Rang")
        await expect(page.get_by_test_id("message").locator(".byline")).to_contain_text("(edited)")
