// @vitest-environment node
import { Problem } from "@dip/core";
import { Http } from "../src/http";

const CUT = () => Promise.reject(new TypeError("Failed to fetch"));
const GIVEN = () => Promise.resolve(Response.json({ rows: 4 }));
/** An answer whose wire breaks after its head. */
const HALF = () =>
  Promise.resolve(new Response(new ReadableStream({ start: (body) => body.error(new TypeError("network error")) })));

let asked: string[];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function server(...answers: (() => Promise<Response>)[]): Http {
  asked = [];
  vi.stubGlobal("fetch", (at: string, { method }: RequestInit) => {
    asked.push(`${method} ${at}`);
    return answers.shift()!();
  });
  return new Http();
}

async function ended(reply: Promise<unknown>): Promise<unknown> {
  const done = reply.catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(10_000);
  return done;
}

test("what is read over a wire that is cut is asked again", async () => {
  expect(await ended(server(CUT, CUT, GIVEN).json("GET", "/rows"))).toEqual({ rows: 4 });
  expect(asked).toEqual(["GET /rows", "GET /rows", "GET /rows"]);
});

test("an answer that is cut in its middle is asked again", async () => {
  expect(await ended(server(HALF, GIVEN).json("GET", "/rows"))).toEqual({ rows: 4 });
});

test("a server that stays away is told after three times", async () => {
  const told = await ended(server(CUT, CUT, CUT, GIVEN).json("GET", "/rows"));
  expect(told).toMatchObject({ code: "connection_failed" });
  expect(asked).toHaveLength(3);
});

test("what changes something is said once", async () => {
  for (const broken of [CUT, HALF]) {
    const told = await ended(server(broken, GIVEN).json("POST", "/sessions"));
    expect(told).toMatchObject({ code: "connection_failed" });
    expect(asked).toEqual(["POST /sessions"]);
  }
});

test("a refusal is not asked again", async () => {
  const refused = () =>
    Promise.resolve(Response.json({ code: "not_found", detail: "There is no such result." }, { status: 404 }));
  const told = await ended(server(refused, GIVEN).json("GET", "/rows"));
  expect(told).toBeInstanceOf(Problem);
  expect(told).toMatchObject({ code: "not_found" });
  expect(asked).toHaveLength(1);
});

test("who does not wait any more asks no more", async () => {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), 100);
  const told = ended(server(CUT, GIVEN).json("GET", "/rows", { signal: leaving.signal }));
  expect(await told).toMatchObject({ name: "AbortError" });
  expect(asked).toHaveLength(1);
});
