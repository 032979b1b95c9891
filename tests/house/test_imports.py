"""What an import costs is decided by what it loads: asserted by name, never by a clock."""

import subprocess
import sys

import pytest

HEAVY = (
    "IPython", "altair", "anthropic", "duckdb", "fastapi", "numpy", "obstore", "pandas", "polars",
    "pyarrow", "scipy", "sqlalchemy", "sqlglot", "vl_convert",
)  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running `code`."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_dip_sdk_loads_nothing_heavy() -> None:
    assert not loaded_after("import dip_sdk") & set(HEAVY)


def test_making_a_client_loads_nothing_heavy() -> None:
    assert not loaded_after("import dip_sdk\ndip_sdk.Client()") & set(HEAVY)


@pytest.mark.parametrize("name", ["Client", "AsyncClient", "errors"])
def test_public_names_are_there(name: str) -> None:
    import dip_sdk

    assert name in dip_sdk.__all__
    assert getattr(dip_sdk, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    import dip_sdk

    with pytest.raises(AttributeError, match="no attribute 'Klient'"):
        _ = dip_sdk.Klient
