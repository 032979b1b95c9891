"""Names taken apart: the words of a column or table name, without plural and without key word."""

from __future__ import annotations

import re
from functools import lru_cache

KEYS = (
    "id",
    "identifier",
    "key",
    "code",
    "no",
    "nr",
    "num",
    "number",
    "uid",
    "uuid",
    "pk",
    "fk",
    "sk",
)
NAMES = ("name", "title", "label")


@lru_cache(maxsize=10_000)
def words(name: str) -> tuple[str, ...]:
    """A name as lower-case singular words: `ShipCountries` -> (ship, country)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(singular(word.lower()) for word in re.findall(r"[^\W_]+", spaced))


def singular(word: str) -> str:
    """The word without its plural ending: countries, boxes, orders; `status`, `class` stay."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "news")):
        return word[:-1]
    return word


def without_key(parts: tuple[str, ...]) -> str:
    """What the words name, without their key word: `customer_id`, `customerid` -> customer."""
    if len(parts) > 1 and parts[-1] in KEYS:
        return "".join(parts[:-1])
    name = "".join(parts)
    if name in KEYS:
        return ""
    short = next(
        (name.removesuffix(k) for k in ("uuid", "code", "key", "id") if name.endswith(k)), ""
    )
    return short if len(short) > 2 else name
