import { Problem, type Host, type ResultFacts, type Session, type View } from "@dip/core";
import { useState } from "react";
import { Button } from "../kit/Button";
import { Menu, MenuItem } from "../kit/Menu";
import { Naming } from "../kit/Naming";
import { Exports } from "./Exports";
import { other, sqlOf } from "./words";

interface Props {
  facts: ResultFacts;
  session: Session;
  host: Host;
  view?: View;
  ask(question: string, planner?: string): void;
  edit(): void;
}

/** What can be done with an answer. */
export function Actions({ facts, session, host, view, ask, edit }: Props) {
  const [said, setSaid] = useState("");
  const [naming, setNaming] = useState(false);
  const trying = (work: () => Promise<string>) => () => {
    work().then(setSaid, (thrown: unknown) => setSaid(Problem.of(thrown).message));
  };
  const copy = (language: "sql" | "pandas") =>
    trying(async () => {
      await navigator.clipboard.writeText(await session.code(facts.id, language));
      return `Copied as ${language === "sql" ? "SQL" : "Python"}.`;
    });
  const keep = (name: string) => {
    setNaming(false);
    if (name) trying(async () => `Kept as the table ${(await session.saveAs(facts.id, name)).name}.`)();
  };
  const verify = trying(async () => {
    await session.verify(facts.id, "");
    return "Verified: this question is answered so from now on.";
  });
  const replay = trying(async () => {
    const found = await session.replay(facts.id);
    return found.same ? "Computed again: the same." : `Computed again: ${(found.differences ?? []).join("; ")}`;
  });
  const insert = (code: string) => {
    host.notebook?.insert(code);
    setSaid("Put into the notebook.");
  };
  return (
    <div className="dip:flex dip:flex-wrap dip:items-center dip:gap-2">
      {facts.row_count ? <Exports facts={facts} session={session} view={view} /> : null}
      {sqlOf(facts) && <Button onClick={edit}>Edit SQL</Button>}
      <Menu trigger={<Button aria-label="More">More</Button>}>
        <MenuItem onSelect={copy("sql")}>Copy as SQL</MenuItem>
        <MenuItem onSelect={copy("pandas")}>Copy as Python</MenuItem>
        {host.notebook && (
          <>
            <MenuItem onSelect={() => insert(`%%ask\n${facts.question}`)}>Insert as %%ask cell</MenuItem>
            <MenuItem onSelect={trying(async () => (insert(await session.code(facts.id, "pandas")), "Put into the notebook."))}>
              Insert as Python cell
            </MenuItem>
          </>
        )}
        <MenuItem onSelect={() => setNaming(true)}>Keep as a table</MenuItem>
        <MenuItem onSelect={verify}>This is right: verify</MenuItem>
        <MenuItem onSelect={replay}>Compute again</MenuItem>
        <MenuItem onSelect={() => ask(facts.question, other(facts))}>
          {other(facts) === "claude" ? "Ask Claude instead" : "Ask the rules instead"}
        </MenuItem>
      </Menu>
      {naming && <Naming label="Name of the new table" name="result" done={keep} />}
      <span role="status" className="dip:text-sm dip:text-faint">
        {said}
      </span>
    </div>
  );
}
