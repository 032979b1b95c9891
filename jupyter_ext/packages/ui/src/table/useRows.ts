import type { View } from "@dip/core";
import { useEffect, useMemo, useReducer } from "react";
import { Rows, type PageSource } from "./rows";

/** The rows of a view; another view, other rows: none of an old order is ever shown. */
export function useRows(source: PageSource, view: View, total: number): Rows {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const rows = useMemo(() => new Rows(source, view, total, changed), [source, view, total]);
  useEffect(() => () => rows.close(), [rows]);
  return rows;
}
