"""What a client needs of whoever answers: an engine in this process, or a backend elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...types.dataset import Dataset, Link, Table
from ...types.events import Event
from ...types.glossary import Glossary
from ...types.result import Condition, ExportFormat, Page, Replay, ResultFacts
from ...types.session import Invitation, Member, Settings, Shared, Turn
from ..core.asks import Request
from ..core.uploads import Moved, Upload

if TYPE_CHECKING:
    import pyarrow as pa


class AsyncRoom(Protocol):
    """One session. Every verb may be called while others run; errors are those of `types.errors`.

    An iterator that is closed early stops what it stands for.
    """

    id: str
    name: str | None

    def upload(self, upload: Upload) -> AsyncGenerator[Moved | Dataset]:
        """Read the sources in turn: how far it is, and each dataset when it is there."""

    def answer(self, request: Request, query_id: str) -> AsyncGenerator[Event]:
        """The events of one run."""

    async def cancel(self, query_id: str) -> None:
        """Stop a run: its events end with `CancelledEvent`. One that is over is no error."""

    async def replay(self, result_id: str) -> tuple[ResultFacts, Replay]:
        """Compute an answer again from its plan."""

    async def result(self, result_id: str) -> ResultFacts:
        """The facts of an earlier answer."""

    async def history(self) -> tuple[Turn, ...]:
        """Earlier turns, oldest first."""

    async def page(
        self,
        result_id: str,
        offset: int,
        limit: int,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> Page:
        """Consecutive rows of an answer."""

    async def arrow(
        self, result_id: str, sort: Sequence[str], where: Sequence[Condition]
    ) -> pa.Table:
        """All rows of an answer."""

    async def export(
        self,
        result_id: str,
        format: ExportFormat,
        target: Path,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> tuple[Path, ...]:
        """Write an answer to `target`, or to several files beside it that are named after it."""

    async def datasets(self) -> tuple[Dataset, ...]:
        """What was uploaded or derived."""

    async def links(self) -> tuple[Link, ...]:
        """Likely joins."""

    async def profile(self, table: str) -> Table:
        """A table with its full profile."""

    async def rename(self, table: str, name: str) -> Table:
        """Give a table another name."""

    async def remove(self, table: str) -> None:
        """Take a table out."""

    async def save_as(self, result_id: str, name: str) -> Table:
        """Make a result a table."""

    async def undo(self) -> str | None:
        """Take back the last change of the tables, and say what it was."""

    async def settings(self) -> Settings:
        """What the session assumes."""

    async def configure(self, settings: Settings) -> None:
        """Assume this from now on."""

    async def glossary(self) -> Glossary:
        """The words of the session's users."""

    async def define(self, glossary: Glossary) -> None:
        """These are the words from now on."""

    async def share(self, email: str) -> Invitation:
        """Invite somebody to read the session."""

    async def members(self) -> tuple[Member, ...]:
        """Who may read it, and who was invited to."""

    async def unshare(self, email: str) -> None:
        """Take that back."""

    async def close(self) -> None:
        """End; idempotent."""


class AsyncBackend(Protocol):
    """Opens sessions."""

    async def open(self, name: str | None, read_only: bool) -> AsyncRoom:
        """A named session as it was left, or (None) a fresh one that ends with the client."""

    async def found(self, session_id: str, read_only: bool) -> AsyncRoom:
        """The session of that id: one of the user's, or one that is shared with them."""

    async def accept(self, token: str) -> AsyncRoom:
        """The session that an invitation is to."""

    async def shared(self) -> tuple[Shared, ...]:
        """Sessions of others that the user may read."""

    async def sessions(self) -> tuple[str, ...]:
        """Names of the sessions that are kept."""

    async def delete(self, name: str) -> None:
        """Delete a named session with all that is in it."""

    async def close(self) -> None:
        """End; idempotent."""
