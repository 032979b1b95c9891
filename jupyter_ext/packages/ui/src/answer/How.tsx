import type { ResultFacts } from "@dip/core";
import { Sql } from "./Sql";
import { sentLine, stepLine } from "./words";

/** Folded: the steps with their statements, what was read, and what left the machine. */
export function How({ facts }: { facts: ResultFacts }) {
  const steps = facts.steps ?? [];
  return (
    <details data-testid="how-computed" className="dip:text-sm">
      <summary className="dip:cursor-pointer dip:text-faint">How it was computed</summary>
      <div className="dip:mt-2 dip:flex dip:flex-col dip:gap-2">
        <ol className="dip:m-0 dip:flex dip:list-decimal dip:flex-col dip:gap-2 dip:pl-5">
          {steps.map((step) => (
            <li key={step.name}>
              <p className="dip:mb-1">{stepLine(step)}</p>
              {step.sql && <Sql sql={step.sql} />}
            </li>
          ))}
        </ol>
        {(facts.how ?? []).map((line) => (
          <p key={line} className="dip:text-faint">
            {line}
          </p>
        ))}
        <p className="dip:text-faint">{sentLine(facts)}</p>
        {(facts.sent ?? []).map((sent, at) => (
          <details key={at}>
            <summary className="dip:cursor-pointer dip:text-faint">Request {at + 1}, as it was sent</summary>
            <pre
              className="dip:max-h-60 dip:overflow-auto dip:rounded dip:bg-sunken dip:p-2 dip:text-xs dip:whitespace-pre-wrap"
              tabIndex={0}
            >
              {sent.body}
            </pre>
          </details>
        ))}
      </div>
    </details>
  );
}
