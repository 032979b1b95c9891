import { Problem, type Column, type Page, type ResultFacts, type Wire } from "@dip/core";

/** Answers and pages as the API tells them: rows by column name, under names of its own. */
export interface Answer extends Omit<ResultFacts, "id" | "question" | "columns" | "preview" | "seconds" | "at" | "status"> {
  query_id: string;
  query: string;
  status: string;
  result: { columns: Column[]; data: Named[] } | null;
  error: { code?: string; message: string; hint?: string } | null;
  execution_time: number;
  timestamp: string;
}

export interface RowPage {
  items: Named[];
  columns: Column[];
  total_count: number;
  offset: number;
}

type Named = Record<string, Wire>;

/** The facts of an answer; throws the problem of a run that has none. */
export function facts(told: Answer): ResultFacts {
  if (told.error) throw Problem.from(told.error);
  const { query_id, query, result, error: _none, execution_time, timestamp, status, ...same } = told;
  if (status !== "answered" && status !== "clarify" && status !== "cannot_answer") {
    throw new Problem("no_result", `This answer is ${status}.`, "Look again later.");
  }
  const columns = result?.columns ?? [];
  return {
    ...same,
    id: query_id,
    question: query,
    status,
    columns,
    preview: rows(columns, result?.data ?? []),
    seconds: execution_time,
    at: timestamp,
  };
}

export function page(told: RowPage): Page {
  return { columns: told.columns, rows: rows(told.columns, told.items), offset: told.offset, total: told.total_count };
}

function rows(columns: Column[], items: Named[]): Wire[][] {
  return items.map((item) => columns.map((column) => item[column.name] ?? null));
}
