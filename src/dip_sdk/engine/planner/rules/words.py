"""Words: a question as tokens, identifiers as words, and the stem both are compared by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from .namewords import ABBREVIATIONS, IRREGULAR, MAGNITUDES, NUMBER_WORDS


@dataclass(frozen=True)
class Token:
    """One word, number, symbol or quoted text of a question."""

    text: str
    low: str
    """Lower case, without accents."""
    stem: str
    number: float | None = None
    quoted: bool = False
    percent: bool = False

    @property
    def joined(self) -> str:
        """The stem; of an identifier (`order_id`) the stems of its words together."""
        return "".join(name_words(self.text)) if "_" in self.text else self.stem


_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]+"|\u201c[^\u201d]+\u201d|(?<![\w])'[^']+'(?![\w])|\u2018[^\u2019]+\u2019)
  | (?P<iso>\d{4}-\d{1,2}(?:-\d{1,2})?(?!\d)|\d{1,2}/\d{1,2}/\d{4})
  | (?P<number>[$€£]?(?<![\w.])-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:\s?%|(?:k|m|bn|mn|mm|b)\b)?(?![\w]))
  | (?P<symbol>>=|<=|!=|<>|≥|≤|≠|[<>=])
  | (?P<sign>[*\u00d7\u00f7^]|(?<=\s)(?:[+/]|-(?!\s+(?:by|per|for|in|of|with)\b))(?=\s))
  | (?P<word>\w+(?:['\u2019]\w+)*)
  | (?P<mark>[,;.?!:])
    """,
    re.VERBOSE | re.IGNORECASE,
)

_SIGN = re.compile(r"[*\u00d7\u00f7^+/-]")


def tokenize(text: str, *, names: Iterable[str] | None = None) -> tuple[Token, ...]:
    """The tokens of a question; closing punctuation is dropped, a comma stays.

    With `names` the signs of a calculation (`price * quantity`) are tokens too, but for those that
    one of the names is written with.
    """
    for name in filter(_SIGN.search, names or ()):
        written = rf"(?<![\w\"'\u201c\u2018]){re.escape(name)}(?!\w)"
        text = re.sub(written, _SIGN.sub(" ", name), text, flags=re.IGNORECASE)
    every = _TOKEN.finditer(text)
    tokens = [_token(t) for t in every if t.lastgroup != "sign" or names is not None]
    ends = [replace(t, low=".") if t.low in {"?", "!"} else t for t in tokens]
    kept = [token for token in ends if token.low != ":"]
    while kept and kept[-1].low in {".", ",", ";"}:
        kept.pop()
    return tuple(kept)


def _token(found: re.Match[str]) -> Token:
    text = found.group()
    if found.lastgroup == "quoted":
        inner = text[1:-1].strip()
        return Token(inner, fold(inner), phrase_key(inner), quoted=True)
    if found.lastgroup == "number":
        return Token(text, text.lower(), text.lower(), parse_number(text), percent="%" in text)
    low = re.sub(r"(?<=\w)['\u2019]s$|(?<=s)['\u2019]$", "", fold(text))
    return Token(text, low, stem(low), NUMBER_WORDS.get(low))


def fold(text: str) -> str:
    """Lower case, accents removed, inner space made single."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The singular of a folded English word: the form names, values and questions share."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 6 and word.endswith("people"):
        return word.removesuffix("people") + "person"
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


def parse_number(text: str) -> float | None:
    """The number a token writes: `1,200`, `$5`, `10k`, `1.5m`, `12%`."""
    found = re.fullmatch(r"[$€£]?(-?[\d,]*\.?\d+|-?\d[\d,]*)\s?(%|k|m|mn|mm|bn|b)?", text.lower())
    if not found:
        return None
    try:
        value = float(found.group(1).replace(",", ""))
    except ValueError:
        return None
    return value * MAGNITUDES.get(found.group(2) or "", 1.0)


_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=20_000)
def name_words(identifier: str) -> tuple[str, ...]:
    """The stems of an identifier: `orderDate`, `order_date` and `Order Date` are alike."""
    plain = unicodedata.normalize("NFKD", identifier)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    parts = (part.casefold() for part in _NAME_PART.findall(plain))
    return tuple(stem(ABBREVIATIONS.get(part, part)) for part in parts) or (identifier.casefold(),)


@lru_cache(maxsize=200_000)
def phrase_key(text: str) -> str:
    """A cell or phrase in the form spans are looked up by: its stems, one space between."""
    return " ".join(re.findall(r"\w+", " ".join(map(stem, re.findall(r"\w+", _flat(text))))))


def _flat(text: str) -> str:
    return re.sub(r"['\u2019]s\b|['\u2019]", "", fold(text))


def readable(identifier: str) -> str:
    """An identifier as a person would write it: `order_date` -> `order date`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", identifier.replace("_", " "))
    words = (w if w.isupper() and len(w) > 1 else w.lower() for w in spaced.split())
    return " ".join(words) or identifier
