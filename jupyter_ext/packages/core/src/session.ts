/**
 * What the panel needs of whoever answers: a kernel, or a backend. It mirrors the Python client's
 * rooms: verbs in camelCase, data as the Python models' JSON. Every verb may be called while others
 * run; what fails rejects with a `Problem`, what is aborted with an `AbortError`.
 */

import type { Condition, Dataset, Event, Page, Replay, ResultFacts, Table, Turn } from "./types.gen";

export type ExportFormat = "csv" | "xlsx" | "json" | "parquet";

/** A Vega-Lite specification with its data inside. */
export type ChartSpec = Record<string, unknown>;

/** How rows are looked at. */
export interface View {
  /** Columns in order of weight: "total" goes up, "-total" goes down. */
  sort: string[];
  where: Condition[];
}

export interface PageRequest extends View {
  offset: number;
  limit: number;
}

/** A file for the user: its bytes, or where the browser fetches them. */
export type Download = { name: string; blob: Blob } | { name: string; url: string };

/** A table of the kernel that can be brought into a session. `rows` is null where nobody counted. */
export interface Frame {
  name: string;
  rows: number | null;
  columns: string[];
}

export interface Asked {
  question: string;
  planner?: string;
  /** Names of tables that the question is about. */
  on?: string[];
}

/** One session. A run's events end with `query_result`, `error` or `cancelled`. */
export interface Session {
  readonly id: string;
  /** null: a session of its own, which ends with its host. */
  readonly name: string | null;
  ask(asked: Asked, signal?: AbortSignal): AsyncIterable<Event>;
  choose(resultId: string, option: number, signal?: AbortSignal): AsyncIterable<Event>;
  /** The answer again with another last statement, which passes the same guard. */
  edit(resultId: string, sql: string, signal?: AbortSignal): AsyncIterable<Event>;
  cancel(queryId: string): Promise<void>;
  history(): Promise<Turn[]>;
  result(id: string): Promise<ResultFacts>;
  page(resultId: string, wanted: PageRequest, signal?: AbortSignal): Promise<Page>;
  export(resultId: string, format: ExportFormat, view?: View): Promise<Download>;
  datasets(): Promise<Dataset[]>;
  profile(table: string): Promise<Table>;
  rename(table: string, name: string): Promise<Table>;
  remove(table: string): Promise<void>;
  /** Takes the last change of the tables back and says what it was; null: there was none. */
  undo(): Promise<string | null>;
  /** `moved` hears a fraction from 0 to 1 and what is being done. */
  upload(
    file: File,
    moved: (fraction: number, message: string) => void,
    signal?: AbortSignal,
  ): Promise<Dataset[]>;
  saveAs(resultId: string, name: string): Promise<Table>;
  code(resultId: string, language: "sql" | "pandas"): Promise<string>;
  restyle(resultId: string, kind: string): Promise<ChartSpec>;
  replay(resultId: string): Promise<Replay>;
  /** The answer is right: the same question gives it from now on. `name` is how it is cited. */
  verify(resultId: string, name: string): Promise<void>;
  /** What happens in the session unasked. Returns what stops listening. */
  events(listener: (event: Event) => void): () => void;
  /** A chart as SVG text, where the host has no library that draws. */
  picture?(spec: ChartSpec): Promise<string>;
  /** Hosts with a kernel: its tables, and bringing one in. */
  frames?(): Promise<Frame[]>;
  addFrame?(name: string): Promise<Dataset>;
}

/** Where the panel lives. */
export interface Host {
  /** A named session as it was left, or (null) the host's own. */
  open(name: string | null): Promise<Session>;
  /** A fresh session without a name. */
  renew(): Promise<Session>;
  sessions(): Promise<string[]>;
  remove(name: string): Promise<void>;
  /** Draws a chart with a library; returns what takes it away. Without it, `Session.picture` does. */
  readonly draw?: (element: HTMLElement, spec: ChartSpec, dark: boolean) => Promise<() => void>;
  /** Hosts that can write a cell. */
  readonly notebook?: { insert(code: string): void };
  /** Tells whether calls wait because a cell runs. Returns what stops listening. */
  readonly busy?: (listener: (busy: boolean) => void) => () => void;
}

/** What went wrong, in words for the user: what happened, and what to do next. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** A short stable name for programs. */
    readonly code: string,
    message: string,
    readonly hint: string = "",
  ) {
    super(message);
  }

  static from(wire: { code?: string; message: string; hint?: string }): Problem {
    return new Problem(wire.code ?? "failed", wire.message, wire.hint ?? "");
  }

  /** Whatever was thrown, as what can be shown. */
  static of(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    return new Problem("failed", "Something went wrong in the panel.", "Try it again.");
  }
}

/** Whether this is the end of what the user stopped, which is no failure. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "AbortError";
}
