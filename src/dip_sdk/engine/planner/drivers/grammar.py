"""Questions about a change: "why did sales fall in March", "what drove the rise in revenue"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ..rules.sentence import Phrases
from ..rules.wordlists import phrases, words
from ..rules.words import Token

Way: TypeAlias = Literal["", "rise", "fall"]
Tokens: TypeAlias = tuple[Token, ...]

_FALL: Final = words(
    """
    fall falls fell fallen falling drop drops dropped dropping decrease decreases decreased
    decreasing decline declines declined declining shrink shrank shrunk shrinking sink sank sunk
    slump slumped dip dipped plunge plunged lower less fewer smaller down
    """
)
_RISE: Final = words(
    """
    rise rises rose risen rising grow grows grew grown growing growth increase increases increased
    increasing climb climbed climbing jump jumped jumping surge surged higher more greater larger up
    """
)
_CHANGE: Final = words("change changes changed changing differ differs different")
_SAID: Final[dict[Way, frozenset[str]]] = {"fall": _FALL, "rise": _RISE, "": _CHANGE}
_WAYS: Final = {word: way for way, said in _SAID.items() for word in said}
_MORE: Final = words("more higher greater larger less fewer lower smaller")
_GO: Final = words("go goes going went gone come comes coming came get got gotten")
_ADVERBS: Final = words(
    "so much sharply suddenly significantly strongly slightly dramatically heavily rapidly steeply "
    "far that really even been being"
)
_BEFORE_NOUN: Final = words(
    "the a an this our big sharp sudden strong large recent overall steep slight huge total of"
)
_POLITE: Final = words("please can could you tell me us explain show do know")
_AUX: Final = words("did do does have has had is are was were")
_WHY: Final = Phrases.of(phrases("why; how come"))
_HAPPENED: Final = Phrases.of(phrases("what happened to; what happened with"))
_OF: Final = words("of for behind")
_SEEN: Final = Phrases.of(
    phrases(
        "there; there been; we see; we have; we seen; i see; we sell; we sold; we earn; we make"
    )
)

_LEADS: Final = Phrases.of(
    phrases(
        """what drove; what drives; what driving; what is driving; what was driving; what explains;
        what explained; what caused; what causes; what is causing; what behind; what is behind;
        what was behind; what lies behind; what led to; what made; what contributed to;
        what contributed most to; what contributes to; what accounts for; what accounted for;
        explain; break down; breakdown of; a breakdown of; where did; where does"""
    )
)
_VERBS: Final = Phrases.of(
    phrases(
        """drove; drives; drive; are driving; is driving; caused; cause; explain; explains;
        explained; contributed to; contributed most to; contribute to; contribute most to;
        account for; accounts for; accounted for; are behind; is behind; were behind; was behind;
        led to; made; are responsible for; is responsible for; was responsible for"""
    )
)
_ASKED_FOR: Final = words(
    "what are were is was which show me give the main key biggest top most important"
)
_REASONS: Final = words("driver reason cause factor")


@dataclass(frozen=True)
class Asked:
    """The parts of a question about a change."""

    way: Way
    """What is said to have happened."""
    measure: Tokens
    """Begins with the measure; a period or a place may follow."""
    rest: Tokens
    by: Tokens = ()
    """What the question wants named: "which regions drove ..."."""
    sure: bool = True
    """The words can be nothing else; "the drivers of ..." may ask for rows."""


def asked(tokens: Tokens) -> Asked | None:
    """The question as one about a change; None where it is another."""
    if tuple(t.low for t in tokens[-2:]) == ("come", "from"):
        tokens = tokens[:-2]
    i = _skip(tokens, 0, _POLITE)
    for _, end in _WHY.at(tokens, i)[:1]:
        return _change(tokens, _skip(tokens, end, _AUX))
    for _, end in [*_LEADS.at(tokens, 0), *_LEADS.at(tokens, i)]:
        if found := _change(tokens, end):
            return found
    for _, end in _HAPPENED.at(tokens, i)[:1]:
        return Asked("", tokens[end:], (), sure=False)
    found = _which(tokens, i + 1) if _low(tokens, i) in {"which", "what"} else None
    found = found or _reasons(tokens)
    return replace(found, sure=False) if found else None


def _reasons(tokens: Tokens) -> Asked | None:
    """`what are the main drivers of the drop in sales`."""
    i = _skip(tokens, 0, _ASKED_FOR)
    named = i < len(tokens) and tokens[i].stem in _REASONS
    return _change(tokens, i + 2) if named and _low(tokens, i + 1) in _OF else None


def _which(tokens: Tokens, start: int) -> Asked | None:
    """`which regions drove the drop in sales`, `what factors contributed to ...`."""
    for i in range(start + 1, min(start + 5, len(tokens))):
        for _, end in _VERBS.at(tokens, i):
            if found := _change(tokens, end):
                by = () if tokens[i - 1].stem in _REASONS else tokens[start:i]
                return replace(found, by=by)
    return None


def _change(tokens: Tokens, i: int) -> Asked | None:
    for _, end in _SEEN.at(tokens, i)[:1]:
        i = end
    return _as_noun(tokens, i) or _as_verb(tokens, i)


def _as_noun(tokens: Tokens, i: int) -> Asked | None:
    """`the drop in sales ...`, `fewer orders ...`."""
    i = _skip(tokens, i, _BEFORE_NOUN)
    more, of = _low(tokens, i) in _MORE, _low(tokens, i + 1) in {"in", "of", "for"}
    measure = tokens[i + 1 + of :]
    if _low(tokens, i) not in _WAYS or not measure or not (more or of):
        return None
    return Asked(_WAYS[_low(tokens, i)], measure, ())


def _as_verb(tokens: Tokens, i: int) -> Asked | None:
    """`sales fall ...`, `revenue growth ...`, `prices go up ...`."""
    for k in range(i + 1, len(tokens)):
        end = _skip(tokens, k, _ADVERBS | _GO)
        if (word := _low(tokens, end)) in _WAYS:
            return Asked(_WAYS[word], tokens[i:k], tokens[_skip(tokens, end + 1, _ADVERBS) :])
    return None


def _skip(tokens: Sequence[Token], i: int, words: frozenset[str]) -> int:
    while i < len(tokens) and tokens[i].low in words and not tokens[i].quoted:
        i += 1
    return i


def _low(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].low if 0 <= i < len(tokens) else ""
