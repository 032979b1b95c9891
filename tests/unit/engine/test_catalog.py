"""Tables under the names questions use."""

import pytest

from dip_sdk.engine.catalog import Catalog, identifier
from dip_sdk.types.dataset import Dataset, Format, Parsed, TableColumn, TableReport
from dip_sdk.types.errors import ConfigError, DataError, DipError


def dataset(name: str, source: str = "", format: Format = "csv") -> Dataset:
    return Dataset(
        id=name, name=name, source=source or f"data/{name}", format=format, size=1, tables=()
    )


def report(name: str, fingerprint: str = "f") -> TableReport:
    return TableReport(
        name=name,
        inner="t",
        path=f"tables/{name}.duckdb",
        rows=3,
        columns=(TableColumn(name="region", type="text"),),
        parsed=Parsed(format="csv"),
        fingerprint=fingerprint,
    )


def holding(*names: str) -> Catalog:
    catalog = Catalog()
    for name in names:
        catalog, _ = catalog.added(dataset(f"{name}.csv"), [report(name)])
    return catalog


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("sales", "sales"),
        ("Sales 2024 (final)", "Sales_2024_final"),
        ("2024", "t_2024"),
        ("über", "über"),
        ("!!!", "table"),
        ("a" * 80, "a" * 60),
    ],
)
def test_names_read_well_in_sql(given: str, name: str) -> None:
    assert identifier(given) == name


def test_files_of_one_stem_get_names_of_their_own() -> None:
    catalog, _ = holding("sales").added(dataset("sales.csv", "other/sales.csv"), [report("sales")])
    assert [table.name for table in catalog.tables] == ["sales", "sales_2"]


def test_the_same_source_is_replaced() -> None:
    catalog, _ = holding("sales").added(dataset("sales.csv"), [report("sales", "new")])
    assert [(table.name, table.fingerprint) for table in catalog.tables] == [("sales", "new")]


def test_a_frame_may_not_take_the_name_of_a_file() -> None:
    with pytest.raises(DataError) as caught:
        holding("sales").added(dataset("sales", "variable sales", "frame"), [report("sales")])
    assert caught.value.code == "name_taken"
    assert "sales_2" in caught.value.hint


def test_an_unknown_table_names_the_nearest() -> None:
    with pytest.raises(DipError, match="'regions'"):
        holding("sales", "regions").table("region")


def test_tables_are_found_whatever_their_case() -> None:
    assert holding("Sales").table("SALES").name == "Sales"


def test_a_dataset_stands_for_its_tables() -> None:
    catalog, _ = holding("sales").added(dataset("book.xlsx"), [report("book_a"), report("book_b")])
    assert [table.name for table in catalog.only(["book.xlsx"])] == ["book_a", "book_b"]
    assert [table.name for table in catalog.only(["sales"])] == ["sales"]
    assert len(catalog.only([])) == 3


def test_a_renamed_table_keeps_all_else() -> None:
    catalog = holding("sales", "regions").renamed("sales", "Sales north")
    assert [table.name for table in catalog.tables] == ["Sales_north", "regions"]
    assert catalog.table("sales_north").path == "tables/sales.duckdb"


def test_two_tables_cannot_have_one_name() -> None:
    with pytest.raises(DataError):
        holding("sales", "regions").renamed("sales", "REGIONS")


def test_a_dataset_without_tables_is_gone() -> None:
    catalog = holding("sales", "regions").without("sales")
    assert [d.name for d in catalog.datasets] == ["regions.csv"]


def sheet(name: str) -> TableReport:
    return report(f"book_{name}").model_copy(
        update={"parsed": Parsed(format="excel", sheet=name), "path": f"tables/{name}.duckdb"}
    )


def names_of(*sheets: str, before: Catalog | None = None) -> list[str]:
    given = [sheet(name) for name in sheets]
    catalog, _ = (before or Catalog()).added(dataset("book.xlsx", format="excel"), given)
    return [table.name for table in catalog.tables]


def test_a_sheet_beside_others_has_its_own_name() -> None:
    assert names_of("airlines", "Plane types") == ["airlines", "Plane_types"]


def test_a_sheet_whose_name_says_nothing_is_named_after_its_file_too() -> None:
    assert names_of("Sheet1", "Data") == ["book_Sheet1", "book_Data"]


def test_a_sheet_whose_name_is_taken_is_named_after_its_file_too() -> None:
    assert names_of("sales", "costs", before=holding("sales")) == ["sales", "book_sales", "costs"]


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="empty"):
        holding("sales").renamed("sales", "  ")


def test_lines_that_did_not_fit_are_seen_only_where_they_are_named() -> None:
    lines = report("sales_bad_lines").model_copy(
        update={"parsed": Parsed(format="csv", bad_lines=True)}
    )
    catalog, _ = Catalog().added(dataset("sales.csv"), [report("sales"), lines])
    assert [table.name for table in catalog.only([])] == ["sales"]
    assert [table.name for table in catalog.only(["sales_bad_lines"])] == ["sales_bad_lines"]
