import { plain, type Column } from "@dip/core";
import type { Place } from "./moving";
import type { Rows } from "./rows";

/** Rows of a selection that are copied at most. */
const MOST = 10_000;

interface Selected {
  from: Place;
  to: Place;
}

/** Put the selected cells on the clipboard, for a spreadsheet; gives what to tell of it. */
export async function copied(rows: Rows, columns: Column[], { from, to }: Selected): Promise<string> {
  const last = loaded(rows, from.row, to.row);
  if (last < from.row) return "These rows are not here yet; copy them when they are.";
  if (!navigator.clipboard) return "The browser lets nothing be copied here; export the rows instead.";
  await navigator.clipboard.writeText(text(rows, columns, from, { ...to, row: last }));
  const all = to.row - from.row + 1;
  const some = last - from.row + 1;
  if (some < all) return `Copied the first ${some} of ${all} rows; export to have all of them.`;
  return from.row === to.row && from.column === to.column ? "Copied." : `Copied ${all} rows.`;
}

/** The last row up to which every one is here. */
function loaded(rows: Rows, from: number, to: number): number {
  let row = from;
  while (row <= to && row - from < MOST && (row < 0 || rows.row(row))) row += 1;
  return row - 1;
}

export function text(rows: Rows, columns: Column[], from: Place, to: Place): string {
  const lines: string[] = [];
  for (let row = from.row; row <= to.row; row++) {
    const cells: string[] = [];
    for (let column = from.column; column <= to.column; column++) {
      const value = row < 0 ? columns[column]?.name : rows.row(row)?.[column];
      cells.push(plain(value).replace(/[\t\n\r]+/g, " "));
    }
    lines.push(cells.join("\t"));
  }
  return lines.join("\n");
}
