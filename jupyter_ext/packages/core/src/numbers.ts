/** Numbers as people read them, by the rules of `render/numbers.py`: the same in every table. */

import type { Wire } from "./types.gen";

/** A double written with at most this many decimals is shown as it is; a longer one is rounded. */
const SHORT = 6;
const SCIENTIFIC = 1e16;

export type Numeric = "integer" | "decimal" | "double";

/** The decimals of a column. Where it `rounds`, its numbers have no more; else none is hidden. */
export interface Places {
  count: number;
  rounds: boolean;
}

/** With the decimals of its column, or without `places` with those that the number itself wants. */
export function number(value: Wire, kind: Numeric, places: Places | null, grouped: boolean): string {
  if (places === null && isScientific(value, kind)) return scientific(Number(value));
  const digits = written(value, kind);
  if (digits === null) return String(value);
  const own = sensible(digits, kind);
  const count = places?.rounds ? places.count : Math.max(places?.count ?? 0, own);
  return separated(rounded(digits, count), grouped);
}

/** How many decimals show these numbers of a column well; null where that is no question. */
export function commonPlaces(values: readonly Wire[], kind: Numeric): Places | null {
  if (kind === "integer" || values.some((value) => isScientific(value, kind))) return null;
  const all = values.map((value) => written(value, kind)).filter((digits) => digits !== null);
  const long = all.filter((digits) => kind === "double" && decimalsOf(digits) > SHORT);
  const wanted = (long.length ? long : all).map((digits) => sensible(digits, kind));
  return wanted.length ? { count: Math.max(...wanted), rounds: long.length > 0 } : null;
}

/** All digits of a number without an exponent; null for what is none. */
function written(value: Wire, kind: Numeric): string | null {
  if (kind === "double" && typeof value === "number") return value.toPrecision(16);
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^-?\d+(\.\d+)?$/.test(text) ? text : null;
}

/** Decimals without the zeros at their end. */
function decimalsOf(digits: string): number {
  return (digits.split(".")[1] ?? "").replace(/0+$/, "").length;
}

function sensible(digits: string, kind: Numeric): number {
  if (kind === "integer") return 0;
  const decimals = decimalsOf(digits);
  if (kind === "decimal") return Math.max(decimals, Math.min((digits.split(".")[1] ?? "").length, 2));
  if (decimals <= SHORT) return decimals;
  const size = Math.abs(Number(digits));
  return size >= 1 ? 2 : Math.max(2, 2 - Math.floor(Math.log10(size)));
}

/** The digits with so many decimals, halves away from zero. */
function rounded(digits: string, places: number): string {
  const [whole = "", fraction = ""] = digits.replace("-", "").split(".");
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  const up = (fraction[places] ?? "0") >= "5";
  const text = String(kept + (up ? 1n : 0n)).padStart(places + 1, "0");
  const sign = digits.startsWith("-") && /[1-9]/.test(text) ? "-" : "";
  return sign + (places ? `${text.slice(0, -places)}.${text.slice(-places)}` : text);
}

function separated(text: string, grouped: boolean): string {
  if (!grouped) return text;
  const [whole = "", ...rest] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ","), ...rest].join(".");
}

function isScientific(value: Wire, kind: Numeric): boolean {
  if (kind !== "double" || typeof value !== "number") return false;
  const size = Math.abs(value);
  return size >= SCIENTIFIC || (size > 0 && size < 1e-4);
}

function scientific(value: number): string {
  const short = Number(value.toPrecision(3));
  return Math.abs(short) < 1 ? String(short) : short.toExponential().replace("e+", "e");
}
