import { plain, type Column } from "@dip/core";
import type { Place } from "./moving";
import type { Rows } from "./rows";

/** Rows of a selection that are copied at most. */
const MOST = 10_000;

/** Put the selected cells on the clipboard, for a spreadsheet; those not loaded stay empty. */
export async function copied(rows: Rows, columns: Column[], { from, to }: { from: Place; to: Place }): Promise<void> {
  await navigator.clipboard?.writeText(text(rows, columns, from, to));
}

export function text(rows: Rows, columns: Column[], from: Place, to: Place): string {
  const lines: string[] = [];
  for (let row = from.row; row <= Math.min(to.row, from.row + MOST); row++) {
    const cells: string[] = [];
    for (let column = from.column; column <= to.column; column++) {
      const value = row < 0 ? columns[column]?.name : rows.row(row)?.[column];
      cells.push(plain(value).replace(/[\t\n\r]+/g, " "));
    }
    lines.push(cells.join("\t"));
  }
  return lines.join("\n");
}
