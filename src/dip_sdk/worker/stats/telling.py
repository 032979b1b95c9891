"""The words of a reading: numbers, what a p value allows to say, and how large an effect is.

Nothing is proved: a small p speaks against an assumption, a large one does not speak for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, isnan
from typing import Any

from ...types.operations.base import Assumption
from .base import Outcome
from .samples import refuse


def num(value: float) -> str:
    """A number with four figures that count: 1,205, 3.142, 0.0004567."""
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        digits = 0 if abs(value) >= 1000 else None
        return f"{value:,.0f}" if digits == 0 else f"{value:.4g}"
    return f"{value:.3e}"


def told_apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers with as many decimals as show that they differ: 2,008.03 and 2,008.04."""
    plain = num(a), num(b)
    if a == b or plain[0] != plain[1]:
        return plain
    tried = ((f"{a:,.{n}f}", f"{b:,.{n}f}") for n in range(1, 12))
    return next((pair for pair in tried if pair[0] != pair[1]), plain)


def p_is(p: float) -> str:
    """ "p = 0.032" or "p < 0.001": never 0, and never 1 unless it is."""
    if p < 0.001:
        return "p < 0.001"
    return "p > 0.999" if 0.999 < p < 1 else f"p = {p:.3f}"


def level(confidence: float) -> str:
    """ "95%"."""
    return f"{100 * confidence:g}%"


def shows(p: float, confidence: float, effect: str) -> str:
    """What a p value allows to say of `effect`, what is looked for ("a difference in means")."""
    at = f"{p_is(p)}, at the {level(round(1 - confidence, 10))} level"
    if p < 1 - confidence:
        return f"The data show {effect} ({at})."
    return f"The data do not show {effect} ({at}); there may still be one."


def sided(alternative: str, *, two: str, greater: str, less: str) -> str:
    """The effect that a test of this alternative looks for."""
    return {"greater": greater, "less": less}.get(alternative, two)


SIZES = {
    "Cohen's d": (0.2, 0.5, 0.8),
    "r": (0.1, 0.3, 0.5),
    "rank-biserial r": (0.1, 0.3, 0.5),
    "Cohen's h": (0.2, 0.5, 0.8),
    "eta squared": (0.01, 0.06, 0.14),
    "epsilon squared": (0.01, 0.06, 0.14),
    "Cramer's V": (0.1, 0.3, 0.5),
}
"""From where on an effect is called small, medium, large (Cohen, 1988)."""


def size(effect: float, name: str, scale: float = 1.0) -> str:
    """ "Cohen's d is 0.61, a medium effect"; `scale` stretches Cohen's bounds."""
    small, medium, large = SIZES[name]
    amount = abs(effect) * scale
    word = (
        "large" if amount >= large else "medium" if amount >= medium
        else "small" if amount >= small else "very small"
    )  # fmt: skip
    return f"{name[:1].upper()}{name[1:]} is {num(effect)}, a {word} effect."


def counted(count: int, thing: str) -> str:
    """ "1 row", "1,204 rows"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def left_out(missing: int) -> str:
    """ "; 3 missing left out", or nothing."""
    return f"; {missing:,} missing left out" if missing else ""


def outcome(
    rows: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    reading: str,
    assumptions: Sequence[Assumption] = (),
) -> Outcome:
    """The rows as a table; raises `QueryFailed` where a statistic or its p is undefined."""
    import pyarrow as pa

    listed = [rows] if isinstance(rows, Mapping) else list(rows)
    for row in listed:
        tested = (row.get("statistic"), row.get("p"))
        if any(value is not None and not isfinite(value) for value in tested):
            raise refuse(
                "The statistic is undefined for these values.",
                "There are too few of them, or they do not differ enough.",
                "undefined_statistic",
            )
    plain = [_ordered({key: _known(value) for key, value in row.items()}) for row in listed]
    return Outcome(pa.Table.from_pylist(plain), " ".join(reading.split()), tuple(assumptions))


FIRST = (
    "statistic", "df", "df_within", "df_2", "p", "effect", "effect_name", "difference", "low",
    "high", "confidence", "alternative",
)  # fmt: skip
"""The order in which a test tells its numbers; what is particular to it follows."""


def _ordered(row: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a test in the common order; a row that begins with a name keeps its own."""
    if next(iter(row)) not in FIRST:
        return row
    return {key: row[key] for key in FIRST if key in row} | row


def _known(value: Any) -> Any:
    """A plain Python value; an effect or a bound that is undefined is missing."""
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and isnan(plain) else plain
