import type { Host, ResultFacts, Session, View } from "@dip/core";
import { useMemo, useState } from "react";
import { ResultTable } from "../table/ResultTable";
import { Actions } from "./Actions";
import { Lacking, Readings, Suggestions } from "./Asking";
import { Chart } from "./Chart";
import { Checks } from "./Checks";
import { Edit } from "./Edit";
import { How } from "./How";
import { seconds, sqlOf, who } from "./words";

export interface AnswerProps {
  facts: ResultFacts;
  session: Session;
  host: Host;
  /** Begins a new turn. */
  ask(question: string, planner?: string): void;
  choose(option: number): void;
  edit(sql: string): void;
}

/** An answer: the sentence, the table, the chart, what looked wrong, how it was computed, what next. */
export function Answer({ facts, session, host, ask, choose, edit }: AnswerProps) {
  const [editing, setEditing] = useState(false);
  const [view, setView] = useState<View>();
  const source = useMemo(
    () => ({ page: session.page.bind(session, facts.id) }),
    [session, facts.id],
  );
  const rows = facts.row_count ?? 0;
  const next = facts.suggestions?.length ? facts.suggestions : (facts.missing?.suggestions ?? []);
  return (
    <article data-testid="query-result" className="dip:flex dip:flex-col dip:gap-3">
      <div>
        <p className="dip:text-base dip:whitespace-pre-wrap">{said(facts)}</p>
        <p className="dip:text-xs dip:text-faint">
          {who(facts)}, {seconds(facts.seconds ?? 0)}
        </p>
      </div>
      {facts.clarification && <Readings clarification={facts.clarification} choose={choose} />}
      {facts.missing && <Lacking missing={facts.missing} />}
      {rows > 0 && <ResultTable source={source} columns={facts.columns ?? []} total={rows} busy={host.busy} onView={setView} />}
      {facts.chart && <Chart facts={facts} session={session} host={host} />}
      <Checks checks={facts.checks ?? []} />
      {facts.status === "answered" && (
        <>
          <How facts={facts} />
          {editing ? (
            <Edit sql={sqlOf(facts)} run={edit} close={() => setEditing(false)} />
          ) : (
            <Actions
              facts={facts}
              session={session}
              host={host}
              view={view}
              ask={ask}
              edit={() => setEditing(true)}
            />
          )}
        </>
      )}
      <Suggestions suggestions={next} ask={ask} />
    </article>
  );
}

function said(facts: ResultFacts): string {
  return facts.explanation || facts.clarification?.question || facts.missing?.message || "";
}
