import { isOver, type Host, type Session, type Turn as Past } from "@dip/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, type ReactNode } from "react";
import { Tables, Upload } from "../data";
import { Ask } from "./Ask";
import { Busy } from "./Busy";
import { Earlier } from "./Earlier";
import { useRuns, type Run } from "./runs";
import { Turn } from "./Turn";

interface Props {
  host: Host;
  session: Session;
}

/** One session: its data, the turns so far, and the next question. */
export function Chat({ host, session }: Props) {
  const queries = useQueryClient();
  const history = useQuery({ queryKey: ["history", session.id], queryFn: () => session.history() });
  const look = useCallback(() => {
    void queries.invalidateQueries({ queryKey: ["history", session.id] });
  }, [queries, session]);
  const asking = useRuns(session, look);
  useEffect(
    () =>
      session.events((event) => {
        if (event.type === "session_updated" || event.type === "query_completed") look();
      }),
    [session, look],
  );
  const turns = inOrder(history.data ?? [], asking.runs);
  const parts = { host, session, asking };
  return (
    <div className="dip:flex dip:min-h-0 dip:grow dip:flex-col dip:overflow-auto dip:@4xl:flex-row dip:@4xl:overflow-hidden">
      <aside className="dip:flex dip:flex-col dip:gap-3 dip:p-3 dip:@4xl:w-80 dip:@4xl:shrink-0 dip:@4xl:overflow-auto dip:@4xl:border-r dip:@4xl:border-line">
        <Upload session={session} />
        <Tables session={session} />
      </aside>
      <main className="dip:flex dip:min-w-0 dip:grow dip:flex-col dip:@4xl:min-h-0">
        <ol
          aria-label="Questions and answers"
          className="dip:flex dip:grow dip:flex-col dip:gap-5 dip:p-3 dip:@4xl:overflow-auto dip:@4xl:px-6"
        >
          {turns.map((turn) =>
            "state" in turn ? (
              <Shown key={turn.key} over={isOver(turn.state)}>
                <Turn state={turn.state} stop={turn.stop} {...parts} />
              </Shown>
            ) : (
              <Earlier key={turn.result_id} turn={turn} {...parts} />
            ),
          )}
          {!turns.length && (
            <li className="dip:text-faint">Add a file, then ask a question of it in plain words.</li>
          )}
        </ol>
        <div className="dip:sticky dip:bottom-0 dip:border-t dip:border-line dip:bg-ground dip:p-3 dip:@4xl:px-6">
          <Busy host={host} />
          <Ask ask={asking.ask} />
        </div>
      </main>
    </div>
  );
}

/** The session's turns as they were asked, here and elsewhere; then those it has not written down. */
function inOrder(history: readonly Past[], runs: readonly Run[]): (Past | Run)[] {
  const here = new Map(runs.map((run) => [run.state.result?.id ?? run.state.queryId, run]));
  const written = history.map((turn) => here.get(turn.result_id) ?? turn);
  return [...written, ...runs.filter((run) => !written.includes(run))];
}

/** A turn that is brought into view when it begins and when it is over, and not moved besides. */
function Shown({ over, children }: { over: boolean; children: ReactNode }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    item.current?.scrollIntoView?.({ block: "nearest" });
  }, [over]);
  return (
    <li ref={item} className="dip:scroll-mt-3 dip:scroll-mb-28">
      {children}
    </li>
  );
}
