"""An answer in an asked form: "@mean_age[mean] where mean is rounded to two decimals"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ....types.sql import quoted
from .namewords import NUMBER_WORDS
from .words import name_words

ALPHA = 0.05
_LABEL = re.compile(r"@+(\w+)\s*\[\s*([^\]\n]*?)\s*\]")
_DECIMALS = re.compile(
    r"(\w+)[\s-]+(?:decimal|digits after)|decimals?\s+(?:places?\s+)?(?:to|:)\s*(\d)"
)
_ROUNDED = re.compile(r"\bround|decimal|digits|nearest", re.IGNORECASE)
_NEAREST = {"integer": 0, "whole": 0, "tenth": 1, "hundredth": 2, "thousandth": 3}
_ALPHA = re.compile(r"(?:alpha|significance level)[^.\d]{0,40}?(0?\.\d+)", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*(?:question\s+)?\d+[.:)]\s+", re.IGNORECASE)
_CHOICE = re.compile(r"[\"'\u201c]([^\"'\u201d]{2,30})[\"'\u201d]")
_NEGATED = re.compile(r"^(no|not|non|none|false|in)\b|^(not|non|in)(?=[a-z])|^no ", re.IGNORECASE)

QUANTITIES: dict[str, tuple[str, ...]] = {
    "p": ("p value", "pvalue", "p"),
    "std": ("std", "standard deviation", "sd", "stdev", "stddev", "std dev", "deviation"),
    "mean": ("mean", "average", "avg"),
    "median": ("median",),
    "skewness": ("skewness", "skew"),
    "kurtosis": ("kurtosis",),
    "min": ("minimum", "min"),
    "max": ("maximum", "max"),
    "range": ("range",),
    "variance": ("variance",),
    "outliers": ("outlier", "number of outlier", "outlier count"),
    "decision": (
        "normal", "normality", "significant", "significance", "decision", "distribution type",
        "is normal", "response", "status",
    ),
    "statistic": (
        "correlation", "coefficient", "corr", "statistic", "r", "correlation coefficient",
    ),
}  # fmt: skip
"""What may be asked for, with the words for it; the first that fits a label counts."""


@dataclass(frozen=True)
class Label:
    """One thing the answer shall hold, by the name it shall have."""

    name: str
    about: str
    """What stands in its brackets."""
    decimals: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Its name in words, without a number's sign."""
        return name_words(self.name)

    @property
    def quantity(self) -> str:
        """Which of `QUANTITIES` it asks for; "" for none."""
        said = f" {' '.join((*self.words, *name_words(self.about)))} "
        for quantity, names in QUANTITIES.items():
            if any(f" {name} " in said for name in names):
                return quantity
        return ""


@dataclass(frozen=True)
class Form:
    """The form an answer is asked in."""

    labels: tuple[Label, ...] = ()
    yes: str = ""
    no: str = ""
    """The words of a decision; "" where none are given."""
    alpha: float = ALPHA
    decimals: int | None = None
    rounded: bool = False
    """Something shall be rounded, whether or not it is told how far."""

    @property
    def asked(self) -> bool:
        return bool(self.labels)


def form_of(text: str) -> Form:
    """The form that a question spells out; one without labels where it asks for none."""
    parts = _LABEL.findall(text)
    level = _ALPHA.search(text)
    yes, no = _answers(text)
    common = _decimals(text)
    labels = tuple(Label(name, about, _own(text, name, about, common)) for name, about in parts)
    alpha = float(level[1]) if level else ALPHA
    return Form(labels, yes, no, alpha, common, bool(_ROUNDED.search(text)))


def without_form(text: str) -> str:
    """The question alone: its first paragraph, without the number it has in a list."""
    first = re.split(r"\n\s*\n|@\w+\[", text, maxsplit=1)[0]
    return _NUMBERED.sub("", first)


def _decimals(text: str) -> int | None:
    """The one number of decimals that is named; None where there are several or none."""
    found = {n for n in (_number(a or b) for a, b in _DECIMALS.findall(text)) if n is not None}
    found |= {_NEAREST[w] for w in re.findall(r"nearest (\w+)", text.lower()) if w in _NEAREST}
    return found.pop() if len(found) == 1 else None


def _own(text: str, name: str, about: str, common: int | None) -> int | None:
    """A label's own decimals: those named in the clause that explains it."""
    for word in filter(None, (about, name)):
        clause = re.search(rf"[\"']?{re.escape(word)}[\"']? is ([^;]*?)(?:;|, and [\"']|$)", text)
        if clause and (found := _decimals(clause[1])) is not None:
            return found
    return common


def _number(word: str) -> int | None:
    value = NUMBER_WORDS.get(word.casefold(), int(word) if word.isdigit() else None)
    return int(value) if value is not None and 0 <= value <= 12 else None


def _answers(text: str) -> tuple[str, str]:
    """The two words a decision shall be told by, the first for yes."""
    said = list(dict.fromkeys(_CHOICE.findall(text)))
    for no in said:
        if not _NEGATED.search(no):
            continue
        bare = re.sub(r"^(not|non|no|in)[ -]*", "", no, flags=re.IGNORECASE).casefold()
        for yes in said:
            if yes != no and yes.casefold() in {bare, _OPPOSITES.get(no.casefold(), "")}:
                return yes, no
    both = re.search(r"\btrue\b.{0,80}\bfalse\b", text, re.IGNORECASE | re.DOTALL)
    return ("true", "false") if both else ("", "")


_OPPOSITES = {"no": "yes", "false": "true"}


def select(form: Form, source: str, columns: dict[str, str]) -> str | None:
    """One row with the labels, from a table with a row; None where a label asks for more.

    Two labels of one quantity ask for more: which is which is not known. So does a number that
    shall be rounded, where it is not clear how far.

    `columns` are expressions by quantity.
    """
    items = []
    wanted = [label.quantity for label in form.labels]
    if len(set(wanted)) < len(wanted) or ("decision" in wanted and not form.yes):
        return None
    for label in form.labels:
        expression = columns.get(label.quantity)
        if expression is None:
            return None
        if label.quantity == "decision":
            yes, no = form.yes.replace("'", "''"), form.no.replace("'", "''")
            expression = f"case when {expression} then '{yes}' else '{no}' end"
        elif label.quantity != "outliers" and label.decimals is None and form.rounded:
            return None
        elif label.quantity != "outliers" and label.decimals is not None:
            expression = f"round({expression}, {label.decimals})"
        items.append(f"{expression} as {quoted(label.name)}")
    return f"select {', '.join(items)} from {quoted(source)}"
