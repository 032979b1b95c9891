"""The rules a statement can break, by name, and the one way to say that it did."""

from __future__ import annotations

from ...types.errors import PlanRejected

RULES = {
    "parse_error": "The text must be a SELECT statement that parses.",
    "one_statement": "Exactly one statement runs at a time.",
    "read_only": "Statements only read; nothing is created, changed, attached, set or shown.",
    "unknown_table": "A table must be one of the session or of the steps before.",
    "qualified_name": "Tables are named alone, without a schema or database before them.",
    "unknown_column": "A column must be one of the tables it is read from.",
    "function_not_allowed": "A function must be one of the known ones that only compute.",
    "table_function_not_allowed": "FROM reads tables, or range(), generate_series(), unnest().",
    "not_repeatable": "An answer must be the same when it is computed again.",
    "syntax_not_allowed": "A construct must be of the known part of SELECT.",
    "too_large": "A statement has at most 20 KB of text.",
    "too_deep": "Brackets, CASE and subqueries nest at most 64 deep.",
    "argument_too_large": "Arguments that build values or rows are bounded.",
    "parameter_missing": "Every $name must be given a value.",
    "not_portable_rendering": "What runs must mean what was written.",
}


def reject(rule: str, message: str, hint: str = "") -> PlanRejected:
    """The refusal by a rule; `Guard.check` adds the statement's text."""
    if rule not in RULES:
        raise KeyError(rule)
    return PlanRejected(message, hint=hint, rule=rule)
