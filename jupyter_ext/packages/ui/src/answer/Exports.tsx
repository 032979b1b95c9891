import { Problem, type ExportFormat, type ResultFacts, type Session, type View } from "@dip/core";
import { useState } from "react";
import { Button } from "../kit/Button";
import { Menu, MenuItem } from "../kit/Menu";
import { save } from "./save";

const FORMATS: [ExportFormat, string][] = [
  ["csv", "CSV"],
  ["xlsx", "Excel (XLSX)"],
  ["json", "JSON"],
  ["parquet", "Parquet"],
];

interface Props {
  facts: ResultFacts;
  session: Session;
  /** How the table is looked at: sorted and filtered rows are exported so. */
  view?: View;
}

/** All rows of an answer as a file. */
export function Exports({ facts, session, view }: Props) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const write = async (format: ExportFormat) => {
    setBusy(true);
    setProblem(undefined);
    try {
      save(await session.export(facts.id, format, view));
    } catch (thrown) {
      setProblem(Problem.of(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Menu
        trigger={
          <Button data-testid="export-button" disabled={busy}>
            {busy ? "Exporting…" : "Export"}
          </Button>
        }
      >
        {FORMATS.map(([format, name]) => (
          <MenuItem key={format} data-testid={`export-${format}`} onSelect={() => void write(format)}>
            {name}
          </MenuItem>
        ))}
      </Menu>
      {problem && (
        <p role="alert" className="dip:w-full dip:text-sm dip:text-bad">
          {problem.message} {problem.hint}
        </p>
      )}
    </>
  );
}
