import { after, begun, isOver } from "../src";
import type { Event } from "../src";

const head = { session_id: "s", query_id: "q", at: "2026-01-01T00:00:00Z", seq: null };

test("an event of a later version changes nothing", () => {
  const state = begun("Total?");
  const later = { ...head, query_id: null, type: "hologram", depth: 3 } as unknown as Event;
  expect(after(state, later)).toEqual(state);
});

test("nothing comes after the end", () => {
  const over = after(begun("Total?"), {
    ...head, type: "cancelled", seconds: 1, sent: [], usage: { calls: 0, tokens_in: 0, tokens_out: 0, money: 0 },
  });
  expect(isOver(over)).toBe(true);
  expect(after(over, { ...head, type: "status", message: "Planning" })).toBe(over);
});
