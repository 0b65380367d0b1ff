"""Times in English."""

from __future__ import annotations

from bot.schedule.language import Language, daily, monthly, weekly, working_days, yearly
from bot.schedule.repeat import DAYS, MONTHS

_SHORT_DAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6
}  # fmt: skip
_EACH = "(?:every|each)"
_OF_MONTH = "of (?:the|every|each) month"
_DATES = ("(?:the )?<day>(?: of)? <month>", "<month> (?:the )?<day>")
_WEEKS = "(?:every (?:week|<n> weeks|(?P<other>other week))|weekly)"
_MONTHS = "(?:every (?:month|<n> months|(?P<other>other month))|monthly)"
_YEARS = "(?:every (?:year|<n> years|(?P<other>other year))|yearly|annually)"
_OF_A_MONTH = "(?:<day>|last day|<nth> <weekday>)"

ENGLISH = Language(
    weekdays={name: number for number, name in enumerate(DAYS)} | _SHORT_DAYS,
    plurals={f"{name}s": number for number, name in enumerate(DAYS)},
    months={name: number for number, name in enumerate(MONTHS, 1)}
    | {name[:3]: number for number, name in enumerate(MONTHS, 1)}
    | {"sept": 9},
    numbers={
        word: number
        for number, word in enumerate(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
        )
    }
    | {"a": 1, "an": 1},
    ordinals={"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1},
    relatives={"today": 0, "tomorrow": 1, "day after tomorrow": 2, "the day after tomorrow": 2},
    at="at",
    noon="noon",
    begins="(?:from|starting(?: on)?|beginning(?: on)?)",
    between="(?:, and |, ?| and | & |/)",
    through="(?: to | through | ?- ?)",
    spans=(
        "in <hours> ?(?:hours?|hrs?|h)(?:(?:,| and)? ?<minutes>(?: ?(?:minutes?|mins?|m))?)?",
        "in <minutes> ?(?:minutes?|mins?|m)",
        "in (?P<half>half) an hour",
    ),
    days_ahead="in <n> (?:days?|(?P<weeks>weeks?))",
    dates=tuple(f"(?:on )?(?:<weekday>,? )?{one}(?:,? <year>)?" for one in _DATES),
    weekday_alone="(?:on )?<weekday>",
    rules=(
        ("every (?:day|<n> days|(?P<other>other day))|each day|daily", daily),
        (f"{_EACH} (?:weekday|workday|working day)|(?:on )?weekdays", working_days),
        (f"{_EACH} <list>", weekly),
        ("(?:on )?<plurals>", weekly),
        ("every (?P<other>other) <list>", weekly),
        (f"{_WEEKS} on <list>", weekly),
        (f"{_MONTHS} on (?:the )?{_OF_A_MONTH}", monthly),
        (f"(?:on )?(?:the )?{_OF_A_MONTH} of (?:every|each) month", monthly),
        (f"{_EACH} (?:last day|<nth> <weekday>) {_OF_MONTH}", monthly),
        (f"{_EACH} (?P<nth>first|1st|last) <weekday>", monthly),
        *((f"(?:{_YEARS} on|{_EACH}) {one}", yearly) for one in _DATES),
    ),
    refusals=(
        (
            "next <weekday>\\b.*",
            "“Next” means this week to some and the week after to others: name the day alone for the nearest one,"
            " or the date, such as 4 december.",
        ),
        (
            "every (?:second|third|fourth) <weekday>(?! of)\\b.*",
            "That is read in two ways: say every 2 weeks on monday, or every second monday of the month.",
        ),
        ("(?:every|each) (?:<n> )?(?:hours?|minutes?)\\b.*|hourly\\b.*", "A reminder repeats once a day at most."),
        ("(?:every week|weekly)(?! on)\\b.*", "Say on which day, for example every week on tuesday at 10:00."),
        ("(?:every month|monthly)(?! on)\\b.*", "Say on which day, for example every month on the 1st at 10:00."),
        (".*\\bmidnight\\b.*", "Midnight belongs to two days: say 0:00 and the day that begins then."),
        (
            ".*\\b(?:morning|afternoon|evening|tonight|noonish)\\b.*",
            "Give the time of day in figures, for example tomorrow at 9:00.",
        ),
    ),
)
