"""The whole way round: page, simulated Slack, a bot, and back to the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from bot.clock import MovableClock
from bot.play.playground import Playground, playground
from bot.play.slack import Message
from tests.browser.echo_bot import echo_bot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
MIA, SARA = "U0MIA", "U0SARA"


@asynccontextmanager
async def playing(chromium: Browser, person: str = MIA) -> AsyncIterator[tuple[Page, Playground]]:
    async with playground(port=0, build_bot=echo_bot, clock=MovableClock()) as running:
        context = await chromium.new_context(viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        await page.goto(f"{running.url}#as={person}&in=C0TEAM")
        await expect(page.get_by_test_id("channel-name")).to_contain_text("team")
        try:
            yield page, running
        finally:
            await context.close()


async def type_line(page: Page, text: str) -> None:
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")


async def test_a_command_is_answered_to_its_author_alone(chromium: Browser) -> None:
    async with playing(chromium) as (page, _):
        await type_line(page, "/meet invite <standup> @max")
        answer = page.get_by_test_id("message").last
        await expect(answer).to_contain_text("Only visible to you")
        await expect(answer).to_contain_text("You typed invite <standup> @Max Mills")
        await page.get_by_test_id(f"person-{SARA}").click()
        await expect(page.get_by_test_id("message")).to_have_count(0)


async def test_a_card_is_posted_clicked_by_somebody_else_and_edited(chromium: Browser) -> None:
    async with playing(chromium) as (page, _):
        await type_line(page, "/meet card")
        await expect(page.get_by_role("heading", name="standup")).to_be_visible()
        await page.get_by_test_id(f"person-{SARA}").click()
        await page.get_by_role("button", name="Join").click()
        await expect(page.get_by_test_id("message")).to_contain_text("joined by @Sara Adler(edited)")


async def test_a_window_is_refused_by_slack_then_by_the_bot_then_taken(chromium: Browser) -> None:
    async with playing(chromium) as (page, _):
        await type_line(page, "/meet window")
        modal = page.get_by_test_id("modal")
        await page.get_by_test_id("modal-submit").click()
        await expect(modal).to_contain_text("Please complete this required field.")
        await modal.get_by_label("Handle").fill("taken")
        await modal.get_by_label("Handle").press("Enter")
        await expect(modal).to_contain_text("That name is taken.")
        await modal.get_by_label("Handle").fill("standup")
        await page.get_by_test_id("modal-submit").click()
        await expect(modal).to_have_count(0)
        await page.get_by_test_id("ims").get_by_role("button", name="meetops").click()
        await expect(page.get_by_text("made standup")).to_be_visible()


async def test_plain_words_are_a_message_and_an_unknown_command_is_said_to_be_one(chromium: Browser) -> None:
    async with playing(chromium) as (page, running):
        await type_line(page, "hello @sara & all")
        await expect(page.get_by_test_id("message").last).to_contain_text("hello @Sara Adler & all")
        assert running.slack.workspace.messages("#team")[-1].text == "hello <@U0SARA|sara> &amp; all"
        await type_line(page, "/nonsense")
        await expect(page.get_by_test_id("message").last).to_contain_text("/nonsense is not a valid command")


async def test_the_bot_is_invited_into_a_channel(chromium: Browser) -> None:
    async with playing(chromium) as (page, running):
        await page.get_by_test_id("channel-C0RANDOM").click()
        await type_line(page, "/invite @meetops")
        await expect(page.get_by_test_id("message")).to_contain_text("@meetops joined #random, invited by @Mia Moreau.")
        assert running.slack.workspace.team.bot_user in running.slack.workspace.channel("#random").members


async def test_two_visitors_of_the_same_name_meet_and_one_leaves(chromium: Browser) -> None:
    async with playing(chromium) as (page, running):
        link = f"{running.jaas.url}/app/standup?jwt=expired"
        button = {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "action_id": "open", "url": link}
        row = [{"type": "actions", "elements": [button]}]
        workspace = running.slack.workspace
        workspace.post(Message("C0TEAM", workspace.new_ts(), "U0MEETOPS", "x", blocks=row, ephemeral_for=MIA))
        room = page.get_by_test_id("meeting")
        await expect(room).to_contain_text("standup")
        for number in (1, 2):
            await room.get_by_test_id("meeting-join").select_option("Ann Lee, a visitor")
            await expect(room).to_contain_text(f"{number} in")
        await room.get_by_role("button", name="Ann Lee leaves").first.click()
        await expect(room).to_contain_text("1 in")
        await room.get_by_test_id("meeting-join").select_option("Mia Moreau")
        await expect(page.get_by_test_id("toasts")).to_contain_text("8x8 does not let them in")
