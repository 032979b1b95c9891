/** Rows by their numbers, fetched in pages when somebody looks at them. */

import { isAbort, Problem, type Page, type PageRequest, type View, type Wire } from "@dip/core";

export const PAGE = 200;
/** Pages that are kept; those looked at longest ago go first. */
const KEPT = 80;
const AT_ONCE = 3;
/** Milliseconds after which a failed page is tried again, when its rows are looked at; then twice that. */
const PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** Milliseconds in which a scroll that goes on is not yet worth a request. */
const RESTLESS = 60;

export interface PageSource {
  page(wanted: PageRequest, signal?: AbortSignal): Promise<Page>;
}

/** The rows of a result in one order and with one filter. A new view is a new `Rows`. */
export class Rows {
  /** Rows that pass the filter; the result's own number until the first page tells. */
  total: number;
  problem: Problem | null = null;
  private readonly pages = new Map<number, Wire[][]>();
  private readonly under = new Map<number, AbortController>();
  private wanted: number[] = [];
  private last = -Infinity;
  private later: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private resting = 0;
  private closed = false;

  constructor(
    private readonly source: PageSource,
    readonly view: View,
    total: number,
    private readonly changed: () => void,
  ) {
    this.total = total;
  }

  row(at: number): Wire[] | undefined {
    return this.pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }

  /** These rows are looked at now: what is far from them is not waited for any more. */
  look(first: number, last: number): void {
    const from = Math.max(0, Math.floor(first / PAGE));
    const to = Math.max(from, Math.floor(Math.min(last, this.total - 1) / PAGE));
    const seen = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    const beside = [to + 1, from - 1].filter((page) => page >= 0 && page * PAGE < this.total);
    this.wanted = [...seen, ...beside];
    for (const page of seen) this.touch(page);
    for (const [page, request] of this.under) if (!this.wanted.includes(page)) request.abort();
    clearTimeout(this.later);
    const restless = Date.now() - this.last < RESTLESS && !seen.every((page) => this.pages.has(page));
    this.last = Date.now();
    if (restless) this.later = setTimeout(() => this.fetch(), RESTLESS);
    else this.fetch();
  }

  again(): void {
    this.problem = null;
    this.resting = 0;
    this.changed();
    this.fetch();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.later);
    for (const request of this.under.values()) request.abort();
  }

  private fetch(): void {
    if (Date.now() < this.resting) return;
    for (const page of this.wanted) {
      if (this.under.size >= AT_ONCE) return;
      if (!this.pages.has(page) && !this.under.has(page)) void this.bring(page);
    }
  }

  private async bring(page: number): Promise<void> {
    const request = new AbortController();
    this.under.set(page, request);
    try {
      const wanted = { offset: page * PAGE, limit: PAGE, ...this.view };
      const found = await this.source.page(wanted, request.signal);
      if (this.closed || request.signal.aborted) return;
      this.total = found.total;
      this.keep(page, found.rows);
      this.problem = null;
      this.failures = 0;
    } catch (thrown) {
      if (!this.closed && !isAbort(thrown)) this.failed(Problem.of(thrown));
    } finally {
      if (this.under.get(page) === request) this.under.delete(page);
      if (!this.closed) {
        this.changed();
        this.fetch();
      }
    }
  }

  /** Rests for a while, so that what is broken is not asked without end. */
  private failed(problem: Problem): void {
    this.problem = problem;
    this.resting = Date.now() + Math.min(PAUSE * 2 ** this.failures, LONGEST_PAUSE);
    this.failures += 1;
  }

  private keep(page: number, rows: Wire[][]): void {
    this.pages.set(page, rows);
    for (const old of this.pages.keys()) {
      if (this.pages.size <= KEPT) return;
      if (!this.wanted.includes(old)) this.pages.delete(old);
    }
  }

  private touch(page: number): void {
    const rows = this.pages.get(page);
    if (!rows) return;
    this.pages.delete(page);
    this.pages.set(page, rows);
  }
}
