import { cell, placesOf, type Column, type Places, type Wire } from "@dip/core";
import { useCallback, useMemo, useState } from "react";
import type { Rows } from "./rows";

const LETTER = 7.6;
const ROOM = 22;
const NARROWEST = 56;
const WIDEST = 320;
/** Rows that widths and decimals are measured by. */
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

/** The decimals of each column, by its first rows; null where it is written as it is. */
export function usePlaces(columns: Column[], rows: Rows): readonly (Places | null)[] {
  const known = rows.row(0) !== undefined;
  return useMemo(() => columns.map((column, at) => placesOf(first(rows, at), column)), [columns, rows, known]);
}

function first(rows: Rows, column: number): (Wire | undefined)[] {
  return Array.from({ length: LOOKED_AT }, (_, row) => rows.row(row)?.[column]);
}

function longest(columns: Column[], rows: Rows, at: number): number {
  const column = columns[at]!;
  const values = first(rows, at);
  const places = placesOf(values, column);
  const lengths = values.map((value) => cell(value, column, places).length);
  const letters = Math.max(column.name.length + 4, column.type.length + 1, ...lengths);
  return Math.max(NARROWEST, Math.ceil(letters * LETTER + ROOM));
}
