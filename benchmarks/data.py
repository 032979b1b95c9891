"""Synthetic tables for the figures, made on the spot in a folder that goes when the run ends."""

from __future__ import annotations

from pathlib import Path

import duckdb

WIDE = """
    select i as id, (hash(i) % 100000)::integer as customer, hash(i + 1) % 1000 / 7.0 as amount,
        hash(i + 2) % 50 as quantity, date '2020-01-01' + (hash(i + 3) % 1500)::integer as ordered,
        ['North', 'South', 'East', 'West', 'Centre'][(1 + hash(i + 4) % 5)::bigint] as region,
        'product ' || (hash(i + 5) % 5000) as product, hash(i + 6) % 2 = 0 as paid,
        hash(i + 7) % 10000 / 100.0 as discount
    from range({rows}) t(i)
"""


def rows(count: int) -> str:
    """SQL of a table of orders with nine columns."""
    return WIDE.format(rows=count)


def csv(folder: Path, count: int) -> Path:
    return _written(folder / f"orders_{count}.csv", rows(count), "header")


def parquet(folder: Path, count: int) -> Path:
    return _written(folder / f"orders_{count}.parquet", rows(count), "format parquet")


def ndjson(folder: Path, count: int) -> Path:
    return _written(folder / f"orders_{count}.ndjson", rows(count), "format json")


def wide_csv(folder: Path, columns: int, count: int) -> Path:
    """A table of many columns: whole numbers, fractions and texts in turn."""
    kinds = ("hash(i + {n}) % 1000", "hash(i + {n}) % 1000 / 7.0", "'v' || (hash(i + {n}) % 30)")
    items = ", ".join(f"{kinds[n % 3].format(n=n)} as column_{n}" for n in range(columns))
    sql = f"select {items} from range({count}) t(i)"
    return _written(folder / f"wide_{columns}_{count}.csv", sql, "header")


def xlsx(folder: Path, count: int, columns: int) -> Path:
    """A workbook with one sheet of numbers, texts and dates."""
    import xlsxwriter

    path = folder / f"sheet_{count}_{columns}.xlsx"
    if path.exists():
        return path
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, [f"column {n}" for n in range(columns)])
        for row in range(1, count + 1):
            cells = [row * n % 997 / 3 if n % 2 else f"text {row * n % 89}" for n in range(columns)]
            sheet.write_row(row, 0, cells)
    return path


def _written(path: Path, sql: str, options: str) -> Path:
    if not path.exists():
        duckdb.sql(f"copy ({sql}) to '{path}' ({options})")
    return path
