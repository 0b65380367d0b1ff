"""What every test may use."""

pytest_plugins = (
    "tests.fakes.databases",
    "tests.browser.chromium",
    "tests.fakes.leaks",
    "tests.fakes.command_line",
)
