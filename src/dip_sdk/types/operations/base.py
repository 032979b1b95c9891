"""What every named operation has: its name, the columns it reads, and how it is told."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from ..base import Model


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


COLUMN = "column"
ColumnName = Annotated[str, COLUMN]
"""An argument that names a column of the operation's table."""
ColumnNames = Annotated[tuple[str, ...], BeforeValidator(_several), COLUMN]
"""An argument that names columns; one may stand alone."""
MaybeColumn = Annotated[str | None, COLUMN]
"""An argument that may name a column."""
Alternative = Literal["two-sided", "less", "greater"]
Confidence = Annotated[float, Field(gt=0.5, lt=1)]
"""A share: 0.95 is the 95% level."""

AFTER = {
    "by": "by", "group": "by", "split": "by", "with_": "with", "weights": "counted by",
    "controls": "holding fixed", "strata": "within each", "time": "over",
}  # fmt: skip
"""Argument -> the word that leads its columns in a phrase; the other arguments' follow "of"."""


class Operation(Model):
    """A statistical operation by name, with typed arguments.

    The docstrings of a subclass and of its arguments are the descriptions that a model is given.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    called: ClassVar[str] = ""
    """What people call it: "Welch's t-test"; "" says its name."""
    whole: ClassVar[bool] = False
    """It reads its table's every column, whatever it names: it gives the table back changed."""

    charted: ClassVar[bool] = True
    """A chart of its rows says something."""

    op: str
    """Which operation; each subclass fixes it."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns it names, each once, in the order of its arguments; () reads all."""
        found = [name for names in self._named().values() for name in names]
        return tuple(dict.fromkeys(found))

    @property
    def told(self) -> str:
        """What it does in words: "Welch's t-test of amount by region (alternative greater)"."""
        named = self._named()
        of = _listed([name for key, names in named.items() if key not in AFTER for name in names])
        parts = [self.called or self.op.replace("_", " "), f"of {of}" if of else ""]
        parts += [f"{AFTER[key]} {_listed(named[key])}" for key in named if key in AFTER]
        others = self._changed(set(named))
        parts.append(f"({', '.join(others)})" if others else "")
        phrase = " ".join(filter(None, parts))
        return phrase[:1].upper() + phrase[1:]

    def _named(self) -> dict[str, tuple[str, ...]]:
        """Argument -> the columns it names, where it names any."""
        found: dict[str, tuple[str, ...]] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if COLUMN in field.metadata and value:
                found[name] = (value,) if isinstance(value, str) else tuple(value)
        return found

    def _changed(self, but: set[str]) -> list[str]:
        """The other arguments that are not left as they are, in words."""
        return [
            f"{name.strip('_').replace('_', ' ')} {_said(value)}"
            for name, field in type(self).model_fields.items()
            if name not in but and name != "op" and COLUMN not in field.metadata
            if (value := getattr(self, name)) != field.get_default(call_default_factory=True)
        ]


class Assumption(Model):
    """Something an operation rests on, and whether the data bear it out."""

    name: str
    """`normality`, `equal_variances`, `expected_counts`, `independence`, ..."""
    holds: bool | None
    """None where it cannot be tested."""
    message: str
    """One sentence with its numbers: "Shapiro-Wilk finds no sign against it (p = 0.41)"."""


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return _listed([_said(item) for item in value])
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    *before, last = names or ("",)
    return f"{', '.join(before)} and {last}" if before else last
