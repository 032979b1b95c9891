"""The families on both sides: what may be asked, and what computes it."""

from __future__ import annotations

from importlib import import_module

import pytest

from dip_sdk.types.operations import FAMILIES, model


@pytest.mark.parametrize("family", FAMILIES)
def test_every_operation_has_a_model_and_a_function_of_its_name(family) -> None:
    asked = import_module(f"dip_sdk.types.operations.{family}")
    computed = import_module(f"dip_sdk.worker.stats.{family}")
    assert set(asked.OPERATIONS) == set(FAMILIES[family])
    for op in FAMILIES[family]:
        cls = model(op)
        assert cls is not None
        assert cls.model_fields["op"].default == op
        assert callable(getattr(computed, op)), op


def test_no_two_families_have_an_operation_of_one_name() -> None:
    names = [op for ops in FAMILIES.values() for op in ops]
    assert len(set(names)) == len(names)
