"""A cell becomes a question: read, find the data, ask, follow, show, keep. The whole story."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..client import QueryStream, Result, Session
from ..client.core.asks import Choose, Request, RunPlan, ask
from ..types.errors import Cancelled, ConfigError, DipError
from ..types.events import PlanReady
from ..types.glossary import same_words
from ..types.plan import Plan
from . import live, showing
from .data import prepare, worded
from .desk import Seat, desk_of
from .editing import base, next_cell
from .failure import AskFailed, stopped, told
from .namespace import LAST, bound, check_name
from .options import Asked, read
from .progress import Shown

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Asking:
    """The questions of one kernel."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.desk = desk_of(shell)
        showing.warm()

    def ask(self, line: str, cell: str | None = None) -> None:
        """Answer a line or cell of `%ask`, below the cell; raises only `AskFailed`.

        With `--debug` an error is raised as it is.
        """
        debug = "--debug" in line.split()
        shown = Shown(self._shell.display_pub, live=live.somebody_is_there(self._shell))
        try:
            with shown:
                self._answer(read(line, cell), shown)
        except (KeyboardInterrupt, Cancelled):
            raise stopped(shown.seconds) from None
        except DipError as error:
            if debug:
                raise
            raise told(error) from None
        except Exception:
            if debug:
                raise
            raise AskFailed(
                "Something went wrong inside DIP.",
                "Add --debug to see where, and please report it.",
            ) from None

    def _answer(self, asked: Asked, shown: Shown) -> None:
        variables: dict[str, Any] = self._shell.user_ns
        if asked.out:
            check_name(asked.out, variables, asked.force)
        seat = self.desk.seat(asked)
        request = _request(asked, seat, variables, shown)
        if asked.dry_run and isinstance(request, RunPlan):
            shown.show(*showing.planned(request.plan))
            return
        found = _followed(seat.session, request, shown, to_plan=asked.dry_run)
        if isinstance(found, Plan):
            shown.show(*showing.planned(found))
            return
        if asked.question and asked.choose and found.status == "clarify":
            found = seat.session.choose(found, asked.choose - 1)
        self._keep(found, asked)
        result = showing.charted(found, asked, seat.session)
        self._keep(result, asked)
        for display in showing.displays(result, asked, seat.session):
            shown.show(*display)
        self.desk.tell(seat)
        if asked.table:
            shown.show(*live.table(result, asked, self._shell))
        if asked.edit:
            self._shell.set_next_input(next_cell(result, asked))

    def _keep(self, result: Result, asked: Asked) -> None:
        """Bind the answer to its names."""
        self._shell.user_ns[LAST] = result
        if asked.out:
            self._shell.user_ns[asked.out] = result


def _request(asked: Asked, seat: Seat, variables: Mapping[str, Any], shown: Shown) -> Request:
    """What the cell wants computed: a question, a plan, a changed statement, a chosen reading."""
    if asked.plan:
        prepare(asked, seat, variables, shown.reading)
        return RunPlan(_plan_file(asked.plan))
    if asked.statement:
        edit = base(asked.statement, seat.session, variables).edit(sql=asked.question)
        return RunPlan(edit.plan)
    if asked.choose and not asked.question:
        return Choose(_asked_back(variables).id, asked.choose - 1)
    if not asked.question:
        raise ConfigError(
            "There is no question.", hint="Write it after the options, or below %%ask. Help: %ask?"
        )
    params = bound(asked.question, variables)
    on = prepare(asked, seat, variables, shown.reading)
    question = worded(asked.question)
    if asked.rerun:
        return RunPlan(_last_plan(question, seat.session))
    planner = "rules" if asked.dry_run else asked.planner
    return ask(question, params, planner, on)


def _followed(session: Session, request: Request, shown: Shown, *, to_plan: bool) -> Result | Plan:
    """The answer; or only the plan of it, the run being stopped when that is known."""
    with QueryStream(lambda: session, request) as stream:
        for event in stream:
            shown.event(event)
            if to_plan and isinstance(event, PlanReady):
                return event.plan
        return stream.result()


def _plan_file(name: str) -> Plan:
    try:
        return Plan.model_validate_json(Path(name).expanduser().read_bytes())
    except OSError as error:
        raise ConfigError(
            f"The plan {name!r} cannot be read: {error.strerror}.", hint="Check the path."
        ) from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        at = f" (at {where})" if where else ""
        raise ConfigError(
            f"{name!r} is no plan{at}.", hint="A plan is the JSON of result.plan.", code="no_plan"
        ) from None


def _last_plan(question: str, session: Session) -> Plan:
    """The plan of the last answer to the same question in this session."""
    for turn in reversed(session.history()):
        if same_words(turn.question) == same_words(question):
            plan = session.result(turn.result_id).plan
            if plan:
                return plan
    raise ConfigError(
        "This question has no answer yet in this session.", hint="Ask it without --rerun first."
    )


def _asked_back(variables: Mapping[str, Any]) -> Result:
    last = variables.get(LAST)
    if isinstance(last, Result) and last.status == "clarify":
        return last
    raise ConfigError(
        "The last answer asks nothing back.", hint="--choose goes with a question of two readings."
    )
