"""The ledger of a statistical question: every word of it is accounted for, or it is not answered.

A word is taken in by a statistic or a method, by a column's own name, by the table's name, by the
form of the answer, or it is one of the words below, which change nothing. A word that is left may
ask for other rows or for a step that is not taken: there is no list of such words, nor need of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from .query import Col
from .statistics_format import QUANTITIES, Form
from .statistics_words import COMPARED, METHODS, TOPICS
from .wordlists import words
from .words import name_words, stem

ASKING: Final = words(
    """
    a about actual all also an analyze and any apparent are as assess assessment assume at
    attribute be been being between by calculate can case certain check clear column compare
    compute consider could csv data dataset describe detect determine did discern discernible
    display do does entire estimate evaluate evidence examine exist exists explain explore field
    file find first for from get give given has have how i identify if in indicate indication
    individual into investigate is it its know level list many may me meaning meaningful
    measurable method might much name need no not notable noticeable number observation obtain
    of on one or our out overall participant particular people perform person please point
    possible potential present provide provided question real record recorded regard regarding
    relate related report respective respectively respondent result score seem set should show
    shown shows significance significant significantly so some specific statistical
    statistically study suggest table tell term test than that the their them there these they
    this those to total type typical use used using value variable verify want was we were what
    whether whole will with within would yes you your
    """
)
"""Words of a question that say neither which rows nor what is done with them."""

STATISTICS: Final = words(
    """
    adhere adheres assumption categorical category classification coefficient conform conforms
    degree dependence dependent deviation distributed distribution exhibit exhibits extent
    follow follows frequencies group incidence independence independent linear measure moderate
    normal normality normally numeric numerical observed occurrence outlier p pattern presence
    pvalue quantity rank sample standard statistic strength strong test u weak wilk
    """
)
"""Words of statistics that name no method of their own."""

TOLD: Final = words(
    """
    above absolute accept according after against alpha alternative analysis answer any approach
    appropriate approximation arithmetic associated assume assumed available based basis because
    before below boolean both bounded built builtin calculated calculating calculation category
    cell changed character checked chosen close comma compared computation computed computing
    conclude conclusion condition conduct conducted considered constant constraint contain
    correct corresponding datapoint decimal decision declare default define defined degree
    depending detected digit direction display divided done double drawn either else ensure
    equal error estimated evaluated evidence exact exactly exceed existing expected express
    expressed fail failed fall falls false fewer final finding five float floating following
    form format formatted formula four fraction function given greater handle handled hence
    higher highest however hundredth hypothesis identified ignore ignored include inclusive
    indicated indicates indicating indicative inference information integer interpret
    interpretation itself keep larger least less library lie lies like lower lowest made make
    manually mean means method missing model module more must namely nan nearest necessary
    negative neither non nonnegative nonnormal nor note null numpy object obtained occur
    otherwise outcome output package pair pandas part percent perform performed performing place
    positive precision presented procedure proceed produce produced purpose python r range
    rather read reject rejected represent represented representing require required respect
    return returned round rounded rounding row rule same scenario scientific scipy separate
    simple simply single six smaller specified standardized state stated statement stats
    statsmodels step string sum take taken takes taking tenth then therefore thousandth three to
    true two type under up upper usual valid vary via way well when where which while zero
    """
)
"""Words in which the form of an answer and the steps of a known method are told."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|-?\d+(?:\.\d+)?")
_USUAL_NUMBERS = frozenset({"0", "1", "-1", "100"})
_THRESHOLDS = {"z_score": {"3", "-3"}, "iqr": {"1.5"}}


def unexplained(strange: Iterable[str], columns: Iterable[Col]) -> tuple[str, ...]:
    """The words beside the columns of a question that nothing takes in."""
    known = _own(columns) | ASKING
    return tuple(w for w in _unnamed(" ".join(strange)) if not _taken(w, known, ()))


def untold(
    question: str, rest: str, form: Form, columns: Iterable[Col], op: str
) -> tuple[str, ...]:
    """The words that are said after a question, and the numbers, that nothing takes in."""
    known = _own(columns) | ASKING | TOLD | _said(question)
    known |= {w for label in form.labels for part in (label.name, label.about) for w in _said(part)}
    known |= {w for answer in (form.yes, form.no) for w in _said(answer)}
    numbers = {*_USUAL_NUMBERS, *_THRESHOLDS.get(op, ()), *_levels(form)}
    rest = _UNDONE.sub(" ", _LEFT_OUT.sub(" ", rest))
    rest = _QUARTILES.sub(" ", rest) if op == "iqr" else rest
    return tuple(w for w in _unnamed(rest) if not _taken(w, known, numbers))


_LEFT_OUT = re.compile(
    r"(?:drop|remov|exclud|ignor|omit|skip|discard|leav)\w*\s+(?:(?:any|all|the|rows?|records?|"
    r"entries|values?|data|points?|with|that|have|has|are|containing|of|or|out)\s+)*"
    r"(?:missing|null|nan|na)\b",
    re.IGNORECASE,
)
"""Missing values are left out of every operation: to say so changes nothing."""


_UNDONE = re.compile(r"\bwithout\s+\w+ing\b[^.;\n]*", re.IGNORECASE)
"""As in "without excluding any data": what is not done."""
_QUARTILES = re.compile(
    r"\bq[13]\b|\b(?:25|75)th(?:\s+percentile)?|\b(?:first|third|lower|upper)\s+quartiles?|"
    r"\b1\.5\s+times\b",
    re.IGNORECASE,
)


def _unnamed(text: str) -> list[str]:
    """The words of a text without the names of methods and quantities."""
    return _WORD.findall(_NAMES.sub(" ", " ".join(_WORD.findall(text.casefold()))))


COMPUTED: Final = words(
    """
    absolute aggregate binned centered change changed cumulative daily diff difference growth
    interpolated lagged log logarithm logged monthly moving normalized percent percentage
    previous product ranked rate ratio relative rolling root scaled smoothed square squared
    standardized sum transformed weekly weighted yearly
    """
)
"""Words that make another number of a column: they never only describe it."""


def describes(word: str) -> bool:
    """The word may stand in a description of a column: it asks, computes and names nothing."""
    known = ASKING | COMPUTED | STATISTICS
    said = word in known or stem(word) in known or _of_a_topic(word) or bool(_NAMES.search(word))
    return not said and not word[-1:].isdigit()


def described_by(question: str, columns: Iterable[Col]) -> set[str]:
    """The words of a description (mean, range) that belong to no column's name."""
    return set(re.findall(TOPICS["description"], question)) - _own(columns)


def _taken(word: str, known: frozenset[str], numbers: Iterable[str]) -> bool:
    if word[-1:].isdigit():
        return word in numbers
    bare = re.sub(r"['\u2019]s?$", "", word)
    said = {bare, stem(bare)}
    return len(bare) < 2 or bool(said & (known | STATISTICS)) or _of_a_topic(bare)


def _of_a_topic(word: str) -> bool:
    return bool(COMPARED.fullmatch(word)) or any(
        re.fullmatch(pattern, word) for pattern in TOPICS.values()
    )


def _levels(form: Form) -> Iterator[str]:
    """The level of a test and the decimals of an answer as they are written."""
    digits = [form.decimals, *(label.decimals for label in form.labels)]
    yield from (str(n) for n in digits if n is not None)
    yield from (f"{form.alpha:g}", f"{form.alpha * 100:g}", f"{form.alpha:.2f}")


def _own(columns: Iterable[Col]) -> frozenset[str]:
    """The words of the columns' own names and of their tables."""
    names = {name for c in columns for name in (c.name, c.label, c.table)}
    return frozenset(w for name in names for w in (*name_words(name), *_said(name)))


def _said(text: str) -> set[str]:
    return {w.casefold() for w in _WORD.findall(text.replace("_", " "))}


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """The names as whole words, the longest first."""
    plain = sorted({" ".join(_WORD.findall(name)) for name in names}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(plain)})\b")


_NAMES: Final = _any_of(n for names in (*METHODS.values(), *QUANTITIES.values()) for n in names)
