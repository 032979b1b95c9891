"""What every named operation has: its name, and the columns it reads."""

from __future__ import annotations

from typing import Annotated

from ..base import Model

COLUMN = "column"
ColumnName = Annotated[str, COLUMN]
"""An argument that names a column of the operation's table."""
ColumnNames = Annotated[tuple[str, ...], COLUMN]


class Operation(Model):
    """A statistical operation by name, with typed arguments."""

    op: str
    """Which operation; each subclass fixes it."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns it names, each once, in the order of its arguments; () reads all."""
        found: list[str] = []
        for name, field in type(self).model_fields.items():
            if COLUMN in field.metadata:
                value = getattr(self, name)
                found += [value] if isinstance(value, str) else [*(value or ())]
        return tuple(dict.fromkeys(found))


class Assumption(Model):
    """Something an operation rests on, and whether the data bear it out."""

    name: str
    """`normality`, `equal_variances`, `expected_counts`, `independence`, ..."""
    holds: bool | None
    """None where it cannot be tested."""
    message: str
    """One sentence with its numbers: "Shapiro-Wilk finds no sign against it (p = 0.41)"."""
