// @vitest-environment node
import { Kernel, KernelHost, type Line, type Reply } from "../src/kernel";
import { Problem, type Event } from "../src";

/** A kernel that answers by a script: what it is told, and what it says back. */
class Scripted implements Line {
  readonly told: Record<string, unknown>[] = [];
  private heard: (message: Reply, buffers: DataView[]) => void = () => {};

  constructor(private readonly answers: (method: string, id: string, say: Scripted) => void = () => {}) {}

  send(message: Record<string, unknown>): void {
    this.told.push(message);
    if (typeof message["method"] === "string") this.answers(message["method"], String(message["id"]), this);
  }

  receive(heard: (message: Reply, buffers: DataView[]) => void): () => void {
    this.heard = heard;
    return () => (this.heard = () => {});
  }

  say(message: Reply, ...bytes: string[]): void {
    const buffers = bytes.map((text) => new DataView(new TextEncoder().encode(text).buffer));
    this.heard(message, buffers);
  }

  last(key: string): unknown {
    return this.told.at(-1)?.[key];
  }
}

const head = { session_id: "s1", query_id: "q1", at: "2026-01-01T00:00:00Z", seq: 1 };
const status = (message: string): Event => ({ ...head, type: "status", message });
const open = (method: string, id: string, line: Scripted) => {
  if (method === "open") queueMicrotask(() => line.say({ id, reply: { id: "s1", name: null } }));
};

async function session(line: Scripted) {
  return new KernelHost(new Kernel(line)).open(null);
}

test("a reply comes back to whoever asked, in whatever order they come", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const datasets = one.datasets();
  const history = one.history();
  line.say({ id: String(line.last("id")), reply: ["history"] });
  line.say({ id: String(line.told.at(-2)!["id"]), reply: ["datasets"] });
  expect(await datasets).toEqual(["datasets"]);
  expect(await history).toEqual(["history"]);
});

test("a problem keeps its code, its words and what to do next", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const asked = one.rename("sales", "Sales");
  line.say({ id: String(line.last("id")), problem: { code: "taken", message: "There is one.", hint: "Take another." } });
  await expect(asked).rejects.toMatchObject({ code: "taken", message: "There is one.", hint: "Take another." });
});

test("the events of a run come one by one, then it ends", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const seen: string[] = [];
  const running = (async () => {
    for await (const event of one.ask({ question: "Total?" })) seen.push(event.type === "status" ? event.message : "");
  })();
  await Promise.resolve();
  const id = String(line.last("id"));
  line.say({ id, event: status("one") });
  line.say({ id, event: status("two") });
  line.say({ id, reply: null });
  await running;
  expect(seen).toEqual(["one", "two"]);
});

test("whoever leaves a run early stops it", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const running = (async () => {
    for await (const _ of one.ask({ question: "Total?" })) break;
  })();
  await Promise.resolve();
  const id = String(line.last("id"));
  line.say({ id, event: status("one") });
  await running;
  expect(line.told.at(-1)).toEqual({ id, stop: true });
});

test("a stopped run still tells how it ended, a stopped page is forgotten", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const stopping = new AbortController();
  const seen: string[] = [];
  const running = (async () => {
    for await (const event of one.ask({ question: "Total?" }, stopping.signal)) seen.push(event.type);
  })();
  await Promise.resolve();
  const id = String(line.last("id"));
  stopping.abort();
  line.say({ id, event: { ...head, type: "cancelled", seconds: 0, sent: [], usage: { calls: 0, tokens_in: 0, tokens_out: 0, money: 0 } } });
  line.say({ id, reply: null });
  await running;
  expect(seen).toEqual(["cancelled"]);

  const turning = new AbortController();
  const page = one.page("r1", { offset: 0, limit: 10, sort: [], where: [] }, turning.signal);
  turning.abort();
  await expect(page).rejects.toMatchObject({ name: "AbortError" });
});

test("a file is sent piece by piece, each after the one before has arrived", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const moved: number[] = [];
  const file = new File(["region,sales\n"], "sales.csv");
  const sending = one.upload(file, (fraction) => moved.push(fraction));
  const id = String(line.last("id"));
  expect(line.last("params")).toMatchObject({ name: "sales.csv", size: 13 });
  line.say({ id, ack: 0 });
  await vi.waitFor(() => expect(line.last("piece")).toBe(0));
  line.say({ id, ack: 13 });
  line.say({ id, reply: [{ name: "sales.csv" }] });
  expect(await sending).toEqual([{ name: "sales.csv" }]);
  expect(moved).toEqual([0, 1]);
});

test("a file that is gone while it is sent is a problem", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const file = new File(["region,sales\n"], "sales.csv");
  file.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) }) as unknown as Blob;
  const sending = one.upload(file, () => {});
  const id = String(line.last("id"));
  line.say({ id, ack: 0 });
  await expect(sending).rejects.toMatchObject({ code: "file_gone" });
  expect(line.told.at(-1)).toEqual({ id, stop: true });
});

test("a download is put together from its pieces", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const wanted = one.export("r1", "csv");
  const id = String(line.last("id"));
  line.say({ id, piece: 0, of: 2 }, "a,b\n");
  line.say({ id, piece: 1, of: 2 }, "1,2\n");
  line.say({ id, reply: { name: "answer.csv" } });
  const download = await wanted;
  expect(download.name).toBe("answer.csv");
  expect("blob" in download && download.blob.size).toBe(8);
});

test("what happens in another session is not heard", async () => {
  const line = new Scripted(open);
  const one = await session(line);
  const heard: string[] = [];
  const end = one.events((event) => heard.push(event.session_id));
  line.say({ event: { ...head, type: "session_updated", updates: {} } });
  line.say({ event: { ...head, session_id: "s2", type: "session_updated", updates: {} } });
  end();
  line.say({ event: { ...head, type: "session_updated", updates: {} } });
  expect(heard).toEqual(["s1"]);
});

test("a kernel that goes is told to everybody who waits", async () => {
  const line = new Scripted(open);
  const kernel = new Kernel(line);
  const one = await new KernelHost(kernel).open(null);
  const waiting = one.history();
  kernel.close();
  await expect(waiting).rejects.toBeInstanceOf(Problem);
});

test("two views over one line keep their replies apart", async () => {
  const heard = new Set<(message: Reply, buffers: DataView[]) => void>();
  const line: Line = {
    send: (message) => {
      const { id, params } = message as { id: string; params: { who: string } };
      for (const hears of heard) hears({ id, reply: params.who }, []);
    },
    receive: (hears) => {
      heard.add(hears);
      return () => heard.delete(hears);
    },
  };
  const [one, other] = [new Kernel(line), new Kernel(line)];
  await expect(one.call("open", { who: "one" })).resolves.toBe("one");
  await expect(other.call("open", { who: "other" })).resolves.toBe("other");
  const silent: Line = { send: () => {}, receive: () => () => {} };
  expect(new Kernel(silent).begin("open", {}, {}).id).not.toBe(new Kernel(silent).begin("open", {}, {}).id);
});

test("a kernel that does not take a request is busy until it does", async () => {
  vi.useFakeTimers();
  const line = new Scripted();
  const kernel = new Kernel(line);
  const told: boolean[] = [];
  kernel.busy((busy) => told.push(busy));
  const asked = kernel.call("history", {});
  const other = kernel.call("datasets", {});
  const [first, second] = line.told.map((message) => String(message["id"]));
  line.say({ id: first!, heard: true });
  expect(told).toEqual([false]);
  await vi.advanceTimersByTimeAsync(1500);
  expect(told).toEqual([false, true]);
  line.say({ id: second!, heard: true });
  expect(told).toEqual([false, true, false]);
  line.say({ id: first!, reply: [] });
  line.say({ id: second!, reply: [] });
  await Promise.all([asked, other]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual([false, true, false]);
  vi.useRealTimers();
});
