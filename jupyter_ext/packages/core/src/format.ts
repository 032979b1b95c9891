/** A cell as text, by its column's wire type (`types/values.py` says how each travels). */

import type { Wire } from "./types.gen";

interface Typed {
  type: string;
  name?: string;
}

/** Numbers that name things rather than count them, as `render/numbers.py` knows them. */
const LABELS = /(^| )(year|yr|id|key|code|zip|zipcode|postcode|phone|sku|no|nr|number)$/i;
const AMOUNTS = /^(number|no|nr|count|distinct|unique|total|sum|avg|average|mean|median)( |$)/i;

/** Whether a column's numbers are written without separators: years, identifiers. */
export function isLabel(name: string): boolean {
  const words = name.replace(/([a-z])(?=[A-Z])/g, "$1 ").replace(/[\W_]+/g, " ").trim();
  return LABELS.test(words) && !AMOUNTS.test(words);
}

const WHOLE = new Intl.NumberFormat("en-US");
const FRACTION = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
const SMALL = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

/** A type without what stands in its brackets: `decimal(10,2)` is `decimal`. */
export function kind(type: string): string {
  return type.replace(/\(.*/, "").replace(/\[.*/, "list");
}

export function isNumeric(type: string): boolean {
  return ["integer", "decimal", "double"].includes(kind(type));
}

export function isTemporal(type: string): boolean {
  return ["date", "time", "timestamp", "timestamptz"].includes(kind(type));
}

/** The cell as it is shown; "" for a missing value, which the table marks otherwise. */
export function cell(value: Wire | undefined, column: Typed): string {
  if (value === null || value === undefined) return "";
  if (column.name && isNumeric(column.type) && isLabel(column.name)) return plain(value);
  switch (kind(column.type)) {
    case "integer":
      return grouped(value);
    case "decimal":
      return grouped(value);
    case "double":
      return typeof value === "number" ? double(value) : String(value);
    case "timestamp":
    case "timestamptz":
      return String(value).replace("T", " ");
    default:
      return plain(value);
  }
}

/** The cell as another program takes it: whole, without separators. */
export function plain(value: Wire | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function double(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return WHOLE.format(value);
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return value.toExponential(4);
  return size < 0.01 ? SMALL.format(value) : FRACTION.format(value);
}

/** Digits in groups of three, without going through a number: those beyond 2^53 stay exact. */
function grouped(value: Wire): string {
  const [whole = "", ...rest] = String(value).split(".");
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ","), ...rest].join(".");
}
