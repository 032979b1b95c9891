/** The order of a table, as clicks on its headers change it. */

export type Direction = "ascending" | "descending" | "none";

/** Up, down, as it was; with `more` the columns before keep their weight. */
export function clicked(sort: readonly string[], column: string, more: boolean): string[] {
  const before = direction(sort, column);
  const others = more ? sort.filter((key) => !names(key, column)) : [];
  const own = before === "none" ? [column] : before === "ascending" ? [`-${column}`] : [];
  return [...others, ...own];
}

export function direction(sort: readonly string[], column: string): Direction {
  if (sort.includes(column)) return "ascending";
  return sort.includes(`-${column}`) ? "descending" : "none";
}

function names(key: string, column: string): boolean {
  return key === column || key === `-${column}`;
}
