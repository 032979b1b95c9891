"""Frames: whole or not at all, in any sizes, from many threads."""

import io
import threading
from pathlib import Path

import pytest

from dip_sdk.types.result import Condition
from dip_sdk.worker import protocol
from dip_sdk.worker.protocol import Writer, read


def written(*messages: protocol.Message) -> io.BytesIO:
    sink = io.BytesIO()
    writer = Writer(sink)
    for message in messages:
        writer.write(message)
    sink.seek(0)
    return sink


def test_frames_come_out_as_they_went_in() -> None:
    messages = [
        {"id": 1, "args": {"a": [1, None, "é\u2028\U0001f600"]}},
        {},
        {"big": "x" * 300_000},
    ]
    source = written(*messages)
    assert [read(source) for _ in messages] == messages
    assert read(source) is None


def test_models_become_json() -> None:
    source = written({"where": (Condition(column="a", op="in", value=[1, 2]),)})
    assert read(source) == {"where": [{"column": "a", "op": "in", "value": [1, 2]}]}


@pytest.mark.parametrize("cut", [1, 3, 5, 10])
def test_a_stream_that_ends_within_a_frame_is_an_end(cut: int) -> None:
    whole = written({"id": 1, "verb": "step"}).getvalue()
    assert read(io.BytesIO(whole[:cut])) is None


def test_a_frame_beyond_the_limit_is_refused_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="beyond the limit"):
        read(io.BytesIO(b"\xff\xff\xff\xff{}"))
    monkeypatch.setattr(protocol, "LARGEST", 10)
    with pytest.raises(ValueError, match="beyond the limit"):
        written({"too": "much for ten bytes"})


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"JSON|expected"):
        read(io.BytesIO(b"\x00\x00\x00\x02no"))


def test_many_threads_write_whole_frames(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    with path.open("wb") as sink:
        writer = Writer(sink)
        texts = ["x" * (i * 97 % 5000) for i in range(400)]
        parts = [texts[i::8] for i in range(8)]
        threads = [
            threading.Thread(target=lambda part=part: [writer.write({"t": t}) for t in part])
            for part in parts
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with path.open("rb") as source:
        found = [message["t"] for message in iter(lambda: read(source), None)]
    assert sorted(found) == sorted(texts)
