"""What every test may use."""

pytest_plugins = (
    "tests.fakes.once",  # before anything of the bot is imported
    "tests.fakes.databases",
    "tests.browser.chromium",
    "tests.fakes.leaks",
    "tests.fakes.command_line",
)
