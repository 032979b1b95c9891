"""Operations on tables of counts: two columns of categories, counted against each other."""

from __future__ import annotations

from math import exp, isnan, log, sqrt
from typing import Any

from ...types.errors import ConfigError
from ...types.operations import contingency as asked
from ...types.operations.base import Assumption
from .assumptions import independence
from .base import Data, Outcome
from .counts import Counts, counts_of, must_be_two_by_two, weights_of
from .effects import cramers_v as v_of
from .effects import cramers_v_corrected
from .samples import Floats, Places, places, refuse
from .telling import counted, level, num, outcome, p_is, shows, sided, size


def chi_square(operation: asked.ChiSquare, data: Data) -> Outcome:
    """Pearson (1900). Expected counts below 5 in more than a fifth of the cells, or below 1 in
    any, make p unsure (Cochran, 1954)."""
    counts = counts_of(operation, data)
    found, row = _chi(counts, operation.correction)
    row |= {"confidence": operation.confidence}
    reading = (
        f"{_what(operation, counts)} {shows(row['p'], operation.confidence, 'an association')}"
        f"{_few(found.expected_freq)} {_size(row['effect'], counts)}"
    )
    return outcome(row, reading, (_expected(found.expected_freq), independence("cases")))


def cramers_v(operation: asked.CramersV, data: Data) -> Outcome:
    """Cramer (1946); beside it the value without bias in small samples (Bergsma, 2013)."""
    counts = counts_of(operation, data)
    found, row = _chi(counts, correction=False)
    reading = f"{_what(operation, counts)} {_size(row['effect'], counts)}"
    return outcome(row, reading, (_expected(found.expected_freq), independence("cases")))


def fisher_exact(operation: asked.FisherExact, data: Data) -> Outcome:
    """Fisher (1935); two-sided p sums the tables that are no likelier. The odds ratio is the
    conditional estimate with its exact interval."""
    from scipy import stats

    counts = counts_of(operation, data)
    must_be_two_by_two(counts)
    table = counts.table.astype(int)
    if (table != counts.table).any():
        raise refuse("Fisher's test takes whole counts.", "Use chi_square for weighted counts.")
    p = float(stats.fisher_exact(table, alternative=operation.alternative).pvalue)
    ratio = stats.contingency.odds_ratio(table)
    bounds = ratio.confidence_interval(operation.confidence, alternative=operation.alternative)
    row = _odds(float(ratio.statistic), float(bounds.low), float(bounds.high), operation)
    row |= {"p": p, "alternative": operation.alternative} | _cells(counts)
    looked_for = sided(
        operation.alternative,
        two="an association",
        greater="an odds ratio above 1",
        less="an odds ratio below 1",
    )
    reading = (
        f"{_what(operation, counts)} {_odds_said(row, counts)} "
        f"{shows(p, operation.confidence, looked_for)}"
    )
    return outcome(row, reading, (independence("cases"),))


def odds_ratio(operation: asked.OddsRatio, data: Data) -> Outcome:
    """ad / bc with Woolf's interval (1955); 0.5 is added to every cell where one is empty
    (Haldane, 1956; Anscombe, 1956), which is said."""
    from scipy.stats import norm

    counts = counts_of(operation, data)
    must_be_two_by_two(counts)
    empty = bool((counts.table == 0).any())
    (a, b), (c, d) = (counts.table + 0.5 if empty else counts.table).tolist()
    centre, error = log(a * d / (b * c)), sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    half = float(norm.ppf(0.5 + operation.confidence / 2)) * error
    bounds = exp(centre - half), exp(centre + half)
    row = _odds(a * d / (b * c), *bounds, operation)
    z = centre / error
    row |= {"statistic": z, "p": float(2 * norm.sf(abs(z)))} | _cells(counts)
    rests = [independence("cases")]
    if empty:
        message = "A cell is empty, so 0.5 was added to each; fisher_exact is safer."
        rests.append(Assumption(name="no_empty_cells", holds=False, message=message))
    reading = (
        f"{_what(operation, counts)} {_odds_said(row, counts)} "
        f"{shows(row['p'], operation.confidence, 'an association')}"
    )
    return outcome(row, reading, rests)


def mantel_haenszel(operation: asked.MantelHaenszel, data: Data) -> Outcome:
    """Cochran (1954), Mantel and Haenszel (1959); the interval of Robins, Breslow and Greenland
    (1986); Tarone's test (1985) looks at whether one odds ratio holds for all strata."""
    try:
        from statsmodels.stats.contingency_tables import StratifiedTable
    except ImportError:
        raise ConfigError(
            "The Mantel-Haenszel test needs statsmodels.",
            hint="Install it with: pip install 'dip-sdk[ml]'",
            code="missing_extra",
        ) from None
    strata, tables = _strata(operation, data)
    import numpy as np

    found = StratifiedTable(np.stack([c.table for c in tables], axis=2))
    test = found.test_null_odds(correction=operation.correction)
    low, high = found.oddsratio_pooled_confint(alpha=1 - operation.confidence)
    row = _odds(float(found.oddsratio_pooled), float(low), float(high), operation)
    row |= {
        "statistic": float(test.statistic), "df": 1, "p": float(test.pvalue),
        "strata": len(tables), "n": sum(c.n for c in tables), "missing": tables[0].missing,
    }  # fmt: skip
    equal = float(found.test_equal_odds(adjust=True).pvalue) if len(tables) > 1 else float("nan")
    reading = (
        f"Within {len(tables):,} strata of {operation.strata} ({', '.join(strata[:5])}"
        f"{', ...' if len(strata) > 5 else ''}) the common odds ratio of {operation.column} and "
        f"{operation.by} is {num(row['effect'])} ({level(operation.confidence)} interval "
        f"{num(low)} to {num(high)}). "
        f"{shows(row['p'], operation.confidence, 'an association within the strata')}"
    )
    return outcome(row, reading, (_one_ratio(equal), independence("cases")))


def _chi(counts: Counts, correction: bool) -> tuple[Any, dict[str, Any]]:
    from scipy import stats

    found = stats.chi2_contingency(counts.table, correction=correction)
    plain = float(stats.chi2_contingency(counts.table, correction=False).statistic)
    shape = counts.table.shape
    row = {
        "statistic": float(found.statistic), "df": int(found.dof), "p": float(found.pvalue),
        "effect": v_of(plain, counts.n, *shape), "effect_name": "Cramer's V",
        "effect_corrected": cramers_v_corrected(plain, counts.n, *shape),
        "n": counts.n, "missing": counts.missing, "rows": shape[0], "columns": shape[1],
        "expected_smallest": float(found.expected_freq.min()),
    }  # fmt: skip
    return found, row


def _strata(operation: asked.MantelHaenszel, data: Data) -> tuple[list[str], list[Counts]]:
    """A two by two table for each stratum, all with the same two rows and columns."""
    whole = counts_of(operation, data)
    must_be_two_by_two(whole)
    labels, codes = places(data, operation.strata)
    rows, row_at = places(data, operation.column)
    columns, column_at = places(data, operation.by)
    weights = weights_of(operation, data)
    found = {}
    for i, label in enumerate(labels):
        table = _two_by_two(whole, rows, columns, row_at, column_at, weights * (codes == i))
        if table.sum() > 1:
            found[label] = Counts(whole.rows, whole.columns, table, whole.missing)
    if not found:
        raise refuse("No stratum has more than one case.", "Name a column with larger strata.")
    return [*found], [*found.values()]


def _two_by_two(
    whole: Counts,
    rows: list[str],
    columns: list[str],
    row_at: Places,
    column_at: Places,
    weights: Floats,
) -> Floats:
    import numpy as np

    weights = np.nan_to_num(weights)
    return np.array(
        [
            [
                weights[(row_at == rows.index(r)) & (column_at == columns.index(c))].sum()
                for c in whole.columns
            ]
            for r in whole.rows
        ]
    )


def _expected(expected: Floats) -> Assumption:
    """Cochran's rule (1954): up to a fifth of the expected counts below 5, none below 1."""
    small, least = int((expected < 5).sum()), float(expected.min())
    said = f"{small:,} of {expected.size:,} cells have an expected count below 5"
    said += f", the smallest is {num(least)}"
    fits = small <= 0.2 * expected.size and least >= 1
    better = "use fisher_exact" if expected.shape == (2, 2) else "join rare categories"
    message = f"{said}." if fits else f"{said}, so p is unsure: {better}."
    return Assumption(name="expected_counts", holds=fits, message=message)


def _few(expected: Floats) -> str:
    """The same in a reading, where the counts are too few."""
    found = _expected(expected)
    return "" if found.holds else f" {found.message}"


def _one_ratio(p: float) -> Assumption:
    name = "equal_odds_ratios"
    if isnan(p):
        return Assumption(name=name, holds=None, message="It could not be tested here.")
    holds = p >= 0.05
    said = "does not find" if holds else "finds"
    message = f"Tarone's test {said} that the odds ratios of the strata differ ({p_is(p)})."
    return Assumption(name=name, holds=holds, message=message)


def _odds(ratio: float, low: float, high: float, operation: asked.Crossed) -> dict[str, Any]:
    """An infinite ratio or bound has no value."""
    bounds = {"effect": ratio, "low": low, "high": high}
    row: dict[str, Any] = {k: None if abs(v) == float("inf") else v for k, v in bounds.items()}
    return row | {"effect_name": "odds ratio", "confidence": operation.confidence}


def _cells(counts: Counts) -> dict[str, Any]:
    """The four counts, named for their row and column."""
    named = {
        f"{r} / {c}": float(counts.table[i, j])
        for i, r in enumerate(counts.rows)
        for j, c in enumerate(counts.columns)
    }
    return {"n": counts.n, "missing": counts.missing} | named


def _odds_said(row: dict[str, Any], counts: Counts) -> str:
    ratio = "infinite" if row["effect"] is None else num(row["effect"])
    low, high = ("infinite" if row[k] is None else num(row[k]) for k in ("low", "high"))
    return (
        f"The odds of {counts.columns[0]} rather than {counts.columns[1]} in {counts.rows[0]}, "
        f"over those in {counts.rows[1]}, are {ratio} ({level(row['confidence'])} interval "
        f"{low} to {high})."
    )


def _what(operation: asked.Crossed, counts: Counts) -> str:
    missing = counts.missing
    left = f"; {counted(missing, 'row')} with a missing value left out" if missing else ""
    shape = f"{len(counts.rows)} by {len(counts.columns)}"
    return f"{operation.column} against {operation.by}: {counts.n:,.0f} cases in {shape}{left}."


def _size(v: float, counts: Counts) -> str:
    """Cohen's bounds are of w, which is V times the root of the smaller dimension less one."""
    return size(v, "Cramer's V", sqrt(min(counts.table.shape) - 1))
