import { Problem } from "@dip/core";

export const API = "/api/v1";
/** Milliseconds after which what was only read is asked again when its connection broke. */
const PAUSES = [200, 1000];

interface Call {
  params?: [string, string][];
  json?: unknown;
  body?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

interface LoggedIn {
  access_token: string;
}

/** The path of a route, each part quoted. */
export function path(...parts: string[]): string {
  return [API, ...parts.map(encodeURIComponent)].join("/");
}

/**
 * Calls of one user. The access token is kept in memory alone; the one that renews it is a cookie
 * that no script can read.
 */
export class Http {
  private token: string | null = null;
  private renewing: Promise<boolean> | null = null;

  /** `lost` is called when nothing renews the login any more. */
  constructor(private readonly lost: () => void = () => {}) {}

  /** Whether somebody is logged in: by the cookie of an earlier visit. */
  resume(): Promise<boolean> {
    return this.renew();
  }

  login(email: string, password: string): Promise<void> {
    return this.enter("login", email, password);
  }

  register(email: string, password: string): Promise<void> {
    return this.enter("register", email, password);
  }

  async logout(): Promise<void> {
    await this.once("POST", path("auth", "logout"), { json: {} }).catch(() => {});
    this.token = null;
  }

  /** The JSON of an answer. What is only read is asked again where a wire was cut. */
  async json<T>(method: string, at: string, call: Call = {}): Promise<T> {
    for (const pause of method === "GET" ? PAUSES : []) {
      try {
        return await this.whole<T>(method, at, call);
      } catch (thrown) {
        if (!(thrown instanceof Problem) || thrown.code !== "connection_failed") throw thrown;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      call.signal?.throwIfAborted();
    }
    return this.whole<T>(method, at, call);
  }

  /** The answer; rejects with the `Problem` that it tells. A token that is over is renewed once. */
  async send(method: string, at: string, call: Call = {}): Promise<Response> {
    let reply = await this.once(method, at, call);
    if (reply.status === 401) {
      if (!(await this.renew())) {
        this.lost();
        throw await problemOf(reply);
      }
      reply = await this.once(method, at, call);
    }
    if (!reply.ok) throw await problemOf(reply);
    return reply;
  }

  private async whole<T>(method: string, at: string, call: Call): Promise<T> {
    const reply = await this.send(method, at, call);
    return (reply.json() as Promise<T>).catch((thrown: unknown) => broken(thrown, call));
  }

  private async enter(way: "login" | "register", email: string, password: string): Promise<void> {
    const reply = await this.once("POST", path("auth", way), { json: { email, password, cookie: true } });
    if (!reply.ok) throw await problemOf(reply);
    this.token = ((await reply.json()) as LoggedIn).access_token;
  }

  /** One renewal for all who wait: a refresh token is good once. */
  private renew(): Promise<boolean> {
    this.renewing ??= this.exchange().finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async exchange(): Promise<boolean> {
    const go = async () => {
      const reply = await this.once("POST", path("auth", "refresh"), { json: { resume: true } });
      if (reply.status >= 500) throw await problemOf(reply);
      if (reply.status !== 200) return false;
      this.token = ((await reply.json()) as LoggedIn).access_token;
      return true;
    };
    // Two tabs share the cookie: the one that comes second must find the new one.
    return navigator.locks ? navigator.locks.request("dip.refresh", go) : go();
  }

  private async once(method: string, at: string, call: Call): Promise<Response> {
    const query = call.params?.length ? `?${new URLSearchParams(call.params)}` : "";
    const headers: Record<string, string> = { ...call.headers };
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    if (call.json !== undefined) headers["Content-Type"] = "application/json";
    const body = call.json !== undefined ? JSON.stringify(call.json) : (call.body ?? null);
    try {
      return await fetch(at + query, { method, headers, body, signal: call.signal ?? null });
    } catch (thrown) {
      return broken(thrown, call);
    }
  }
}

/** What stopped a call: who asked has left, the answer is not ours, or else the wire. */
function broken(thrown: unknown, call: Call): never {
  if (call.signal?.aborted || thrown instanceof SyntaxError) throw thrown;
  throw new Problem("connection_failed", "The server cannot be reached.", "Look at the network, then try again.");
}

interface Told {
  code?: string;
  detail?: string;
  hint?: string;
}

async function problemOf(reply: Response): Promise<Problem> {
  const told = (await reply.json().catch(() => ({}))) as Told;
  if (told.code && told.detail) return Problem.from({ code: told.code, message: told.detail, hint: told.hint ?? "" });
  return new Problem("api_error", `The server answered with status ${reply.status}.`, "Try again later.");
}
