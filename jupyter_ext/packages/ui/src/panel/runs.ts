import {
  after,
  begun,
  broken,
  isAbort,
  isOver,
  Problem,
  stopped,
  type Event,
  type QueryState,
  type Session,
} from "@dip/core";
import { useCallback, useEffect, useReducer, useRef } from "react";

/** One question that was asked here, from its first event to its last. */
export interface Run {
  key: number;
  state: QueryState;
  stop(): void;
}

export interface Asking {
  runs: readonly Run[];
  ask(question: string, planner?: string): void;
  choose(resultId: string, question: string, option: number): void;
  edit(resultId: string, question: string, sql: string): void;
}

type Change = { add: Run } | { key: number; to: (state: QueryState) => QueryState } | "none";

function changed(runs: readonly Run[], change: Change): readonly Run[] {
  if (change === "none") return [];
  if ("add" in change) return [...runs, change.add];
  return runs.map((run) => (run.key === change.key ? { ...run, state: change.to(run.state) } : run));
}

const EARLY = new Problem("stream_broken", "The answer ended early.", "Ask again.");
let count = 0;

/** What is asked of a session, and how far each question is. Leaving the session stops them. */
export function useRuns(session: Session, over: () => void): Asking {
  const [runs, change] = useReducer(changed, []);
  const stops = useRef(new Set<AbortController>());
  useEffect(() => {
    const running = stops.current;
    return () => {
      for (const stopping of running) stopping.abort();
      running.clear();
      change("none");
    };
  }, [session]);

  const begin = useCallback(
    async (question: string, events: (signal: AbortSignal) => AsyncIterable<Event>) => {
      const key = ++count;
      const stopping = new AbortController();
      stops.current.add(stopping);
      change({ add: { key, state: begun(question), stop: () => stopping.abort() } });
      try {
        for await (const event of events(stopping.signal)) {
          change({ key, to: (state) => after(state, event) });
        }
        change({ key, to: (state) => (isOver(state) ? state : broken(state, EARLY)) });
      } catch (thrown) {
        const end = isAbort(thrown) ? stopped : (state: QueryState) => broken(state, Problem.of(thrown));
        change({ key, to: end });
      } finally {
        stops.current.delete(stopping);
        over();
      }
    },
    [over],
  );

  return {
    runs,
    ask: (question, planner) =>
      void begin(question, (signal) => session.ask({ question, ...(planner && { planner }) }, signal)),
    choose: (resultId, question, option) =>
      void begin(question, (signal) => session.choose(resultId, option, signal)),
    edit: (resultId, question, sql) =>
      void begin(question, (signal) => session.edit(resultId, sql, signal)),
  };
}
