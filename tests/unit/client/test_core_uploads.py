"""An upload as users write it."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from dip_sdk.client.core.uploads import upload
from dip_sdk.types.dataset import ReadOptions
from dip_sdk.types.errors import ConfigError


def test_sources_and_options_are_told_apart():
    made = upload(["a.csv", "b.csv"], None, {"delimiter": ";", "header": False})
    assert made.items == (("a.csv", None), ("b.csv", None))
    assert made.options == ReadOptions(delimiter=";", header=False)


def test_frames_may_be_given_by_name():
    frame, file = pd.DataFrame({"a": [1]}), io.BytesIO(b"a\n1")
    made = upload(["a.csv"], None, {"sales": frame, "more": file, "third": Path("c.csv")})
    assert [name for _, name in made.items] == [None, "sales", "more", "third"]


def test_a_name_is_for_one_source():
    assert upload(["a.csv"], "sales", {}).items == (("a.csv", "sales"),)
    with pytest.raises(ConfigError, match="exactly one source"):
        upload(["a.csv", "b.csv"], "sales", {})


def test_a_misspelt_option_is_named_with_the_right_one():
    with pytest.raises(ConfigError, match="'delimeter'") as error:
        upload(["a.csv"], None, {"delimeter": ";"})
    assert "'delimiter'" in error.value.hint


def test_an_option_of_the_wrong_kind_is_named():
    with pytest.raises(ConfigError, match="skip='many'"):
        upload(["a.csv"], None, {"skip": "many"})


def test_nothing_to_upload_is_an_error():
    with pytest.raises(ConfigError, match="nothing to upload"):
        upload([], None, {})
