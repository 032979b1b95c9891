"""How the word tables are written: words by spaces, phrases by semicolons, meanings by line."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Single words."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Phrases with semicolons between."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(";"))


def meanings(text: str) -> dict[str, str]:
    """Phrase -> meaning, from lines `meaning: phrase; phrase`; a line that ends in ";" goes on."""
    found: dict[str, str] = {}
    joined = text.replace(";\n", "; ")
    for line in joined.strip().splitlines():
        meaning, _, listed = line.partition(": ")
        found |= dict.fromkeys(phrases(listed), meaning.strip())
    return found
