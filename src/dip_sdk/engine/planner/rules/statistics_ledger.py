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
    a all also an and any are as at be been being by calculate can check clear column columns
    compute could dataset data determine did discern do does evidence exist exists file
    find first for from give given has have how i if in indicate indication into is it its level
    levels me method name no not of on or our out please provide provided question recorded
    report score scores show shows significant significance statistical statistically suggest
    table tell test than that the their them there these they this those to type types used
    using value values variable variables was we were what whether with you your csv between
    proof noticeable measurable discernible so yes many much number count total identify detect
    """
)
"""Words of a question that say neither which rows nor what is done with them."""

STATISTICS: Final = words(
    """
    adhere adheres assumption categorical category classification coefficient conform conforms
    degree dependence dependent deviation distributed distribution exhibit exhibits extent follow
    follows frequencies group independence independent linear measure moderate normal normality
    normally numeric numerical observed incidence occurrence outlier p pattern presence pvalue
    quantity rank sample standard statistic strength strong test u weak wilk
    """
)
"""Words of statistics that name no method of their own."""

TOLD: Final = words(
    """
    changed direction divided fewer hundredth highest lowest more nearest tenth pre
    define defined fall falls identified stated taken well
    accept accepted according above absolute after against alpha answer appropriate approach
    assess assessed associated assume assumed assumption based basis before below between both
    built builtin calculated calculates calculation check checked close computation computed
    conclude consider considered constant contain contained contains corresponding data decimal
    decimals declare decision defined depending digit digits done doing drawn either else equal
    error evaluate existing exists explain findings float floating following formatted formatting
    formula function functions greater higher hypothesis ignore ignored indicates indicating
    indicative integer interpret interpretation itself keep larger less level library libraries
    list lower may mean means method methods missing model module must nan nearest need note null
    number numpy observation observations one otherwise output package packages pandas part
    perform performed place places point points positive negative precision present presented
    python rather records refer reject rejected report reported represent represented
    represents representing respectively result results return rounded round rounding row rows
    scenario scipy should simple single smaller so specified standardized stats statsmodels step
    string strength take takes taking term terms then therefore true false tuple two three four
    five six type under upper use used uses using valid when where which while whole will within
    zero yes no nonnormal non or than is presence format e g i built-in other perform entire
    calculating determining true your strictly its value default defaults parameters settings
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
    return tuple(w for w in _unnamed(rest) if not _taken(w, known, numbers))


def _unnamed(text: str) -> list[str]:
    """The words of a text without the names of methods and quantities."""
    return _WORD.findall(_NAMES.sub(" ", " ".join(_WORD.findall(text.casefold()))))


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
