import { cell, type Column } from "@dip/core";
import { useCallback, useMemo, useState } from "react";
import type { Rows } from "./rows";

const LETTER = 7.6;
const ROOM = 22;
const NARROWEST = 56;
const WIDEST = 320;
/** Rows that a width is measured by. */
const LOOKED_AT = 60;

export interface Widths {
  /** Pixels of each column. */
  of: readonly number[];
  sum: number;
  set(column: number, width: number): void;
  /** As wide as its longest loaded cell wants. */
  fit(column: number): void;
}

/** Widths by what stands in the columns, until the user sets them. */
export function useWidths(columns: Column[], rows: Rows): Widths {
  const [own, setOwn] = useState<Record<number, number>>({});
  const known = rows.row(0) !== undefined;
  const measured = useMemo(
    () => columns.map((_, at) => Math.min(WIDEST, longest(columns, rows, at))),
    [columns, rows, known],
  );
  const of = useMemo(() => measured.map((width, at) => own[at] ?? width), [measured, own]);
  const set = useCallback((column: number, width: number) => {
    setOwn((before) => ({ ...before, [column]: Math.max(NARROWEST, Math.round(width)) }));
  }, []);
  const fit = useCallback((column: number) => set(column, longest(columns, rows, column)), [columns, rows, set]);
  return { of, sum: of.reduce((sum, width) => sum + width, 0), set, fit };
}

function longest(columns: Column[], rows: Rows, at: number): number {
  const column = columns[at]!;
  let letters = Math.max(column.name.length + 4, column.type.length + 1);
  for (let row = 0; row < LOOKED_AT; row++) {
    const value = rows.row(row)?.[at];
    if (value !== undefined) letters = Math.max(letters, cell(value, column).length);
  }
  return Math.max(NARROWEST, Math.ceil(letters * LETTER + ROOM));
}
