/** A session in memory for components: it holds what it is given and writes down what it is asked. */

import type {
  ChartSpec, Dataset, Download, Event, ExportFormat, Frame, Host, Page, PageRequest, Replay, ResultFacts, Session,
  Table, Turn, View,
} from "@dip/core";
import { Problem } from "@dip/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { createElement, type ReactElement } from "react";

export function facts(given: Partial<ResultFacts> = {}): ResultFacts {
  return {
    id: "r1",
    session_id: "s1",
    question: "Total sales by region?",
    status: "answered",
    planner: "rules",
    columns: [
      { name: "region", type: "text", non_finite: 0 },
      { name: "total sales", type: "integer", non_finite: 0 },
    ],
    row_count: 2,
    preview: [
      ["North", 20],
      ["South", 5],
    ],
    explanation: "North has the highest total sales: 20.",
    checks: [],
    suggestions: ["And by month?"],
    chart: null,
    plan: null,
    steps: [{ name: "answer", title: "Total sales by region", sql: "SELECT 1", did: "", rows: 2, seconds: 0.004 }],
    how: ["Read 3 rows of sales."],
    clarification: null,
    missing: null,
    sent: [],
    usage: { calls: 0, tokens_in: 0, tokens_out: 0, money: 0 },
    seconds: 0.05,
    at: "2026-01-01T00:00:00Z",
    ...given,
  };
}

export function table(name: string, given: Partial<Table> = {}): Table {
  const column = { label: "", reading_of: null, unit: null };
  return {
    name,
    dataset_id: name,
    source: `${name}.csv`,
    rows: 3,
    columns: [
      { ...column, name: "region", type: "text" },
      { ...column, name: "sales", type: "integer" },
      { ...column, name: "sales as number", type: "double", reading_of: "sales" },
      { ...column, name: "_row", type: "integer" },
    ],
    parsed: {
      format: "csv", encoding: "utf-8", delimiter: ",", quote: null, header: true, skip: 0, footer: 0, sheet: null,
      decimal: null, day_first: null, bad_lines: false, notes: [],
    },
    problems: [],
    fingerprint: name,
    path: "",
    inner: name,
    store: "duckdb",
    profile: null,
    ...given,
  };
}

export function dataset(of: Table, format: Dataset["format"] = "csv"): Dataset {
  const options: Dataset["options"] = {
    format: null, sheet: null, encoding: null, delimiter: null, quote: null, header: null, skip: null, decimal: null,
    day_first: null, in_place: false,
  };
  return { id: of.name, name: format === "frame" ? of.name : of.source, source: of.source, format, size: 10, options, tables: [of] };
}

export class Memory implements Session {
  readonly id = "s1";
  readonly name = null;
  readonly asked: unknown[] = [];
  held: Dataset[] = [];
  loose: Frame[] = [];
  /** What an upload waits for. */
  arrives: Promise<void> = Promise.resolve();
  refuses: Problem | null = null;
  private readonly listeners = new Set<(event: Event) => void>();

  async *ask(): AsyncIterable<Event> {}
  async *choose(): AsyncIterable<Event> {}
  async *edit(): AsyncIterable<Event> {}
  async cancel(): Promise<void> {}
  async history(): Promise<Turn[]> {
    return [];
  }
  async result(): Promise<ResultFacts> {
    return facts();
  }
  async page(_id: string, { offset, limit }: PageRequest): Promise<Page> {
    const { columns, preview, row_count: total } = facts();
    return { columns, rows: preview.slice(offset, offset + limit), offset, total };
  }
  async export(id: string, format: ExportFormat, view?: View): Promise<Download> {
    this.asked.push(["export", id, format, view]);
    if (this.refuses) throw this.refuses;
    return { name: `answer.${format}`, blob: new Blob(["a"]) };
  }
  async datasets(): Promise<Dataset[]> {
    return this.held;
  }
  async profile(name: string): Promise<Table> {
    const column = { nulls: 1, distinct: 2, mean: null, quantiles: [], sampled: false, rows: 3 };
    return table(name, {
      profile: [
        { ...column, name: "region", type: "text", minimum: "North", maximum: "South", frequent: [["North", 2]], histogram: [] },
        { ...column, name: "sales", type: "integer", minimum: 5, maximum: 20, frequent: [], histogram: [[0, 10, 2], [10, 20, 1]] },
      ],
    });
  }
  async rename(before: string, name: string): Promise<Table> {
    this.asked.push(["rename", before, name]);
    if (this.refuses) throw this.refuses;
    this.held = this.held.map((one) => dataset({ ...one.tables[0]!, name }));
    return table(name);
  }
  async remove(name: string): Promise<void> {
    this.held = this.held.filter((one) => one.tables[0]!.name !== name);
  }
  async undo(): Promise<string | null> {
    return null;
  }
  async upload(file: File, moved: (fraction: number, message: string) => void, signal?: AbortSignal): Promise<Dataset[]> {
    moved(0.5, "Reading");
    await Promise.race([
      this.arrives,
      new Promise((_, reject) =>
        signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError"))),
      ),
    ]);
    if (this.refuses) throw this.refuses;
    const added = dataset(table(file.name.replace(/\..*/, "")));
    this.held = [...this.held, added];
    return [added];
  }
  async saveAs(_id: string, name: string): Promise<Table> {
    return table(name);
  }
  async code(): Promise<string> {
    return "select 1";
  }
  async restyle(id: string, kind: string): Promise<ChartSpec> {
    this.asked.push(["restyle", id, kind]);
    return { mark: { type: kind } };
  }
  async picture(spec: ChartSpec): Promise<string> {
    return `<svg xmlns="http://www.w3.org/2000/svg"><title>${JSON.stringify(spec["mark"])}</title></svg>`;
  }
  async replay(): Promise<Replay> {
    return { same: true, changed_tables: [], differences: [] };
  }
  async verify(): Promise<void> {}
  events(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  async frames(): Promise<Frame[]> {
    return this.loose;
  }
  async addFrame(name: string): Promise<Dataset> {
    const added = dataset(table(name), "frame");
    this.held = [...this.held, added];
    return added;
  }
  /** Something happened in it, unasked. */
  happen(): void {
    const event: Event = { type: "session_updated", session_id: this.id, query_id: null, at: "", seq: null, updates: {} };
    for (const listener of this.listeners) listener(event);
  }
}

export function host(session: Session, more: Partial<Host> = {}): Host {
  return {
    open: async () => session,
    renew: async () => session,
    sessions: async () => [],
    remove: async () => {},
    ...more,
  };
}

export function show(element: ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(createElement(QueryClientProvider, { client }, element));
}
