/** Where the cursor of a table goes with a key. Row -1 is the header. */

export interface Place {
  row: number;
  column: number;
}

export interface Bounds {
  rows: number;
  columns: number;
  /** Rows that a page key goes. */
  page: number;
}

interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** The new place; null for a key that moves nothing. */
export function moved(at: Place, { key, ctrlKey, metaKey }: Key, bounds: Bounds): Place | null {
  const whole = ctrlKey || metaKey;
  const to = step(at, key, whole, bounds);
  if (!to) return null;
  return {
    row: Math.min(Math.max(-1, to.row), bounds.rows - 1),
    column: Math.min(Math.max(0, to.column), bounds.columns - 1),
  };
}

function step({ row, column }: Place, key: string, whole: boolean, { rows, columns, page }: Bounds): Place | null {
  switch (key) {
    case "ArrowUp":
      return { row: whole ? 0 : row - 1, column };
    case "ArrowDown":
      return { row: whole ? rows - 1 : row + 1, column };
    case "ArrowLeft":
      return { row, column: whole ? 0 : column - 1 };
    case "ArrowRight":
      return { row, column: whole ? columns - 1 : column + 1 };
    case "PageUp":
      return { row: Math.max(0, row - page), column };
    case "PageDown":
      return { row: row + page, column };
    case "Home":
      return whole ? { row: 0, column: 0 } : { row, column: 0 };
    case "End":
      return whole ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 };
    default:
      return null;
  }
}

/** The rectangle between two cells. */
export function between(one: Place, other: Place): { from: Place; to: Place } {
  return {
    from: { row: Math.min(one.row, other.row), column: Math.min(one.column, other.column) },
    to: { row: Math.max(one.row, other.row), column: Math.max(one.column, other.column) },
  };
}
