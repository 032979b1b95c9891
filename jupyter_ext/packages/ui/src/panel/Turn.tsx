import type { Host, QueryState, Session } from "@dip/core";
import { Answer, Working } from "../answer";
import type { Asking } from "./runs";
import { Trouble } from "./Trouble";

interface Props {
  host: Host;
  session: Session;
  asking: Asking;
  state: QueryState;
  stop(): void;
}

/** One question, and what has come of it so far. */
export function Turn({ host, session, asking, state, stop }: Props) {
  const { question, result, problem, cancelled } = state;
  return (
    <section aria-label={question} className="dip:flex dip:flex-col dip:gap-2">
      <Question text={question} />
      {result ? (
        <Answer
          facts={result}
          session={session}
          host={host}
          ask={asking.ask}
          choose={(option) => asking.choose(result.id, question, option)}
          edit={(sql) => asking.edit(result.id, question, sql)}
        />
      ) : problem ? (
        <Trouble problem={problem} again={() => asking.ask(question)} />
      ) : cancelled ? (
        <p role="status" className="dip:text-faint">
          Stopped.
        </p>
      ) : (
        <Working state={state} stop={stop} />
      )}
    </section>
  );
}

export function Question({ text }: { text: string }) {
  return <h3 className="dip:font-semibold dip:break-words dip:whitespace-pre-wrap">{text}</h3>;
}
