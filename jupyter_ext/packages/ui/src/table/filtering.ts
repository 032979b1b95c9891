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
  const parts = op === "in" ? text.split(",").map((part) => part.trim()).filter(Boolean) : [text.trim()];
  const values = parts.map((part) => value(column, part));
  if (!values.length || values.some((one) => one === null)) return null;
  return { column: column.name, op, value: op === "in" ? values : (values[0] ?? null) };
}

function value(column: Column, text: string): Wire {
  if (text === "") return null;
  if (kind(column.type) === "boolean") return { true: true, false: false }[text.toLowerCase()] ?? null;
  if (!isNumeric(column.type)) return text;
  const number = Number(text.replace(/,/g, ""));
  if (Number.isNaN(number)) return null;
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? number : text;
}

export function told({ column, op, value }: Condition): string {
  const shown = Array.isArray(value) ? value.join(", ") : value === null ? "" : String(value);
  return `${column} ${word(op)}${shown && ` ${shown}`}`;
}
