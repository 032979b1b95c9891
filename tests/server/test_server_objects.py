"""The object store: what is in it, who may replace it, and what a process makes of it."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import obstore
import pytest
from fastapi.testclient import TestClient

from dip_sdk.engine.engine import Engine
from dip_sdk.engine.folders import Folder
from dip_sdk.engine.sources import Source
from dip_sdk.server import mirror as mirrors
from dip_sdk.server.app import application
from dip_sdk.server.cache import Blob, Cache, Damaged
from dip_sdk.server.mirror import Mirror
from dip_sdk.server.objects import Newer, NoObject, Objects, opened
from dip_sdk.server.problems import Problem
from dip_sdk.server.reachable import unreachable
from dip_sdk.server.settings import settings
from dip_sdk.server.start import missing
from dip_sdk.types.errors import ConfigError

from .conftest import logged_in
from .services import free_port
from .stored import names, s3

Make = Callable[[], Mirror]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3() as url:
        yield url


@pytest.fixture(params=["s3", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that is empty."""
    if request.param == "file":
        return (tmp_path / "objects").as_uri()
    return f"{request.getfixturevalue('bucket')}/{uuid.uuid4().hex}"


@pytest.fixture
def objects(url: str) -> Objects:
    return opened(url)


@pytest.fixture
def make(objects: Objects, tmp_path: Path) -> Iterator[Make]:
    """Makes the mirror of one more process, each on a machine of its own."""
    made: list[Mirror] = []

    def one() -> Mirror:
        made.append(Mirror(objects, tmp_path / f"machine-{len(made)}", cache_mb=100))
        return made[-1]

    yield one
    for mirror in made:
        mirror.close()


def place(mirror: Mirror, room: uuid.UUID) -> Path:
    return mirror.work / "sessions" / str(room)


def filled(mirror: Mirror, room: uuid.UUID) -> None:
    """A session with a table and an answer is in the store."""
    mirror.bring(room)
    (place(mirror, room) / "tables" / "a.duckdb").write_bytes(b"table")
    (place(mirror, room) / "results" / "r.duckdb").write_bytes(b"rows")
    (place(mirror, room) / "results" / "r.json").write_text("{}")
    (place(mirror, room) / "results" / "half.part").write_bytes(b"not yet")
    (place(mirror, room) / "session.json").write_text('{"turns": []}')
    mirror.push(str(room))


def blob_of(url: str, room: uuid.UUID, content: bytes) -> str:
    """The name of the object with that content."""
    store = opened(url)
    (found,) = (
        name for name in names(url, f"sessions/{room}/blobs") if store.read(name)[0] == content
    )
    return found


def test_content_is_replaced_by_its_version_only(objects: Objects) -> None:
    first = objects.swap("a/b", b"1", None)
    with pytest.raises(Newer):
        objects.swap("a/b", b"x", None)
    second = objects.swap("a/b", b"2", first)
    with pytest.raises(Newer):
        objects.swap("a/b", b"x", first)
    assert objects.read("a/b") == (b"2", second)


def test_a_piece_is_written_once(objects: Objects) -> None:
    objects.add("a/1", b"one")
    with pytest.raises(Newer):
        objects.add("a/1", b"two")
    assert objects.read("a/1")[0] == b"one"


def test_a_folder_is_listed_and_deleted_whole(objects: Objects) -> None:
    for name in ("a/1", "a/b/2", "ab/3"):
        objects.put(name, b"x")
    assert sorted((e.name, e.size) for e in objects.entries("a")) == [("a/1", 1), ("a/b/2", 1)]
    objects.delete_all("a")
    objects.delete(["a/1"])
    assert [e.name for e in objects.entries("ab")] == ["ab/3"]
    assert not list(objects.entries("a"))
    with pytest.raises(NoObject):
        objects.read("a/1")


@pytest.mark.parametrize("url", ["bucket", "s3://", "gs://x/y", "file://host/x", "file:///"])
def test_an_address_that_is_none_names_the_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="DIP_OBJECTS") as raised:
        opened(url)
    assert "s3://bucket/prefix" in raised.value.hint


def test_a_store_that_is_there_misses_nothing(url: str) -> None:
    assert unreachable(url) == ()
    assert not names(url, "check")


def test_a_bucket_that_is_not_there_is_said_in_words(bucket: str) -> None:
    (told,) = unreachable("s3://another/prefix")
    assert "no such bucket" in told


def test_a_store_that_is_away_is_said_in_words(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    (told,) = unreachable(bucket)
    assert "does not answer" in told
    assert "AWS_ENDPOINT_URL" in told


def test_a_store_that_refuses_us_is_said_in_words(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.send_error(403)

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        (told,) = unreachable(bucket)
        server.shutdown()
    assert "AWS_ACCESS_KEY_ID" in told


def test_a_store_that_overwrites_what_is_newer_is_refused(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = obstore.put

    def careless(*given: Any, mode: object, **more: Any) -> Any:
        return put(*given, **more)

    monkeypatch.setattr(obstore, "put", careless)
    (told,) = unreachable(bucket)
    assert "conditional writes" in told


def test_a_session_that_was_deleted_elsewhere_is_not_written_again(make: Make, url: str) -> None:
    room, mirror = uuid.uuid4(), make()
    filled(mirror, room)
    opened(url).delete_all(f"sessions/{room}")
    (place(mirror, room) / "session.json").write_text('{"turns": [1]}')
    with pytest.raises(Problem, match="took this session over"):
        mirror.push(str(room))
    assert not names(url, f"sessions/{room}")


async def test_a_check_of_the_settings_looks_at_the_store(bucket: str, tmp_path: Path) -> None:
    told = {"DIP_SERVER_FOLDER": str(tmp_path), "DIP_OBJECTS": "s3://another/x"}
    assert any("bucket" in sentence for sentence in await missing(settings(told)))


def test_a_session_is_on_another_machine_what_it_was(make: Make, url: str) -> None:
    room, first, second = uuid.uuid4(), make(), make()
    filled(first, room)
    second.bring(room)
    there = place(second, room)
    assert (there / "tables" / "a.duckdb").read_bytes() == b"table"
    assert (there / "results" / "r.json").read_text() == "{}"
    assert (there / "session.json").read_text() == '{"turns": []}'
    assert not (there / "results" / "half.part").exists()
    assert len(names(url)) == 4


def test_a_push_without_a_change_writes_nothing(make: Make, url: str) -> None:
    room, mirror = uuid.uuid4(), make()
    filled(mirror, room)
    before = opened(url).read(f"sessions/{room}/manifest.json")
    mirror.push(str(room))
    assert opened(url).read(f"sessions/{room}/manifest.json") == before


def test_a_process_that_lost_a_session_writes_nothing(make: Make, url: str) -> None:
    room, first, second = uuid.uuid4(), make(), make()
    filled(first, room)
    second.bring(room)
    (place(first, room) / "session.json").write_text('{"turns": ["lost"]}')
    with pytest.raises(Problem) as raised:
        first.push(str(room))
    assert (raised.value.status, raised.value.code) == (503, "session_moved")
    assert first.lost(room)
    assert not second.lost(room)
    first.leave(room)
    (place(second, room) / "session.json").write_text('{"turns": ["kept"]}')
    second.push(str(room))
    assert b"kept" in opened(url).read(f"sessions/{room}/manifest.json")[0]


def test_a_change_while_the_store_is_away_goes_along_later(
    make: Make, bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room, mirror = uuid.uuid4(), make()
    filled(mirror, room)
    monkeypatch.setattr(mirror._manifests, "_objects", opened_nowhere(monkeypatch))
    (place(mirror, room) / "session.json").write_text('{"turns": [1]}')
    with pytest.raises(Problem, match="does not answer"):
        mirror.push(str(room))
    assert not mirror.settle(room)
    assert mirror._manifests._objects.away
    monkeypatch.undo()
    assert mirror.settle(room)
    other = make()
    other.bring(room)
    assert (place(other, room) / "session.json").read_text() == '{"turns": [1]}'


def opened_nowhere(monkeypatch: pytest.MonkeyPatch) -> Objects:
    """A store at an address at which nobody listens."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    return opened("s3://dip/nowhere")


def test_a_table_that_is_missing_is_a_clear_error(make: Make, url: str) -> None:
    room = uuid.uuid4()
    filled(make(), room)
    opened(url).delete([blob_of(url, room, b"table")])
    with pytest.raises(Problem, match="missing") as raised:
        make().bring(room)
    assert (raised.value.status, raised.value.code) == (500, "session_damaged")
    assert "upload" in raised.value.hint


def test_a_table_that_was_changed_is_a_clear_error(make: Make, url: str) -> None:
    room, other = uuid.uuid4(), make()
    filled(make(), room)
    opened(url).put(blob_of(url, room, b"table"), b"TABLE")
    for _ in range(2):  # what is wrong is not kept
        with pytest.raises(Problem, match="not what was stored"):
            other.bring(room)


def test_rows_that_are_missing_cost_one_answer(make: Make, url: str) -> None:
    room, other = uuid.uuid4(), make()
    filled(make(), room)
    opened(url).delete([blob_of(url, room, b"rows")])
    other.bring(room)
    assert not (place(other, room) / "results" / "r.duckdb").exists()
    assert (place(other, room) / "tables" / "a.duckdb").exists()


@pytest.mark.parametrize("content", [None, b"no manifest"])
def test_a_manifest_that_is_lost_is_no_empty_session(
    make: Make, url: str, content: bytes | None
) -> None:
    room, name = uuid.uuid4(), "sessions/{}/manifest.json"
    filled(make(), room)
    if content is None:
        opened(url).delete([name.format(room)])
    else:
        opened(url).put(name.format(room), content)
    with pytest.raises(Problem, match="manifest"):
        make().bring(room)


def test_files_that_a_session_let_go_of_leave_the_store(
    make: Make, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, mirror = uuid.uuid4(), make()
    filled(mirror, room)
    monkeypatch.setattr(mirrors, "YOUNG", timedelta(seconds=-5))
    (place(mirror, room) / "tables" / "a.duckdb").unlink()
    mirror.leave(room)
    assert len(names(url, f"sessions/{room}/blobs")) == 2
    assert not place(mirror, room).exists()


def test_a_deleted_session_leaves_nothing(make: Make, url: str) -> None:
    room, other, mirror = uuid.uuid4(), uuid.uuid4(), make()
    filled(mirror, room)
    filled(mirror, other)
    mirror.delete(room)
    assert {name.split("/")[1] for name in names(url)} == {str(other)}
    assert mirror.copied() == (str(other),)


def test_the_folder_of_a_killed_process_is_cleared_away(objects: Objects, tmp_path: Path) -> None:
    killed, living = tmp_path / "nodes" / "killed", Mirror(objects, tmp_path, 1)
    (killed / "sessions").mkdir(parents=True)
    last = Mirror(objects, tmp_path, 1)
    assert not killed.exists()
    assert living.work.exists()
    living.close()
    last.close()
    assert not any((tmp_path / "nodes").iterdir())


def test_a_moved_session_answers_from_its_new_folder(make: Make, tmp_path: Path) -> None:
    room, first, second = uuid.uuid4(), make(), make()
    path = tmp_path / "sales.csv"
    path.write_text("region,sales\nNorth,1\nSouth,2\n")
    first.bring(room)
    one = Engine(workdir=first.work, on_change=first.push)
    one.open(str(room)).add(Source(path=path, name="sales.csv", origin="sales.csv"))
    one.close()
    first.leave(room)
    second.bring(room)
    two = Engine(workdir=second.work, on_change=second.push)
    session = two.open(str(room))
    (table,) = session.tables()
    assert Path(table.path).is_relative_to(second.work)
    assert session.profile(table.name).profile
    two.close()


def test_what_a_server_kept_before_it_had_a_store_is_taken_along(
    objects: Objects, url: str, tmp_path: Path
) -> None:
    room = uuid.uuid4()
    before = Folder(tmp_path / "work" / "sessions" / str(room))
    before.make()
    (before.tables / "a.duckdb").write_bytes(b"table")
    before.state.write_text('{"turns": []}')
    mirror = Mirror(objects, tmp_path, 1)
    mirror.bring(room)
    assert (place(mirror, room) / "tables" / "a.duckdb").read_bytes() == b"table"
    assert len(names(url)) == 2
    mirror.delete(room)
    assert not before.path.exists()
    mirror.close()


def test_a_cache_larger_than_its_bound_loses_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache, kept = Cache(tmp_path / "cache", most=250), list[Blob]()
    for number in range(4):
        path = tmp_path / f"{number}"
        path.write_bytes(bytes([number]) * 100)
        blob, place = cache.adopt("room", path)
        path.unlink()
        os.utime(place, (number, number))
        kept.append(blob)

    def never(_: Path) -> str:
        raise AssertionError

    cache.bring("room", kept[0], tmp_path / "used", never)
    (tmp_path / "used").unlink()
    assert cache.trim() == 200
    there = {path.name for path in (tmp_path / "cache" / "room").iterdir()}
    assert there == {kept[0].sha256, kept[3].sha256}


def test_what_an_open_session_uses_is_not_counted(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", most=0)
    path = tmp_path / "table"
    path.write_bytes(b"x" * 100)
    _, place = cache.adopt("room", path)
    assert cache.trim() == 0
    assert place.exists()
    path.unlink()
    cache.trim()
    assert not place.exists()


def test_what_was_fetched_wrong_is_not_kept(tmp_path: Path) -> None:
    cache, blob = Cache(tmp_path / "cache", most=1000), Blob(sha256="0" * 64, size=1)

    def fetch(path: Path) -> str:
        path.write_bytes(b"y")
        return "1" * 64

    with pytest.raises(Damaged):
        cache.bring("room", blob, tmp_path / "target", fetch)
    assert not any((tmp_path / "cache" / "room").iterdir())
    assert not (tmp_path / "target").exists()


def test_listings_tell_when_something_was_written(objects: Objects) -> None:
    objects.put("a/1", b"x")
    (entry,) = objects.entries("a")
    assert abs(datetime.now(entry.at.tzinfo) - entry.at) < timedelta(minutes=1)


def test_a_question_while_the_store_is_away_is_not_lost_silently(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"DIP_SERVER_FOLDER": str(tmp_path), "DIP_OBJECTS": f"{bucket}/{uuid.uuid4().hex}"}
    app = application(settings(told))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as http:
        ada = logged_in(http, "ada@example.com")
        files = {"files": ("sales.csv", b"region,sales\nNorth,1\n", "text/csv")}
        session = ada.post("/api/v1/files/upload", files=files).json()["session_id"]
        asked = {"session_id": session, "query": "total sales"}
        with monkeypatch.context() as away:
            nowhere = opened_nowhere(away)._store
            away.setattr(app.state.parts.objects, "_store", nowhere)
            failed = ada.post("/api/v1/query/process", json=asked).json()
            assert (failed["status"], failed["error"]["code"]) == ("failed", "objects_away")
            assert "does not answer" in failed["error"]["message"]
            assert "object store" in http.get("/readyz").json()["degraded"][0]
        assert ada.post("/api/v1/query/process", json=asked).json()["status"] == "answered"
        assert http.get("/readyz").json()["degraded"] == []
