"""A fitted model over the rows it was given: its scores, predictions and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...types.operations.base import Assumption
from ...types.operations.fits import Fit
from . import scores
from .design import Design, Split
from .samples import Floats, Places, refuse
from .telling import counted, num

if TYPE_CHECKING:
    import pyarrow as pa

FEW = 30
"""Rows held back below which a score is rough."""


@dataclass(frozen=True)
class Fitted:
    """What a model says of every row of its design, and which of them it was fitted to."""

    operation: Fit
    design: Design
    parts: Split
    predicted: Floats
    """Of each row the amount, or the place of the class among the target's levels."""
    chances: Floats | None = None
    """(n, classes): predicted probabilities; None for amounts."""
    positive: int | None = None
    """Of two classes the place of the one that precision and recall are about."""

    @property
    def of_classes(self) -> bool:
        return bool(self.design.target.levels)

    @cached_property
    def metrics(self) -> list[dict[str, Any]]:
        """A row for the rows held back, if any, and one for those it was fitted to."""
        train, test = self.parts.train, self.parts.test
        of_all = {"n_train": len(train), "n_test": len(test), "missing": self.design.missing}
        return [
            {"part": part, "n": len(rows), **self._scores(rows), **of_all}
            for part, rows in (("test", test), ("train", train))
            if len(rows)
        ]

    def predictions(self) -> pa.Table:
        """A row for each row of the design: its number in the table, from 1, and what is said."""
        import numpy as np
        import pyarrow as pa

        target, n = self.design.target, self.design.n
        held = np.isin(np.arange(n), self.parts.test)
        columns: dict[str, Any] = {
            "row": pa.array(self.design.rows + 1),
            "part": pa.array(np.where(held, "test", "train").astype(object)),
        }
        if self.chances is None:
            columns |= {"actual": target.values, "predicted": self.predicted}
            columns["residual"] = target.values - self.predicted
        else:
            names = pa.array(target.levels)
            columns["actual"] = names.take(pa.array(self.codes()))
            columns["predicted"] = names.take(pa.array(self.said()))
            columns["probability"] = self.chances[np.arange(n), self.said()]
        return pa.table(columns)

    def confusion(self) -> list[Mapping[str, object]]:
        """How often each class was taken for which, of the rows that are scored."""
        if not self.of_classes:
            raise refuse(
                f"{self.design.target.name} was fitted as an amount, which has no confusion.",
                "Take give='metrics', or task='classification'.", "not_classes",
            )  # fmt: skip
        rows = self.parts.test if len(self.parts.test) else self.parts.train
        return scores.confusion(self.codes()[rows], self.said()[rows], self.design.target.levels)

    def codes(self) -> Places:
        """The place of each row's class."""
        return self.design.target.values.astype(int)

    def said(self) -> Places:
        """The place of the class that each row is taken for."""
        return self.predicted.astype(int)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Whether enough rows were held back to score by."""
        held = len(self.parts.test)
        if not held or held >= FEW:
            return ()
        said = f"{counted(held, 'row')} held back {'is' if held == 1 else 'are'} few: another seed"
        message = f"{said} may give quite another score."
        return (Assumption(name="enough_rows_held_back", holds=False, message=message),)

    def reading(self, more: str = "") -> str:
        """The score beside that of a guess, of which rows, `more`, and what it does not say."""
        told = (*self._told(), more, "What predicts need not be a cause.")
        return " ".join(filter(None, told))

    def _scores(self, rows: Places) -> scores.Scores:
        if self.chances is None:
            actual = self.design.target.values
            mean = float(actual[self.parts.train].mean())
            return scores.of_amounts(actual[rows], self.predicted[rows], mean)
        codes, said = self.codes()[rows], self.said()[rows]
        return scores.of_classes(codes, said, self.chances[rows], self.positive, self._most())

    def _most(self) -> int:
        """The most frequent class among the rows it was fitted to."""
        import numpy as np

        return int(np.argmax(np.bincount(self.codes()[self.parts.train])))

    def _told(self) -> Iterator[str]:
        operation, row = self.operation, self.metrics[0]
        held, fitted = row["n_test"], row["n_train"]
        where = (
            f"on {counted(held, 'row')} held back" if held
            else f"on the {fitted:,} rows it was fitted to, which flatters it"
        )  # fmt: skip
        yield f"{operation.phrase}: {self._score(row)} {where}."
        guess, value = self._guess(row)
        yield f"Always saying {guess} has {value}{'' if self._better(row) else ': no worse'}."
        if held:
            also = self._score(self.metrics[-1])
            yield f"It was fitted to {counted(fitted, 'row')}, on which it has {also}."
        yield self._convention()
        missing = self.design.missing
        if missing:
            were = "was" if missing == 1 else "were"
            yield f"{counted(missing, 'row')} with a missing value {were} left out."
        if self.design.first:
            values = ", ".join(f"of {name} but {level}" for name, level in self.design.first)
            yield f"Columns of 0 and 1 stand for the values {values}."

    def _convention(self) -> str:
        """How it was fitted, and how the rows held back were chosen."""
        operation = self.operation
        kinds = {"linear_regression": "Ordinary least squares", "logistic_regression": "L2 penalty"}
        told = [kinds.get(operation.op, "")]
        if c := getattr(operation, "c", None):
            told.append(f"C = {num(c)}")
        if getattr(operation, "intercept", True) is False:
            told.append("no intercept")
        if operation.test_size and not operation.shuffle:
            told.append("the last rows held back")
        elif operation.test_size or operation.op == "random_forest":
            told.append(f"drawn with seed {operation.seed}")
        said = ", ".join(filter(None, told))
        return f"{said[:1].upper()}{said[1:]}." if said else ""

    def _score(self, row: Mapping[str, Any]) -> str:
        if self.of_classes:
            return f"an accuracy of {num(row['accuracy'])}"
        r = row["r_squared"]
        also = f"an R squared of {num(r)} and " if r is not None else ""
        return f"{also}a root mean squared error of {num(row['rmse'])}"

    def _better(self, row: Mapping[str, Any]) -> bool:
        """Whether the features are of any use."""
        if self.of_classes:
            return bool(row["accuracy"] > row["baseline_accuracy"])
        return bool(row["rmse"] < row["baseline_rmse"])

    def _guess(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """What is said without any feature, and how good that is."""
        if self.of_classes:
            name = self.design.target.levels[self._most()]
            return f"{name}, the most frequent class,", num(row["baseline_accuracy"])
        return "the mean of the rows fitted to", f"an error of {num(row['baseline_rmse'])}"
