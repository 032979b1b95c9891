import { Problem, type Dataset, type Frame, type Session, type Table } from "@dip/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { counted } from "../answer/words";
import { Button } from "../kit/Button";
import { Menu, MenuItem } from "../kit/Menu";
import { Naming } from "../kit/Naming";
import { Profile } from "./Profile";

/** The tables of a session, and beside them those of the kernel that are not in it yet. */
export function Tables({ session }: { session: Session }) {
  const queries = useQueryClient();
  const datasets = useQuery({ queryKey: ["datasets", session.id], queryFn: () => session.datasets() });
  const frames = useQuery({
    queryKey: ["frames", session.id],
    queryFn: () => session.frames?.() ?? [],
    enabled: session.frames !== undefined,
  });
  useEffect(
    () =>
      session.events((event) => {
        if (event.type !== "session_updated" && event.type !== "file_processed") return;
        void queries.invalidateQueries({ queryKey: ["datasets", session.id] });
        void queries.invalidateQueries({ queryKey: ["frames", session.id] });
      }),
    [session, queries],
  );
  const held = new Set((datasets.data ?? []).map((dataset) => dataset.name));
  const others = (frames.data ?? []).filter((frame) => !held.has(frame.name));
  if (!datasets.data?.length && !others.length) return null;
  return (
    <section aria-label="Tables" className="dip:flex dip:flex-col dip:gap-1 dip:text-sm">
      {(datasets.data ?? []).flatMap((dataset) =>
        dataset.tables.map((table) => <One key={table.name} session={session} dataset={dataset} table={table} />),
      )}
      {others.map((frame) => (
        <Other key={frame.name} session={session} frame={frame} />
      ))}
    </section>
  );
}

/** A change of the tables, after which they are looked at again. */
function useChange<T>(session: Session, work: (given: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSettled: () => queries.invalidateQueries({ queryKey: ["datasets", session.id] }),
  });
}

function One({ session, dataset, table }: { session: Session; dataset: Dataset; table: Table }) {
  const [open, setOpen] = useState(false);
  const [naming, setNaming] = useState(false);
  const rename = useChange(session, (name: string) => session.rename(table.name, name));
  const remove = useChange(session, () => session.remove(table.name));
  const problem = rename.error ?? remove.error;
  return (
    <div className="dip:rounded dip:border dip:border-line">
      <div className="dip:flex dip:items-center dip:gap-2 dip:p-1 dip:pl-2">
        {naming ? (
          <Naming
            label={`New name of ${table.name}`}
            name={table.name}
            done={(name) => {
              setNaming(false);
              if (name && name !== table.name) rename.mutate(name);
            }}
          />
        ) : (
          <button
            type="button"
            aria-expanded={open}
            className="dip:min-w-0 dip:grow dip:truncate dip:text-left"
            title={dataset.source}
            onClick={() => setOpen(!open)}
          >
            <strong>{table.name}</strong>{" "}
            <span className="dip:text-faint">
              {counted(table.rows, "row")}, {counted(shown(table).length, "column")}
            </span>
          </button>
        )}
        {!!table.problems.length && (
          <span className="dip:text-warn" title={table.problems.map((found) => found.message).join("\n")}>
            {counted(table.problems.length, "note")}
          </span>
        )}
        <Menu trigger={<Button aria-label={`More about ${table.name}`}>⋯</Button>}>
          <MenuItem onSelect={() => setNaming(true)}>Rename</MenuItem>
          <MenuItem onSelect={() => remove.mutate(undefined)}>Remove</MenuItem>
        </Menu>
      </div>
      {problem && <p className="dip:px-2 dip:text-bad">{Problem.of(problem).message}</p>}
      {open && <Profile session={session} table={table} />}
    </div>
  );
}

function Other({ session, frame }: { session: Session; frame: Frame }) {
  const add = useChange(session, () => session.addFrame!(frame.name));
  return (
    <div className="dip:flex dip:items-center dip:gap-2 dip:rounded dip:border dip:border-dashed dip:border-line dip:p-1 dip:pl-2">
      <span className="dip:min-w-0 dip:grow dip:truncate" title={frame.columns.join(", ")}>
        {frame.name}{" "}
        <span className="dip:text-faint">
          DataFrame{frame.rows === null ? "" : `, ${counted(frame.rows, "row")}`}
        </span>
      </span>
      <Button disabled={add.isPending} onClick={() => add.mutate(undefined)}>
        {add.isPending ? "Adding…" : "Add"}
      </Button>
      {add.error && <p className="dip:text-bad">{Problem.of(add.error).message}</p>}
    </div>
  );
}

/** Columns that a user sees: readings of a text and row numbers are left out. */
export function shown(table: Table): Table["columns"] {
  return table.columns.filter((column) => column.reading_of === null && column.name !== "_row");
}
