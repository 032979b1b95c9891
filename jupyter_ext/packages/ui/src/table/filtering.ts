/** Conditions on columns, as a user writes them. */

import { isNumeric, isTemporal, kind, type Column, type Condition, type Wire } from "@dip/core";

export type Op = Condition["op"];

const WORDS: Record<Op, string> = {
  contains: "contains",
  "=": "is",
  "!=": "is not",
  "<": "less than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
  in: "is one of",
  "is null": "is missing",
  "is not null": "is there",
};

/** What can be asked of a column, the likeliest first. */
export function ops(column: Column): Op[] {
  const missing: Op[] = ["is null", "is not null"];
  if (kind(column.type) === "boolean") return ["=", ...missing];
  if (isNumeric(column.type) || isTemporal(column.type)) return ["=", ">=", "<=", ">", "<", "!=", "in", ...missing];
  return ["contains", "=", "!=", "in", ...missing];
}

export function word(op: Op): string {
  return WORDS[op];
}

export function takesValue(op: Op): boolean {
  return op !== "is null" && op !== "is not null";
}

/** The condition that was written; null while it says nothing that the column could hold. */
export function condition(column: Column, op: Op, text: string): Condition | null {
  if (!takesValue(op)) return { column: column.name, op, value: null };
  const parts = op === "in" ? listed(text) : [text.trim()];
  const values = parts.map((part) => value(column, part));
  if (!values.length || values.some((one) => one === null)) return null;
  return { column: column.name, op, value: op === "in" ? values : (values[0] ?? null) };
}

/** What stands between commas; one with a comma in it is written in quotes, as in a CSV file. */
function listed(text: string): string[] {
  const found = text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g);
  return [...found].map(([, quoted, bare]) => quoted?.replace(/""/g, '"') ?? bare!.trim()).filter(Boolean);
}

/** A condition's value as its user would write it. */
export function spelled(value: Wire): string {
  if (!Array.isArray(value)) return value === null ? "" : String(value);
  return value.map((one) => (/[",]/.test(String(one)) ? `"${String(one).replace(/"/g, '""')}"` : String(one))).join(", ");
}

/** The conditions with one more; of the same kind on the same column, the later counts. */
export function joined(where: readonly Condition[], added: Condition): Condition[] {
  return [...where.filter((one) => one.column !== added.column || one.op !== added.op), added];
}

function value(column: Column, text: string): Wire {
  if (text === "") return null;
  if (kind(column.type) === "boolean") return { true: true, false: false }[text.toLowerCase()] ?? null;
  if (!isNumeric(column.type)) return text;
  const digits = text.replace(/[,_\s]/g, "");
  const number = Number(digits);
  if (!digits || Number.isNaN(number)) return null;
  return String(number) === digits ? number : digits; // as text no digit is lost on the way
}

export function told({ column, op, value }: Condition): string {
  const shown = spelled(value);
  return `${column} ${word(op)}${shown && ` ${shown}`}`;
}
