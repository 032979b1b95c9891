import { after, answered, begun, broken, isOver, Problem, stopped } from "../src";
import type { Event, QueryState } from "../src";

const logs = import.meta.glob<Event[]>("./events/*.json", { eager: true, import: "default" });

/** The events of a real run; tools/panel_events.py records them. */
function log(name: string): Event[] {
  return logs[`./events/${name}.json`]!;
}

function told(events: Event[]): QueryState {
  return events.reduce(after, begun("as it was typed"));
}

const head = { session_id: "s", query_id: "q", at: "2026-01-01T00:00:00Z", seq: null };

test("an answer has all that its events told", () => {
  const state = told(log("answered"));
  expect(state.result?.status).toBe("answered");
  expect(state.rows?.columns.map((column) => column.name)).toEqual(["carrier", "average arrival delay"]);
  expect(state.rows?.total).toBe(2);
  expect(state.chart).not.toBeNull();
  expect(state.plan?.steps.length).toBeGreaterThan(0);
  expect(state.steps).toHaveLength(1);
  expect(state.text).toContain("delay");
  expect(isOver(state)).toBe(true);
});

test("rows, chart and suggestions are there before the end", () => {
  const state = told(log("answered").slice(0, -1));
  expect(isOver(state)).toBe(false);
  expect(state.rows?.preview).toHaveLength(2);
  expect(state.chart).not.toBeNull();
  expect(state.suggestions.length).toBeGreaterThan(0);
  expect(state.queryId).toBe("query");
});

test("a stage is told while it lasts, and progress belongs to it", () => {
  const moving: Event = { ...head, type: "progress", stage: "reading", message: "3 of 4", fraction: 0.75 };
  const state = told([...log("answered").slice(0, 2), moving]);
  expect(state.stage).toBe("Understanding your request...");
  expect(state.progress).toEqual({ message: "3 of 4", fraction: 0.75 });
  expect(after(state, { ...head, type: "status", message: "Next" }).progress).toBeNull();
});

test("the planner's words stand as far as they have come", () => {
  const said = (snapshot: string): Event => ({ ...head, type: "text", delta: "", snapshot });
  expect(told([said("The"), said("The total")]).text).toBe("The total");
});

test("a question back has its readings", () => {
  const state = told(log("clarify"));
  expect(state.clarification?.options.length).toBeGreaterThan(1);
  expect(state.result?.status).toBe("clarify");
  expect(state.rows).toBeNull();
});

test("a reading that was chosen is an answer", () => {
  expect(told(log("chosen")).result?.status).toBe("answered");
});

test("what cannot be answered says why", () => {
  const state = told(log("cannot_answer"));
  expect(state.result?.missing?.unknown.length).toBeGreaterThan(0);
});

test("a run that failed has a problem with a hint", () => {
  const { problem, result } = told(log("failed"));
  expect(problem?.code).toBe("plan_rejected");
  expect(problem?.hint).toBe("Begin with SELECT or WITH.");
  expect(result).toBeNull();
});

test("a run that was stopped is over", () => {
  const state = told(log("cancelled"));
  expect(state.cancelled).toBe(true);
  expect(isOver(state)).toBe(true);
});

test("an answer of the history is the same as one that has just come", () => {
  const live = told(log("answered"));
  const { steps: _steps, stage: _stage, queryId: _id, ...past } = answered(live.result!);
  expect(live).toMatchObject(past);
});

test("an event of a later version changes nothing", () => {
  const state = begun("Total?");
  const later = { ...head, query_id: null, type: "hologram", depth: 3 } as unknown as Event;
  expect(after(state, later)).toEqual(state);
});

test("nothing comes after the end", () => {
  const over = told(log("answered"));
  expect(after(over, { ...head, type: "status", message: "Planning" })).toBe(over);
  expect(stopped(over)).toBe(over);
});

test("a stream that broke leaves what had come", () => {
  const state = broken(told(log("answered").slice(0, 5)), new Problem("stream_broken", "It broke.", "Ask again."));
  expect(state.rows).not.toBeNull();
  expect(isOver(state)).toBe(true);
});
