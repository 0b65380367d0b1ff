"""Where else one meets the bot on the page: in threads, by shortcuts, on its Home tab."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bot.play.slack import Message
from tests.browser.staged import ADA, GENERAL, opened, staged

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def point_at(page: Page, words: str) -> None:
    await page.get_by_test_id("message").filter(has_text=words).last.hover()


async def test_a_reply_goes_into_the_thread_until_one_leaves_it(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        root = stage.say("The shop is down & out")
        await point_at(page, "The shop is down")
        await page.get_by_role("button", name="Reply in thread").last.click()
        await expect(page.get_by_test_id("replying")).to_contain_text("In the thread of The shop is down & out")
        await page.get_by_test_id("composer").fill("@meetops who")
        await page.get_by_test_id("composer").press("Enter")
        sent = await stage.until_asked("send")
        assert (sent["text"], sent["thread"]) == ("@meetops who", root.ts)
        await page.get_by_test_id("leave-thread").click()
        await expect(page.get_by_test_id("replying")).to_be_hidden()
        await page.get_by_test_id("composer").fill("hello")
        await page.get_by_test_id("composer").press("Enter")
        await stage.workspace.until(lambda: len(stage.asked) == 2)
        assert "thread" not in stage.asked[1][1]


async def test_what_stands_in_a_thread_names_it(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        root = stage.say("The shop is down")
        reply = Message(GENERAL, stage.workspace.new_ts(), ADA, "on it", thread_ts=root.ts)
        stage.workspace.post(reply)
        shown = page.get_by_test_id("message").filter(has_text="on it")
        await expect(shown).to_contain_text("in the thread of The shop is down")


async def test_the_menu_of_a_message_offers_the_shortcuts_of_apps(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        message = stage.say("The shop is down")
        await point_at(page, "The shop is down")
        await page.get_by_label("More message actions").last.click()
        await page.get_by_role("menuitem", name="Meet about this").click()
        used = await stage.until_asked("shortcut")
        assert (used["callback"], used["ts"], used["channel"]) == ("meet_about", message.ts, GENERAL)


async def test_global_shortcuts_are_at_the_message_box(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        await page.get_by_test_id("shortcuts").locator("summary").click()
        await page.get_by_role("menuitem", name="Start a meeting").click()
        assert (await stage.until_asked("shortcut"))["callback"] == "start_meeting"
        await expect(page.get_by_role("menuitem", name="Start a meeting")).to_be_hidden()


async def test_the_bots_home_tab_is_told_of_when_it_is_opened_and_left(chromium: Browser) -> None:
    async with staged() as stage, opened(chromium, stage) as page:
        await page.get_by_test_id("ims").get_by_text("meetops").click()
        await page.get_by_test_id("tab-home").click()
        await expect(page.get_by_test_id("home")).to_contain_text("has shown nothing here yet")
        assert (await stage.until_asked("home"))["tab"] == "home"
        block = {"type": "section", "text": {"type": "mrkdwn", "text": "Your rooms"}}
        stage.workspace.publish_home(ADA, {"type": "home", "blocks": [block]})
        await expect(page.get_by_test_id("home")).to_contain_text("Your rooms")
        await page.get_by_test_id("tab-messages").click()
        await stage.workspace.until(lambda: len(stage.asked) == 2)
        assert stage.asked[1][1]["tab"] == "messages"
