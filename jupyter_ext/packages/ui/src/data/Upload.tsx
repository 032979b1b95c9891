import { isAbort, Problem, type Dataset, type Session } from "@dip/core";
import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useReducer } from "react";
import { useDropzone } from "react-dropzone";
import { counted } from "../answer/words";

interface Sending {
  id: number;
  name: string;
  fraction: number;
  message: string;
  stop(): void;
  done?: Dataset[];
  problem?: Problem;
}

type Change = { add: Sending } | { id: number; to: Partial<Sending> } | { drop: number };

function changed(all: Sending[], change: Change): Sending[] {
  if ("add" in change) return [...all, change.add];
  if ("drop" in change) return all.filter((one) => one.id !== change.drop);
  return all.map((one) => (one.id === change.id ? { ...one, ...change.to } : one));
}

let count = 0;

/** Files are dropped or picked, several at once; each tells how far it is, and why it was refused. */
export function Upload({ session }: { session: Session }) {
  const [all, change] = useReducer(changed, []);
  const queries = useQueryClient();
  const send = async (file: File) => {
    const id = ++count;
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    change({ add: { id, name: file.name, fraction: 0, message: "Waiting", stop } });
    const moved = (fraction: number, message: string) => change({ id, to: { fraction, message } });
    try {
      change({ id, to: { done: await session.upload(file, moved, stopping.signal) } });
      await queries.invalidateQueries({ queryKey: ["datasets", session.id] });
    } catch (thrown) {
      change(isAbort(thrown) ? { drop: id } : { id, to: { problem: Problem.of(thrown) } });
    }
  };
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    onDrop: (files) => files.forEach((file) => void send(file)),
    noClick: true,
    noKeyboard: true,
  });
  return (
    <section aria-label="Files" className="dip:flex dip:flex-col dip:gap-2">
      <div
        {...getRootProps()}
        className={`dip:rounded dip:border dip:border-dashed dip:p-3 dip:text-center dip:text-sm ${
          isDragActive ? "dip:border-brand dip:bg-raised" : "dip:border-edge"
        }`}
      >
        <input {...getInputProps({ "aria-label": "Files to ask about" })} data-testid="file-input" />
        Drop CSV, Excel, JSON or Parquet files here, or{" "}
        <button type="button" onClick={open} className="dip:text-brand dip:underline">
          pick them
        </button>
      </div>
      <ul className="dip:flex dip:flex-col dip:gap-1 dip:text-sm">
        {all.map((one) => (
          <li key={one.id} className="dip:flex dip:items-start dip:gap-2">
            <Sent one={one} />
            <button
              type="button"
              aria-label={one.done || one.problem ? `Hide ${one.name}` : `Stop ${one.name}`}
              className="dip:shrink-0 dip:p-0.5 dip:text-faint"
              onClick={() => (one.done || one.problem ? change({ drop: one.id }) : one.stop())}
            >
              <X size={14} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sent({ one }: { one: Sending }) {
  if (one.problem) {
    return (
      <p data-testid="upload-error" role="alert" className="dip:grow dip:text-bad">
        {one.name}: {one.problem.message} {one.problem.hint}
      </p>
    );
  }
  if (one.done) {
    const tables = one.done.flatMap((dataset) => dataset.tables);
    return (
      <p data-testid="upload-success" role="status" className="dip:grow dip:text-good">
        {one.name}: {tables.map((table) => `${table.name} (${counted(table.rows, "row")})`).join(", ")}
      </p>
    );
  }
  return (
    <div className="dip:grow">
      <p role="status">
        {one.name}: <span className="dip:text-faint">{one.message}</span>
      </p>
      <progress className="dip:w-full" max={1} value={one.fraction} aria-label={one.name} />
    </div>
  );
}
