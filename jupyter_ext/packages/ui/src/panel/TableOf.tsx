import { Problem, type Host, type ResultFacts, type Session } from "@dip/core";
import { useEffect, useState } from "react";
import { Exports } from "../answer/Exports";
import type { PageSource } from "../table/rows";
import { ResultTable } from "../table/ResultTable";
import { Root } from "./Panel";
import { Trouble } from "./Trouble";

interface Props {
  host: Host;
  /** The session of the answer; null is the host's own. */
  name: string | null;
  /** The answer's id. */
  result: string;
}

interface Found {
  session: Session;
  facts: ResultFacts;
  source: PageSource;
}

/** The table of one answer, without a panel around it. */
export function TableOf({ host, name, result }: Props) {
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    bring(host, name, result).then(setFound, (thrown: unknown) => setProblem(Problem.of(thrown)));
  }, [host, name, result]);
  return (
    <Root>
      {problem && <Trouble problem={problem} />}
      {found && (
        <div className="dip:flex dip:flex-col dip:gap-2">
          <ResultTable source={found.source} columns={found.facts.columns} total={found.facts.row_count} busy={host.busy} />
          <div>
            <Exports facts={found.facts} session={found.session} />
          </div>
        </div>
      )}
    </Root>
  );
}

async function bring(host: Host, name: string | null, id: string): Promise<Found> {
  const session = await host.open(name);
  const facts = await session.result(id);
  return { session, facts, source: { page: session.page.bind(session, id) } };
}
