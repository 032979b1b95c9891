/** One run, put together from its events: the only place that knows what an event means. */

import type { ChartSpec } from "./session";
import { Problem } from "./session";
import type {
  Check,
  Clarification,
  Column,
  Event,
  Plan,
  ResultFacts,
  StepDone,
  Wire,
} from "./types.gen";

export interface QueryState {
  readonly question: string;
  readonly queryId: string | null;
  /** What is being done, in words. */
  readonly stage: string;
  /** How far that is; `fraction` from 0 to 1, null where nobody knows. */
  readonly progress: { message: string; fraction: number | null } | null;
  /** The planner's words as far as they have come. */
  readonly text: string;
  readonly plan: Plan | null;
  readonly steps: readonly StepDone[];
  readonly rows: { columns: Column[]; preview: Wire[][]; total: number } | null;
  readonly chart: ChartSpec | null;
  readonly checks: readonly Check[];
  readonly clarification: Clarification | null;
  readonly suggestions: readonly string[];
  /** At most one of these three is set, and then the run is over. */
  readonly result: ResultFacts | null;
  readonly problem: Problem | null;
  readonly cancelled: boolean;
}

/** A run that has just been asked for. */
export function begun(question: string): QueryState {
  return {
    question,
    queryId: null,
    stage: "",
    progress: null,
    text: "",
    plan: null,
    steps: [],
    rows: null,
    chart: null,
    checks: [],
    clarification: null,
    suggestions: [],
    result: null,
    problem: null,
    cancelled: false,
  };
}

/** A run of which only the answer is known: one of the history. */
export function answered(facts: ResultFacts): QueryState {
  return withResult(begun(facts.question), facts);
}

export function isOver(state: QueryState): boolean {
  return state.result !== null || state.problem !== null || state.cancelled;
}

/** The end of a run whose events cannot be had any more. */
export function broken(state: QueryState, problem: Problem): QueryState {
  return { ...state, problem, progress: null };
}

/** A run that somebody stopped here, whose own end nobody waits for. */
export function stopped(state: QueryState): QueryState {
  return isOver(state) ? state : { ...state, cancelled: true, progress: null };
}

/** The state after one more event. What is unknown, or comes after the end, changes nothing. */
export function after(state: QueryState, event: Event): QueryState {
  if (isOver(state)) return state;
  const known = event.query_id ? { ...state, queryId: event.query_id } : state;
  return told(known, event);
}

function told(state: QueryState, event: Event): QueryState {
  switch (event.type) {
    case "status":
      return { ...state, stage: event.message, progress: null };
    case "progress":
      return { ...state, progress: { message: event.message, fraction: event.fraction } };
    case "text":
      return { ...state, text: event.snapshot };
    case "plan":
      return { ...state, plan: event.plan };
    case "step":
      return { ...state, steps: [...state.steps, event] };
    case "rows":
      return { ...state, rows: event };
    case "chart":
      return { ...state, chart: event.spec };
    case "check":
      return { ...state, checks: [...state.checks, event.check] };
    case "clarification":
      return { ...state, clarification: event.clarification };
    case "suggestions":
      return { ...state, suggestions: event.suggestions };
    case "query_result":
      return withResult(state, event.payload);
    case "error":
      return broken(state, new Problem(event.code, event.message, event.hint));
    case "cancelled":
      return stopped(state);
    default:
      return state;
  }
}

/** The facts hold everything that the events told before. */
function withResult(state: QueryState, facts: ResultFacts): QueryState {
  const { columns, preview, row_count: total } = facts;
  return {
    ...state,
    question: facts.question,
    progress: null,
    text: facts.explanation,
    plan: facts.plan,
    rows: columns.length ? { columns, preview, total } : null,
    chart: facts.chart,
    checks: facts.checks,
    clarification: facts.clarification,
    suggestions: facts.suggestions,
    result: facts,
  };
}
