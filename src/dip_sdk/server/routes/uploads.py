"""`/sessions/{id}/uploads`: files in pieces, by the tus protocol 1.0 (creation, termination).

The last piece does not read the file: `read` does, and says how it shall be read.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field

from ...types.base import Model
from ...types.dataset import Dataset, ReadOptions
from ..deps import Asking, Database, TheHub, ThePool, TheQuota, TheUploads
from ..problems import Problem, not_found
from ..store.access import owned
from ..store.rooms import Room
from ..store.transfers import Upload
from ..uploads import safe_name
from .files import keep
from .tables import hidden_places

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"


class Read(Model, extra="forbid"):
    name: Annotated[str, Field(max_length=200)] = ""
    """What the user calls it; "" is the name of the file."""
    options: ReadOptions = ReadOptions()


def in_pieces(most_mb: int) -> APIRouter:
    """The routes; a piece may be as large as a file."""
    router = APIRouter(prefix="/sessions/{session_id}/uploads", tags=["files"])
    each = "/{upload_id}"
    router.add_api_route("", abilities, methods=["OPTIONS"], status_code=204)
    router.add_api_route("", create, methods=["POST"], status_code=201)
    router.add_api_route(each, show, methods=["HEAD"], status_code=204)
    most = (most_mb << 20) + 1
    router.add_api_route(each, append, methods=["PATCH"], status_code=204, max_body_size=most)
    router.add_api_route(each, terminate, methods=["DELETE"], status_code=204)
    router.add_api_route(f"{each}/read", read, methods=["POST"])
    return router


async def abilities(user: Asking, uploads: TheUploads) -> Response:  # noqa: ARG001 - let in
    """What this server can do of tus."""
    headers = {"Tus-Version": VERSION, "Tus-Extension": "creation,termination"}
    return _answer(204, headers | {"Tus-Max-Size": str(uploads.most)})


async def create(
    session_id: uuid.UUID, user: Asking, database: Database, uploads: TheUploads,
    quota: TheQuota,
    upload_length: Annotated[int, Header(ge=0)],
    upload_metadata: Annotated[str, Header(max_length=4000)] = "",
) -> Response:  # fmt: skip
    """Tell that a file will come; `Location` is where to send it."""
    await owned(database, user.id, Room, session_id)
    async with quota.reserved(user.id, upload_length):
        upload = await uploads.begin(session_id, _filename(upload_metadata), upload_length)
    place = f"/api/v1/sessions/{session_id}/uploads/{upload.id}"
    return _answer(201, {"Location": place})


async def _own_upload(
    session_id: uuid.UUID, upload_id: uuid.UUID, user: Asking, database: Database
) -> Upload:
    upload = await owned(database, user.id, Upload, upload_id)
    if upload.session_id != session_id:
        raise not_found("upload")
    return upload


Own = Annotated[Upload, Depends(_own_upload)]


async def show(upload: Own, uploads: TheUploads) -> Response:
    """How much of it is there."""
    offset = str(await uploads.offset(upload))
    told = {"Upload-Offset": offset, "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return _answer(204, told)


async def append(
    request: Request, upload: Own, uploads: TheUploads,
    upload_offset: Annotated[int, Header(ge=0)],
    content_type: Annotated[str, Header()] = "",
) -> Response:  # fmt: skip
    """Send a piece from `Upload-Offset` on; a request that breaks off loses nothing."""
    if content_type != PIECE:
        raise Problem(415, "not_a_piece", "A piece has another type.", hint=f"Send it as {PIECE}.")
    offset = await uploads.append(upload, upload_offset, request.stream())
    return _answer(204, {"Upload-Offset": str(offset)})


async def terminate(upload: Own, database: Database, uploads: TheUploads) -> Response:
    """Give it up."""
    await uploads.forget(upload)
    async with database.transaction() as session:
        await session.delete(upload)
    return _answer(204, {})


async def read(
    given: Read, upload: Own, database: Database, pool: ThePool, hub: TheHub, uploads: TheUploads
) -> Dataset:
    """Read the complete file into its session; asking again gives what it was read into."""
    session = await pool.session(upload.session_id)
    if upload.dataset_id is not None:
        return hidden_places(_known(session.datasets(), upload.dataset_id))
    name = safe_name(given.name) if given.name else upload.filename
    dataset, digest = await uploads.read(upload, session, name, given.options)
    upload.dataset_id = dataset.id
    await keep(database, hub, upload.session_id, dataset, upload.size, digest, upload)
    await uploads.forget(upload)
    return hidden_places(dataset)


def _known(datasets: tuple[Dataset, ...], dataset_id: str) -> Dataset:
    for dataset in datasets:
        if dataset.id == dataset_id:
            return dataset
    raise not_found("file")


def _filename(metadata: str) -> str:
    """`filename` of tus' metadata: pairs of a key and a value in base64, with commas between."""
    pairs = (pair.split() for pair in metadata.split(","))
    given = next((pair[1] for pair in pairs if len(pair) == 2 and pair[0] == "filename"), "")
    try:
        return base64.b64decode(given, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise Problem(
            422, "not_metadata", "The filename in Upload-Metadata cannot be read.",
            hint="Send it as UTF-8 in base64.",
        ) from None  # fmt: skip


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers=headers | {"Tus-Resumable": VERSION})
