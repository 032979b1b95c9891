"""The words of names: how identifiers are shortened, and what kind of column a name tells of."""

from __future__ import annotations

from calendar import month_abbr, month_name
from typing import Final

from .wordlists import meanings, words

IRREGULAR: Final = meanings(
    """
    person: people
    man: men
    woman: women
    child: children
    foot: feet
    criterion: criteria
    series: series
    species: species
    news: news
    movie: movies
    cookie: cookies
    sale: sales
    country: countries
    city: cities
    gas: gas
    bus: bus; buses
    status: statuses
    campus: campuses
    data: data
    id: ids
    in: ins
    this: this
    was: was
    has: has
    does: does
    less: less
    analysis: analyses
    """
)

ABBREVIATIONS: Final = meanings(
    """
    number: num; no; nr; nbr
    quantity: qty
    amount: amt
    customer: cust
    department: dept
    average: avg
    percent: pct
    destination: dest
    description: desc
    year: yr
    count: cnt
    total: tot
    account: acct
    address: addr
    employee: emp
    product: prod
    category: cat
    transaction: txn; tx
    date: dt
    temperature: temp
    birthdate: dob
    manager: mgr
    organization: org
    invoice: inv
    order: ord
    currency: curr; ccy
    language: lang
    population: pop
    phone: tel
    """
)

CALENDARS: Final = (
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
)
"""How months and weekdays begin, in their order."""
MONTH_NAMES: Final = {
    month_abbr[n].lower(): month_name[n].lower() for n in range(1, 13) if month_name[n] != "May"
}
"""Months as columns shorten them."""

GENDERS: Final[dict[str, tuple[str, ...]]] = {
    "woman": ("female", "f"),
    "girl": ("female", "f"),
    "man": ("male", "m"),
    "boy": ("male", "m"),
}
"""Words for people, and how a column of genders writes them."""

DEMONYMS: Final = meanings(
    """
    africa: african
    america: american
    argentina: argentinian; argentine
    asia: asian
    australia: australian
    austria: austrian
    belgium: belgian
    brazil: brazilian
    canada: canadian
    china: chinese
    denmark: danish
    egypt: egyptian
    europe: european
    finland: finnish
    france: french
    germany: german
    greece: greek
    india: indian
    ireland: irish
    italy: italian
    japan: japanese
    mexico: mexican
    netherlands: dutch
    norway: norwegian
    poland: polish
    portugal: portuguese
    russia: russian
    spain: spanish
    sweden: swedish
    switzerland: swiss
    turkey: turkish
    """
)
"""What is said of the people and things of a place."""

STATES: Final = {
    name.strip(): code
    for code, name in (
        line.split(": ")
        for line in """
al: alabama; ak: alaska; az: arizona; ar: arkansas; ca: california; co: colorado; ct: connecticut;
de: delaware; fl: florida; ga: georgia; hi: hawaii; id: idaho; il: illinois; in: indiana; ia: iowa;
ks: kansas; ky: kentucky; la: louisiana; me: maine; md: maryland; ma: massachusetts; mi: michigan;
mn: minnesota; ms: mississippi; mo: missouri; mt: montana; ne: nebraska; nv: nevada;
nh: new hampshire; nj: new jersey; nm: new mexico; ny: new york; nc: north carolina;
nd: north dakota; oh: ohio; ok: oklahoma; or: oregon; pa: pennsylvania; ri: rhode island;
sc: south carolina; sd: south dakota; tn: tennessee; tx: texas; ut: utah; vt: vermont; va: virginia;
wa: washington; wv: west virginia; wi: wisconsin; wy: wyoming; dc: district of columbia
""".replace("\n", " ")
        .strip()
        .split("; ")
    )
}
"""States of the USA -> the codes that a column of states may hold instead."""

SYNONYMS: Final = (
    words("country nation"),
    words("shop store"),
    words("film movie"),
    words("customer client"),
    words("employee worker"),
    words("kind type"),
    words("title name"),
    words("cost price"),
    words("nationality country"),
    words("car vehicle automobile"),
    words("author writer"),
    words("salary wage pay"),
    words("location place"),
    words("teacher instructor"),
    words("phone telephone"),
)
"""Words that name the same column or table to most people."""

NUMBER_WORDS: Final[dict[str, float]] = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "hundred": 100.0, "dozen": 12.0}

MAGNITUDES: Final[dict[str, float]] = {
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mm": 1e6,
    "b": 1e9,
    "bn": 1e9,
}

MAGNITUDE_WORDS: Final[dict[str, float]] = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}

MONEY: Final = ("amount", "revenue", "sale", "total", "turnover", "sale amount", "total amount")
UNITS: Final = ("quantity", "unit", "unit sold", "quantity sold", "item sold")
CONCEPTS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "sale": (MONEY, UNITS),
    "revenue": (MONEY,),
    "turnover": (MONEY,),
    "amount": (MONEY,),
    "money": (MONEY,),
    "spending": (MONEY, ("spend", "spent", "total spent", "cost", "expense")),
    "spend": (MONEY, ("spent", "total spent", "cost", "expense")),
}
"""Analysts' words -> column names they may stand for, when no column has the word itself."""

ADDITIVE: Final = words(
    """
    amount budget clicks cost count expense expenses hours income number order orders payment
    population precipitation profit quantity rain rainfall revenue sale sales sold spend spent
    ticket tickets total turnover unit units value views visits volume vote votes
    """
)
"""Heads of columns that are totalled when a question names them without saying how."""

AVERAGED: Final = words(
    """
    age altitude average capacity density depth distance duration elevation grade height
    horsepower humidity index latitude length longitude mean mpg percent percentage pressure
    price rate rating ratio salary score share speed temperature wage weight width year
    """
)
"""Heads of columns whose totals mean nothing."""

GENERIC: Final = words(
    """
    label name title
    """
)

IDENTIFIERS: Final = words(
    """
    code id index isbn key number phone postal postcode rank sku uid uuid year zip zipcode
    """
)

MEASURE_UNITS: Final = words(
    """
    c celsius chf cm eur f fahrenheit ft g gbp ha hour hr inch kg km kmh kw kwh lb lbs meter
    metre mg mi mile min minute mm mph ms mw percent sec second sqkm sqm usd
    """
)

UNIT_NAMES: Final[dict[str, str]] = {
    "c": "celsius",
    "chf": "franc",
    "cm": "centimeter",
    "eur": "euro",
    "f": "fahrenheit",
    "ft": "foot",
    "g": "gram",
    "gbp": "pound",
    "ha": "hectare",
    "hr": "hour",
    "kg": "kilogram",
    "km": "kilometer",
    "lb": "pound",
    "m": "meter",
    "mg": "milligram",
    "mi": "mile",
    "min": "minute",
    "mm": "millimeter",
    "sec": "second",
    "usd": "dollar",
}
"""Units as names shorten them -> the unit's own name."""

ORIGIN: Final = words(
    """
    departure from orig origin source src start
    """
)

TARGET: Final = words(
    """
    arrival dest destination end target to
    """
)
