// @vitest-environment node
import { Problem } from "@dip/core";
import type { Http } from "../src/http";
import { upload } from "../src/upload";

/** A server that keeps what arrives, and answers every call of a kind with the problems it is told. */
class Server {
  arrived = "";
  readonly failing: Record<string, Problem[]> = {};
  /** A cut in the middle: so many bytes of the next piece arrive, and nobody hears of it. */
  cutAfter: number | null = null;

  readonly http = {
    send: async (method: string, _at: string, call: { body?: Blob; headers?: Record<string, string> } = {}) => {
      const problem = this.failing[method]?.shift();
      if (problem) throw problem;
      if (method === "PATCH") await this.take(call.body!, Number(call.headers!["Upload-Offset"]));
      return new Response(null, { headers: { "Upload-Offset": String(this.arrived.length), Location: "/place" } });
    },
    json: () => Promise.resolve({ name: "many" }),
  } as unknown as Http;

  private async take(body: Blob, offset: number): Promise<void> {
    if (offset !== this.arrived.length) throw new Problem("wrong_offset", "That is not where it ended.");
    const bytes = await body.text();
    const cut = this.cutAfter;
    this.cutAfter = null;
    this.arrived += bytes.slice(0, cut ?? undefined);
    if (cut !== null) throw new Problem("connection_failed", "The server cannot be reached.");
  }
}

const TEXT = "0123456789".repeat(250_000);
const file = () => new File([TEXT], "many.csv");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function sent(server: Server): Promise<unknown> {
  const done = upload(server.http, "s1", file(), () => {}).catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(60_000);
  return done;
}

test("a file that was cut goes on from where it was", async () => {
  const server = new Server();
  server.cutAfter = 1000;
  expect(await sent(server)).toEqual({ name: "many" });
  expect(server.arrived).toBe(TEXT);
});

test("a server that still holds the piece that was cut is waited for", async () => {
  const server = new Server();
  server.cutAfter = 1000;
  server.failing["HEAD"] = Array.from({ length: 3 }, () => new Problem("upload_busy", "Another request is sending this file."));
  expect(await sent(server)).toEqual({ name: "many" });
  expect(server.arrived).toBe(TEXT);
});

test("a server that stays away is a problem after some tries", async () => {
  const server = new Server();
  const away = () => new Problem("connection_failed", "The server cannot be reached.");
  server.failing["PATCH"] = Array.from({ length: 50 }, away);
  expect(await sent(server)).toMatchObject({ code: "connection_failed" });
});
