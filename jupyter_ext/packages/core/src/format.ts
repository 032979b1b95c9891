/** A cell as text, by its column's wire type (`types/values.py` says how each travels). */

import { commonPlaces, number, type Numeric, type Places } from "./numbers";
import type { Wire } from "./types.gen";

interface Typed {
  type: string;
  name?: string;
}

/** Numbers that name things rather than count them, as `render/numbers.py` knows them. */
const LABELS = /(^| )(year|yr|id|key|code|zip|zipcode|postcode|phone|sku|no|nr|number)$/i;
const AMOUNTS = /^(number|no|nr|count|distinct|unique|total|sum|avg|average|mean|median)( |$)/i;
const SPAN = /^(-?)P(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/;
const SPAN_WORDS = ["y", "mo", "w", "d", "h", "min", "s"];
const TIMESTAMP = /^(\S+?)T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** Whether a column's numbers are written without separators: years, identifiers. */
export function isLabel(name: string): boolean {
  const words = name.replace(/([a-z])(?=[A-Z])/g, "$1 ").replace(/[\W_]+/g, " ").trim();
  return LABELS.test(words) && !AMOUNTS.test(words);
}

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

/** The decimals that let the numbers of a column align; null where that is no question. */
export function placesOf(values: readonly (Wire | undefined)[], column: Typed): Places | null {
  if (!isNumeric(column.type)) return null;
  const there = values.filter((value): value is Wire => value !== null && value !== undefined);
  return commonPlaces(there, kind(column.type) as Numeric);
}

/**
 * The cell as it is shown; "" for a missing value, which the table marks otherwise. `places` are
 * the decimals of its column; without them the number shows those that it wants itself.
 */
export function cell(value: Wire | undefined, column: Typed, places: Places | null = null): string {
  if (value === null || value === undefined) return "";
  const of = kind(column.type);
  if (isNumeric(column.type)) {
    return number(value, of as Numeric, places, !(column.name && isLabel(column.name)));
  }
  if (typeof value === "object") return nested(value);
  if (typeof value !== "string") return String(value);
  if (of === "timestamp" || of === "timestamptz") return timestamp(value);
  if (of === "interval") return span(value);
  if (of === "binary") return bytes(value);
  return value;
}

/** The cell as another program takes it: whole, without separators. */
export function plain(value: Wire | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `2024-03-01 13:30`; midnight is the date alone, whole minutes go without seconds. */
function timestamp(value: string): string {
  const [, day = "", minute = "", told = "", zone = ""] = TIMESTAMP.exec(value) ?? [];
  if (!day) return value;
  const shorter = told.includes(".") ? told.replace(/\.?0+$/, "") : told;
  const second = shorter === ":00" ? "" : shorter;
  if (minute === "00:00" && !second && !zone) return day;
  const offset = ["Z", "+00:00", "+00"].includes(zone) ? "UTC" : zone;
  return `${day} ${minute}${second} ${offset}`.trimEnd();
}

/** `2 d 4 h` for `P2DT4H`. */
function span(value: string): string {
  const [whole, sign = "", ...amounts] = SPAN.exec(value) ?? [];
  if (whole === undefined) return value;
  const parts = amounts.flatMap((amount, at) => (Number(amount ?? 0) ? [`${Number(amount)} ${SPAN_WORDS[at]}`] : []));
  return sign + (parts.join(" ") || "0 s");
}

function bytes(value: string): string {
  const size = Math.floor((value.length * 3) / 4) - (/=*$/.exec(value)?.[0].length ?? 0);
  return `<${size.toLocaleString("en-US")} byte${size === 1 ? "" : "s"}>`;
}

function nested(value: Wire): string {
  if (Array.isArray(value)) return `[${value.map(nested).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, held]) => `${JSON.stringify(name)}: ${nested(held)}`);
  return `{${parts.join(", ")}}`;
}
