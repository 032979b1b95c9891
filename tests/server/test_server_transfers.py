"""Files in pieces and answers as files, over HTTP as other programs would ask for them."""

from __future__ import annotations

import base64
import io
import uuid

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

CONTENT = b"region,sales\nNorth,20\nSouth,41\nNorth,2\n"
PIECE = {"Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}


@pytest.fixture
def session(ada: TestClient) -> str:
    return str(ada.post("/api/v1/sessions", json={}).json()["id"])


def begun(ada: TestClient, session: str, size: int = len(CONTENT), name: str = "sales.csv") -> str:
    """Where to send a file of that name."""
    told = f"filename {base64.b64encode(name.encode()).decode()},type dGV4dA=="
    headers = {"Upload-Length": str(size), "Upload-Metadata": told}
    answer = ada.post(f"/api/v1/sessions/{session}/uploads", headers=headers)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (201, "1.0.0")
    return answer.headers["location"]


def piece(ada: TestClient, place: str, offset: int, content: bytes) -> int:
    headers = PIECE | {"Upload-Offset": str(offset)}
    return ada.patch(place, content=content, headers=headers).status_code


@pytest.fixture
def answered(ada: TestClient, session: str) -> str:
    """The id of an answer of two rows."""
    place = begun(ada, session)
    assert piece(ada, place, 0, CONTENT) == 204
    assert ada.post(f"{place}/read", json={}).status_code == 200
    body = {"session_id": session, "query": "total sales by region"}
    return str(ada.post("/api/v1/query/process", json=body).json()["query_id"])


def test_a_server_says_what_it_can_do_of_tus(ada: TestClient, session: str) -> None:
    headers = ada.options(f"/api/v1/sessions/{session}/uploads").headers
    assert (headers["tus-version"], headers["tus-extension"]) == ("1.0.0", "creation,termination")
    assert int(headers["tus-max-size"]) == 500 << 20


def test_a_file_comes_in_pieces_and_is_read_once(ada: TestClient, session: str) -> None:
    place = begun(ada, session)
    assert ada.head(place).headers["upload-offset"] == "0"
    assert piece(ada, place, 0, CONTENT[:20]) == 204
    told = ada.head(place).headers
    assert (told["upload-offset"], told["upload-length"]) == ("20", str(len(CONTENT)))
    assert ada.post(f"{place}/read", json={}).json()["code"] == "upload_incomplete"
    assert piece(ada, place, 20, CONTENT[20:]) == 204
    dataset = ada.post(f"{place}/read", json={"name": "q1.csv"}).json()
    assert (dataset["name"], dataset["tables"][0]["rows"]) == ("q1.csv", 3)
    assert dataset["tables"][0]["path"] == ""
    assert ada.post(f"{place}/read", json={}).json() == dataset
    (kept,) = ada.get(f"/api/v1/sessions/{session}/files").json()
    assert kept["size"] == len(CONTENT)


def test_a_piece_that_does_not_fit_changes_nothing(ada: TestClient, session: str) -> None:
    place = begun(ada, session)
    assert piece(ada, place, 5, CONTENT) == 409
    assert piece(ada, place, 0, CONTENT + b"more") == 413
    wrong = ada.patch(place, content=CONTENT, headers={"Upload-Offset": "0"})
    assert (wrong.status_code, wrong.json()["code"]) == (415, "not_a_piece")
    assert int(ada.head(place).headers["upload-offset"]) <= len(CONTENT)


def test_how_a_file_shall_be_read_is_told_when_it_is_read(ada: TestClient, session: str) -> None:
    content = b"a|b\n1,5|x\n"
    place = begun(ada, session, len(content), "odd.csv")
    piece(ada, place, 0, content)
    asked = {"options": {"delimiter": "|", "decimal": ","}}
    (table,) = ada.post(f"{place}/read", json=asked).json()["tables"]
    assert table["parsed"]["delimiter"] == "|"


def test_a_file_that_cannot_be_read_says_where(ada: TestClient, session: str) -> None:
    place = begun(ada, session, 0, "empty.csv")
    answer = ada.post(f"{place}/read", json={})
    assert (answer.status_code, answer.json()["error"]["error"]) == (422, "DataError")


def test_a_name_is_no_path(ada: TestClient, session: str) -> None:
    place = begun(ada, session, name="../../etc/pass\x00wd.csv")
    piece(ada, place, 0, CONTENT)
    assert ada.post(f"{place}/read", json={}).json()["name"] == "pass wd.csv"
    headers = {"Upload-Length": "1", "Upload-Metadata": "filename %%%"}
    answer = ada.post(f"/api/v1/sessions/{session}/uploads", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_metadata")


def test_an_upload_that_is_too_large_or_given_up_leaves_nothing(
    ada: TestClient, session: str
) -> None:
    headers = {"Upload-Length": str(501 << 20), "Upload-Metadata": "filename YS5jc3Y="}
    answer = ada.post(f"/api/v1/sessions/{session}/uploads", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    place = begun(ada, session)
    assert ada.delete(place).status_code == 204
    assert ada.head(place).status_code == 404


def test_rows_come_as_arrow_sorted_by_several_columns(ada: TestClient, answered: str) -> None:
    columns = [c["name"] for c in ada.get(f"/api/v1/query/{answered}").json()["result"]["columns"]]
    answer = ada.get(
        f"/api/v1/query/{answered}/results",
        params={"sort_column": columns[::-1], "sort_direction": ["desc", "asc"]},
        headers={"Accept": "application/vnd.apache.arrow.file"},
    )
    table = pa.ipc.open_file(io.BytesIO(answer.content)).read_all()
    assert table.column(columns[0]).to_pylist() == ["South", "North"]


@pytest.mark.parametrize("format", ["csv", "xlsx", "json", "parquet"])
def test_an_export_is_fetched_whole_and_in_ranges(
    ada: TestClient, answered: str, format: str
) -> None:
    made = ada.post(f"/api/v1/query/{answered}/exports", json={"format": format})
    assert made.status_code == 201
    (file,) = made.json()["files"]
    place = f"/api/v1/exports/{made.json()['id']}"
    assert ada.get(place).json() == made.json()
    whole = ada.get(f"{place}/content")
    assert len(whole.content) == file["size"]
    assert whole.headers["content-disposition"] == f'attachment; filename="result.{format}"'
    part = ada.get(f"{place}/content", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert ada.get(f"{place}/content", params={"part": 1}).status_code == 404


def test_an_export_by_a_column_that_is_not_there_names_the_nearest(
    ada: TestClient, answered: str
) -> None:
    asked = {"format": "csv", "sort": ["-regoin"]}
    answer = ada.post(f"/api/v1/query/{answered}/exports", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_column")
    assert "'region'" in answer.json()["hint"]


def test_a_question_asked_again_under_its_id_starts_nothing(ada: TestClient, session: str) -> None:
    place = begun(ada, session)
    piece(ada, place, 0, CONTENT)
    ada.post(f"{place}/read", json={})
    body = {"session_id": session, "query": "total sales by region", "query_id": str(uuid.uuid4())}
    first = ada.post("/api/v1/query/process", json=body).json()
    assert first["query_id"] == body["query_id"]
    assert ada.post("/api/v1/query/process", json=body).json() == first
    assert len(ada.get(f"/api/v1/sessions/{session}/history").json()) == 1
    other = ada.post("/api/v1/sessions", json={}).json()["id"]
    taken = ada.post("/api/v1/query/process", json=body | {"session_id": other})
    assert (taken.status_code, taken.json()["code"]) == (409, "query_id_taken")


def test_a_name_is_borne_by_one_session_of_a_user(ada: TestClient, ben: TestClient) -> None:
    made = ada.post("/api/v1/sessions", json={"name": "q3"}).json()
    again = ada.post("/api/v1/sessions", json={"name": "q3"})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert ben.post("/api/v1/sessions", json={"name": "q3"}).status_code == 201
    assert ada.get("/api/v1/sessions", params={"name": "q3"}).json()["items"] == [made]
    other = ada.post("/api/v1/sessions", json={}).json()["id"]
    renamed = ada.patch(f"/api/v1/sessions/{other}", json={"name": "q3"})
    assert renamed.status_code == 409
