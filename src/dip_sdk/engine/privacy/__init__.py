"""The one place that decides what a model may see. What it is shown comes from here alone.

| mode      | names, types, row counts | statistics, frequent values | first rows of steps |
| --------- | ------------------------ | --------------------------- | ------------------- |
| `schema`  | yes                      | no                          | no                  |
| `profile` | yes                      | yes                         | no                  |
| `results` | yes                      | yes                         | at most `ROWS`      |

The words of the question, its bound values and the earlier questions go in every mode: they are
the user's own. Whatever comes from the data is JSON, so that no text of it can end its own quotes.
"""

from __future__ import annotations

from .modes import MODES, ROWS, Privacy
from .shown import Shown

__all__ = ["MODES", "ROWS", "Privacy", "Shown"]
