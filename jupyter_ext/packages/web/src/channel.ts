import { Inbox, Problem, type Event } from "@dip/core";
import { path, type Http } from "./http";

interface Run {
  /** The frame that begins the run; said again, it begins nothing. */
  begin: object;
  stopped: boolean;
  inbox: Inbox<Event>;
}

type Told = Event | { type: "ping" };

const LAST = new Set(["query_result", "error", "cancelled"]);
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8000;
/** So many failures in a row, and what was waited for is given up: about half a minute. */
const PATIENCE = 8;
/** Close codes after which coming again does not help. */
const GONE = 4404;

/**
 * The events of one session over one socket. A cut is mended: the next socket brings what was
 * missed, and the runs that are still wanted are said again.
 */
export class Channel {
  private readonly runs = new Map<string, Run>();
  private readonly listeners = new Set<(event: Event) => void>();
  private socket: WebSocket | null = null;
  private since: number | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private opening = false;

  constructor(
    private readonly http: Http,
    private readonly session: string,
  ) {}

  listen(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    this.connect();
    return () => {
      this.listeners.delete(listener);
      this.rest();
    };
  }

  /** The events of a run, to its last. Aborting asks that it ends, and it still tells how. */
  async *run(id: string, begin: object, signal?: AbortSignal): AsyncIterable<Event> {
    const run: Run = { begin, stopped: false, inbox: new Inbox() };
    const stop = () => this.stop(id, run);
    this.runs.set(id, run);
    signal?.addEventListener("abort", stop, { once: true });
    if (this.isOpen()) this.say(begin);
    else this.hurry();
    if (signal?.aborted) stop();
    try {
      for await (const event of run.inbox) {
        yield event;
        if (LAST.has(event.type)) return;
      }
    } finally {
      if (this.runs.delete(id)) this.say({ type: "cancel", query_id: id });
      this.rest();
    }
  }

  private stop(id: string, run: Run): void {
    if (run.stopped || !this.runs.has(id)) return;
    run.stopped = true;
    this.say({ type: "cancel", query_id: id });
  }

  private isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  private say(frame: object): void {
    if (this.isOpen()) this.socket!.send(JSON.stringify(frame));
  }

  /** Without anybody who listens, the socket is closed. */
  private rest(): void {
    if (this.runs.size || this.listeners.size) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.socket?.close();
    this.socket = null;
  }

  private connect(): void {
    if (this.socket || this.opening || this.timer) return;
    this.opening = true;
    this.open().then(
      () => (this.opening = false),
      (thrown: unknown) => {
        this.opening = false;
        this.again(Problem.of(thrown));
      },
    );
  }

  /** Somebody waits: what was put off is tried now. */
  private hurry(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.failures = 0;
    this.connect();
  }

  private async open(): Promise<void> {
    const asked = { json: { session_id: this.session } };
    const { ticket } = await this.http.json<{ ticket: string }>("POST", path("auth", "tickets"), asked);
    if (!this.runs.size && !this.listeners.size) return;
    const url = new URL(`/ws/query/${encodeURIComponent(this.session)}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.since !== null) url.searchParams.set("since", String(this.since));
    const socket = new WebSocket(url, ["dip.v1", `dip.ticket.${ticket}`]);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => this.hear(JSON.parse(String(message.data)) as Told);
    socket.onclose = (closed) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (closed.code === GONE) this.giveUp(new Problem("not_found", "There is no such session any more.", "Begin a new one."));
      else this.again(new Problem("stream_broken", "The connection to the server broke.", "Ask again."));
    };
  }

  private opened(): void {
    for (const [id, run] of this.runs) {
      this.say(run.begin);
      if (run.stopped) this.say({ type: "cancel", query_id: id });
    }
  }

  /**
   * Comes again after a while, which is longer each time and spread by chance. Runs are given up
   * in the end; who only listens is told of nothing, and hears again when the server is back.
   */
  private again(broke: Problem): void {
    this.failures += 1;
    if (this.failures > PATIENCE) this.endRuns(broke);
    if (!this.runs.size && !this.listeners.size) return;
    const longest = Math.min(FIRST_PAUSE * 2 ** (this.failures - 1), LONGEST_PAUSE);
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.connect();
      },
      longest * (0.5 + Math.random() / 2),
    );
  }

  /** Runs end with the problem, and nobody comes again; the next question tries anew. */
  private giveUp(problem: Problem): void {
    this.failures = 0;
    this.endRuns(problem);
  }

  private endRuns(problem: Problem): void {
    const runs = [...this.runs.values()];
    this.runs.clear();
    for (const run of runs) run.inbox.end(problem);
  }

  private hear(told: Told): void {
    this.failures = 0;
    if (told.type === "ping") return;
    if (told.type === "connected") {
      this.since ??= told.since;
      return;
    }
    if (!this.isNew(told.seq)) return;
    const id = told.query_id ?? null;
    if (told.type === "error" && id === null) {
      return this.giveUp(Problem.from(told));
    }
    const run = id === null ? undefined : this.runs.get(id);
    if (run) {
      run.inbox.put(told);
      if (LAST.has(told.type)) this.runs.delete(id!);
    }
    for (const listener of this.listeners) listener(told);
  }

  private isNew(seq: number | null | undefined): boolean {
    if (seq == null) return true;
    const isNew = this.since === null || seq > this.since;
    if (isNew) this.since = seq;
    return isNew;
  }
}
