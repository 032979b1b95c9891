// @vitest-environment node
import { Problem, type Event } from "@dip/core";
import { Channel } from "../src/channel";
import type { Http } from "../src/http";

/** A socket whose other end is the test. */
class Socket {
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  readonly told: Record<string, unknown>[] = [];
  onopen = () => {};
  onmessage = (_message: { data: string }) => {};
  onclose = (_closed: { code: number }) => {};

  constructor(readonly url: URL) {
    Socket.all.push(this);
  }

  static get last(): Socket {
    return Socket.all.at(-1)!;
  }

  send(text: string): void {
    this.told.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = Socket.OPEN;
    this.onopen();
    this.hear({ type: "connected", since: 0 });
  }

  hear(told: object): void {
    this.onmessage({ data: JSON.stringify(told) });
  }

  cut(code = 1006): void {
    this.readyState = 3;
    this.onclose({ code });
  }
}

let reachable = true;
const http = {
  json: () =>
    reachable
      ? Promise.resolve({ ticket: "t" })
      : Promise.reject(new Problem("connection_failed", "The server cannot be reached.")),
} as unknown as Http;

const event = (type: string, seq: number | null, more: object = {}) => ({ type, seq, query_id: "q1", ...more });
const begin = { type: "query", query_id: "q1", query: "how many rows" };

async function all(events: AsyncIterable<Event>): Promise<(number | null | undefined)[]> {
  const seen = [];
  for await (const one of events) seen.push(one.seq);
  return seen;
}

/** Let promises be kept, and as much time pass. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("location", new URL("http://127.0.0.1:8000/"));
  Socket.all = [];
  reachable = true;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a cut run is said again, and each event is heard once", async () => {
  const channel = new Channel(http, "s1");
  const heard = all(channel.run("q1", begin));
  await pass();
  Socket.last.open();
  Socket.last.hear(event("status", 1));
  Socket.last.cut();
  await pass(300);
  expect(Socket.all).toHaveLength(2);
  expect(Socket.last.url.searchParams.get("since")).toBe("1");
  Socket.last.open();
  expect(Socket.last.told).toEqual([begin]);
  Socket.last.hear(event("status", 1));
  Socket.last.hear(event("step", 2));
  Socket.last.hear(event("query_result", 3));
  expect(await heard).toEqual([1, 2, 3]);
});

test("a run that was stopped while the wire was cut is stopped when it is back", async () => {
  const channel = new Channel(http, "s1");
  const stopping = new AbortController();
  const heard = all(channel.run("q1", begin, stopping.signal));
  await pass();
  Socket.last.open();
  Socket.last.cut();
  stopping.abort();
  await pass(300);
  Socket.last.open();
  expect(Socket.last.told.map((told) => told["type"])).toEqual(["query", "cancel"]);
  Socket.last.hear(event("cancelled", 1));
  expect(await heard).toEqual([1]);
});

test("a run is given up after about half a minute, in words", async () => {
  reachable = false;
  const channel = new Channel(http, "s1");
  const heard = all(channel.run("q1", begin)).catch((thrown: unknown) => thrown);
  await pass(60_000);
  expect(await heard).toMatchObject({ code: "connection_failed" });
});

test("who only listens hears again when the server is back, however late", async () => {
  reachable = false;
  const channel = new Channel(http, "s1");
  const heard: Event[] = [];
  channel.listen((one) => heard.push(one));
  await pass(10 * 60_000);
  expect(Socket.all).toHaveLength(0);
  reachable = true;
  await pass(8_000);
  Socket.last.open();
  Socket.last.hear(event("session_updated", 1));
  expect(heard).toHaveLength(1);
});

test("a question does not wait for the next try of who listens", async () => {
  reachable = false;
  const channel = new Channel(http, "s1");
  channel.listen(() => {});
  await pass(60_000);
  reachable = true;
  void all(channel.run("q1", begin));
  await pass();
  expect(Socket.all).toHaveLength(1);
});

test("nobody comes again to a session that is gone", async () => {
  const channel = new Channel(http, "s1");
  const heard = all(channel.run("q1", begin)).catch((thrown: unknown) => thrown);
  await pass();
  Socket.last.open();
  Socket.last.cut(4404);
  expect(await heard).toMatchObject({ code: "not_found" });
  await pass(60_000);
  expect(Socket.all).toHaveLength(1);
});
