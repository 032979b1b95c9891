"""How good a fit is, beside what a guess without features scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from .samples import Floats, Places

Scores: TypeAlias = "dict[str, float | str | None]"


def of_amounts(actual: Floats, predicted: Floats, mean: float) -> Scores:
    """Mean squared error and its root, mean absolute error, R squared about the rows' own mean.

    `baseline_rmse` is that of always saying `mean`, the mean of the rows that were fitted to.
    """
    import numpy as np

    away = actual - predicted
    mse = float(np.mean(away**2))
    total = float(((actual - actual.mean()) ** 2).sum())
    return {
        "mse": mse,
        "rmse": mse**0.5,
        "mae": float(np.mean(np.abs(away))),
        "r_squared": 1 - float((away**2).sum()) / total if total > 0 else None,
        "baseline_rmse": float(np.mean((actual - mean) ** 2)) ** 0.5,
    }


def of_classes(
    actual: Places, predicted: Places, chances: Floats, positive: int | None, most: int
) -> Scores:
    """Shares in [0, 1]; a share of nothing counts as 0.

    Of two classes precision, recall and F1 are about `positive`; of more they are means over the
    classes (macro). `roc_auc` is of two classes that both occur; `chances` (n, classes) are the
    predicted probabilities. `baseline_accuracy` is that of always saying `most`.
    """
    import numpy as np
    from sklearn import metrics

    binary = positive is not None
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        actual, predicted, zero_division=0,
        **({"average": "binary", "pos_label": positive} if binary else {"average": "macro"}),
    )  # fmt: skip
    found: Scores = {
        "accuracy": float(np.mean(actual == predicted)),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
    }
    if positive is not None:
        hits = actual == positive
        both = hits.any() and not hits.all()
        found["roc_auc"] = (
            float(metrics.roc_auc_score(hits, chances[:, positive])) if both else None
        )
    return found | {"baseline_accuracy": float(np.mean(actual == most))}


def confusion(
    actual: Places, predicted: Places, classes: Sequence[str]
) -> list[Mapping[str, object]]:
    """A row for each pair of classes: how many rows of the one were taken for the other."""
    import numpy as np

    size = len(classes)
    counts = np.bincount(actual * size + predicted, minlength=size * size).reshape(size, size)
    return [
        {"actual": classes[i], "predicted": classes[j], "count": int(counts[i, j])}
        for i in range(size)
        for j in range(size)
    ]
