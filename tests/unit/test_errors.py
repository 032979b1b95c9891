"""Errors are found where users look for them."""

import dip_sdk
from dip_sdk.errors import CLASSES, DipError
from dip_sdk.types import errors


def test_errors_can_be_imported_by_name() -> None:
    assert dip_sdk.errors.DipError is DipError is errors.DipError


def test_every_class_of_the_tree_is_there() -> None:
    assert {name: getattr(dip_sdk.errors, name) for name in CLASSES} == errors.CLASSES
    assert set(dip_sdk.errors.__all__) == {"CLASSES", *CLASSES}
