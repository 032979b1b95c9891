import { plain, type Column, type Condition, type Host } from "@dip/core";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../kit/Button";
import { told } from "./filtering";
import type { Place } from "./moving";
import type { Rows } from "./rows";

interface Props {
  rows: Rows;
  columns: Column[];
  top: number;
  seen: number;
  at: Place;
  where: readonly Condition[];
  /** The cell under the cursor is shown whole. */
  whole: boolean;
  setWhole(whole: boolean): void;
  /** What the last key did. */
  said: string;
  busy?: Host["busy"];
  go(row: number): void;
  onFilter(where: Condition[]): void;
}

/** Where one is in the table, what is left out, and what went wrong. */
export function Status({ rows, columns, top, seen, at, where, whole, setWhole, said, busy, go, onFilter }: Props) {
  const waiting = useBusy(busy);
  const first = Math.min(rows.total, Math.floor(top) + 1);
  const last = Math.min(rows.total, Math.floor(top) + seen);
  return (
    <div className="dip:flex dip:flex-wrap dip:items-center dip:gap-x-3 dip:gap-y-1 dip:px-2 dip:py-1 dip:text-xs dip:text-faint">
      <span role="status">
        {rows.total ? `Rows ${number(first)}–${number(last)} of ${number(rows.total)}` : "No rows"}
      </span>
      {where.map((one) => (
        <button
          key={`${one.column} ${one.op}`}
          type="button"
          aria-label={`Show all: no longer ${told(one)}`}
          className="dip:inline-flex dip:items-center dip:gap-1 dip:rounded dip:bg-sunken dip:px-1.5 dip:text-ink"
          onClick={() => onFilter(where.filter((other) => other !== one))}
        >
          {told(one)} <X size={12} aria-hidden />
        </button>
      ))}
      {rows.total > seen && <GoTo total={rows.total} go={go} />}
      {at.row === -1 && <span>Enter sorts, F filters, + and − set the width.</span>}
      <Whole rows={rows} columns={columns} at={at} whole={whole} setWhole={setWhole} />
      {said && <span role="status">{said}</span>}
      {waiting && <span role="status">The kernel is running a cell; rows come when it is done.</span>}
      {rows.problem && (
        <span role="alert" className="dip:flex dip:items-center dip:gap-2 dip:text-bad">
          {rows.problem.message} {rows.problem.hint}
          <Button onClick={() => rows.again()}>Try again</Button>
        </span>
      )}
    </div>
  );
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function GoTo({ total, go }: { total: number; go(row: number): void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const digits = text.replace(/[,\s]/g, "");
        const row = /^\d+$/.test(digits) ? Number(digits) : 0;
        const there = row >= 1 && row <= total;
        setWrong(!there);
        if (there) go(row - 1);
      }}
    >
      <label>
        Go to row{" "}
        <input
          inputMode="numeric"
          className="dip:w-24 dip:rounded dip:border dip:border-edge dip:px-1 dip:text-ink"
          value={text}
          aria-invalid={wrong}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.stopPropagation()}
        />
      </label>
      {wrong && <span role="alert"> A number from 1 to {number(total)}.</span>}
    </form>
  );
}

/** The whole text of the cell under the cursor, where the table cuts it or the user asks for it. */
function Whole({ rows, columns, at, whole, setWhole }: Pick<Props, "rows" | "columns" | "at" | "whole" | "setWhole">) {
  const text = plain(rows.row(at.row)?.[at.column]);
  if (text.length < 40 && !whole) return null;
  return (
    <details className="dip:w-full" open={whole} onToggle={(event) => setWhole(event.currentTarget.open)}>
      <summary>{columns[at.column]?.name}, whole</summary>
      <p className="dip:max-h-40 dip:overflow-auto dip:break-words dip:whitespace-pre-wrap dip:text-ink">{text}</p>
      {navigator.clipboard && <Copy key={text} text={text} />}
    </details>
  );
}

function Copy({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied."),
      () => setSaid("The browser lets nothing be copied here."),
    );
  return (
    <>
      <Button onClick={() => void copy()}>Copy value</Button> {said && <span role="status">{said}</span>}
    </>
  );
}

function useBusy(busy: Host["busy"]): boolean {
  const [waiting, setWaiting] = useState(false);
  useEffect(() => busy?.(setWaiting), [busy]);
  return waiting;
}
