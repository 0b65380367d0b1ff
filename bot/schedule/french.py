"""Times in French, without accents: they are taken off before."""

from __future__ import annotations

from bot.schedule.language import Language, daily, monthly, weekly, working_days, yearly

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
_EACH = "(?:chaque|tous les)"
_DATE = "<day> <month>"
_OF_A_MONTH = "(?:<day>|dernier jour|<nth> <weekday>)"
_WEEKS = "(?:chaque semaine|toutes les (?:<n> )?semaines|(?P<other>une semaine sur deux))"
_EVERY_MONTH = "(?:chaque mois|tous les (?:<n> )?mois|(?P<other>un mois sur deux))"
_YEARS = "(?:chaque annee|tous les (?:<n> )?ans)"

FRENCH = Language(
    weekdays={name: number for number, name in enumerate(_DAYS)},
    plurals={f"{name}s": number for number, name in enumerate(_DAYS)},
    months={name: number for number, name in enumerate(_MONTHS, 1)}
    | {"janv": 1, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12},
    numbers={
        word: number
        for number, word in enumerate(
            ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"], 1
        )
    }
    | {"une": 1, "quinze": 15, "vingt": 20, "trente": 30},
    ordinals={
        "premier": 1,
        "premiers": 1,
        "1er": 1,
        "deuxieme": 2,
        "deuxiemes": 2,
        "troisieme": 3,
        "troisiemes": 3,
        "quatrieme": 4,
        "quatriemes": 4,
        "dernier": -1,
        "derniers": -1,
    },
    relatives={"aujourd'hui": 0, "demain": 1, "apres-demain": 2, "apres demain": 2},
    at="a",
    noon="midi",
    begins="(?:a partir du|a compter du|des le)",
    between="(?:, et |, ?(?:les? )?| et (?:les? )?|/)",
    through="(?: au | a | ?- ?)",
    spans=(
        "dans <hours> ?(?:heures?|h)(?: ?(?:et )?<minutes>(?: ?(?:minutes?|min|mn))?)?",
        "dans <minutes> ?(?:minutes?|min|mn)",
        "dans (?P<half>une demi)[- ]heure",
        "dans (?P<quarter>un quart) d'heure",
    ),
    days_ahead="dans <n> (?:jours?|(?P<weeks>semaines?))",
    dates=(f"(?:le )?(?:<weekday> )?{_DATE}(?: <year>)?",),
    weekday_alone="<weekday>",
    rules=(
        ("tous les (?:<n> )?jours|chaque jour|(?P<other>un jour sur deux)", daily),
        (
            f"tous les jours ouvres|chaque jour ouvre|{_EACH} jours? de (?:la )?semaine|en semaine"
            "|du lundi au vendredi",
            working_days,
        ),
        ("chaque <list>", weekly),
        ("tous les <plurals>", weekly),
        ("un <list> (?P<other>sur deux)", weekly),
        (f"{_WEEKS},? (?:les? )?<list>", weekly),
        (f"{_EVERY_MONTH},? le {_OF_A_MONTH}", monthly),
        (f"le {_OF_A_MONTH} (?:de chaque|de tous les) mois", monthly),
        (f"{_EACH} (?:derniers? jours?|<nth> <weekday>) (?:du|de chaque) mois", monthly),
        (f"{_EACH} (?P<nth>premiers?|1er|derniers?) <weekday>", monthly),
        (f"{_YEARS},? le {_DATE}", yearly),
        (f"{_EACH} {_DATE}", yearly),
    ),
    refusals=(
        (
            "(?:le )?<weekday> prochain\\b.*",
            "“Prochain” is read in two ways: name the day alone for the nearest one, or the date, such as 4 décembre.",
        ),
        (
            "(?:le )?(?:<weekday>)(?: a [0-9].*| [0-9]{1,2} ?[h:].*)?",
            "“Le mardi” may be one day or every week: say mardi à 9h, or chaque mardi à 9h.",
        ),
        (".*\\bouvrables?\\b.*", "“Ouvrable” counts the Saturday to some: say jours ouvrés, or du lundi au samedi."),
        ("(?:toutes les|chaque) (?:<n> )?(?:heures?|minutes?)\\b.*", "A reminder repeats once a day at most."),
        (".*\\bminuit\\b.*", "Midnight belongs to two days: say 0h00 and the day that begins then."),
        (".*\\b(?:matin|soir|apres-midi)\\b.*", "Give the time of day in figures, for example demain à 9h."),
    ),
    parts={"weekday": f"(?P<weekday>{'|'.join(_DAYS)})s?"},  # tous les derniers vendredis
)
