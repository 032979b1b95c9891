/** Sessions of a notebook's kernel, over messages. The other end is `dip_sdk/jupyter/panel/requests.py`. */

import type { Download, ExportFormat, Frame, Host, PageRequest, Session, View } from "./session";
import { Problem } from "./session";
import type { Dataset, Event, Page, Replay, ResultFacts, Table, Turn } from "./types.gen";

/** Carries messages to the kernel and back: a comm, or a widget's own. */
export interface Line {
  send(message: object, buffers?: ArrayBuffer[]): void;
  receive(heard: (message: Reply, buffers: DataView[]) => void): () => void;
}

interface Moved {
  fraction: number;
  message: string;
}

export interface Reply {
  id?: string;
  /** The kernel has the request; until then, a cell may be in its way. */
  heard?: boolean;
  event?: Event;
  reply?: unknown;
  problem?: { code: string; message: string; hint?: string };
  piece?: number;
  of?: number;
  ack?: number;
  moved?: Moved;
}

export interface Hello {
  version: string;
  backend: string | null;
}

type Params = Record<string, unknown>;

/** What is wanted of the messages that come before the end. */
interface Ears {
  event?: (event: Event) => void;
  piece?: (bytes: DataView) => void;
  ack?: (bytes: number) => void;
  moved?: (moved: Moved) => void;
}

interface Waiting extends Ears {
  resolve: (reply: unknown) => void;
  reject: (problem: Error) => void;
}

const PIECE = 2 << 20;
/** Milliseconds in which a kernel that runs no cell has taken a request. */
const PROMPT = 1000;

/** Requests by their ids, and the events that nobody asked for. */
export class Kernel {
  private readonly waiting = new Map<string, Waiting>();
  private readonly listeners = new Set<(event: Event) => void>();
  private readonly deafen: () => void;
  private readonly unheard = new Set<string>();
  private readonly watchers = new Set<(busy: boolean) => void>();
  private late: ReturnType<typeof setTimeout> | undefined;
  private isBusy = false;
  /** Two views of one widget speak over one line: neither takes the other's replies for its own. */
  private readonly own = Math.random().toString(36).slice(2, 10);
  private count = 0;

  constructor(private readonly line: Line) {
    this.deafen = line.receive((message, buffers) => this.hear(message, buffers));
  }

  /** One request and its reply; rejects with a `Problem`, or an `AbortError` once it is stopped. */
  call<T>(method: string, params: Params, ears: Ears = {}, signal?: AbortSignal): Promise<T> {
    return this.begin<T>(method, params, ears, signal).reply;
  }

  /** A request whose id is needed: to send pieces under it. */
  begin<T>(method: string, params: Params, ears: Ears, signal?: AbortSignal): { id: string; reply: Promise<T> } {
    const id = `${method}-${this.own}-${++this.count}`;
    const reply = new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(aborted());
      this.waiting.set(id, { ...ears, resolve: resolve as (reply: unknown) => void, reject });
      this.line.send({ id, method, params });
      this.unheard.add(id);
      this.late ??= setTimeout(() => this.busyIs(true), PROMPT);
      signal?.addEventListener("abort", () => this.stop(id, ears.event !== undefined), { once: true });
    });
    return { id, reply };
  }

  piece(id: string, number: number, bytes: ArrayBuffer): void {
    this.line.send({ id, piece: number }, [bytes]);
  }

  /** The front end cannot go on with a request. */
  fail(id: string, problem: Problem): void {
    this.line.send({ id, stop: true });
    this.waiting.get(id)?.reject(problem);
    this.waiting.delete(id);
  }

  listen(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells whether requests wait because a cell runs: kernels without subshells do one thing at a time. */
  readonly busy = (listener: (busy: boolean) => void): (() => void) => {
    this.watchers.add(listener);
    listener(this.isBusy);
    return () => this.watchers.delete(listener);
  };

  /** The kernel is gone: whatever was waited for does not come. */
  close(): void {
    this.deafen();
    const lost = new Problem("kernel_lost", "The kernel was restarted.", "Ask again when it is ready.");
    for (const waiting of this.waiting.values()) waiting.reject(lost);
    this.waiting.clear();
    this.heard();
  }

  /** A kernel that takes one request will take those that wait too. */
  private heard(id?: string): void {
    if (id === undefined) this.unheard.clear();
    else this.unheard.delete(id);
    clearTimeout(this.late);
    this.late = this.unheard.size ? setTimeout(() => this.busyIs(true), PROMPT) : undefined;
    this.busyIs(false);
  }

  private busyIs(busy: boolean): void {
    if (busy === this.isBusy) return;
    this.isBusy = busy;
    for (const watcher of this.watchers) watcher(busy);
  }

  /** A run that is stopped still tells its end; anything else is forgotten. */
  private stop(id: string, run: boolean): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.line.send({ id, stop: true });
    if (run) return;
    this.waiting.delete(id);
    waiting.reject(aborted());
  }

  private hear(message: Reply, buffers: DataView[]): void {
    const { id } = message;
    if (id === undefined) {
      if (message.event) for (const listener of this.listeners) listener(message.event);
      return;
    }
    this.heard(id);
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    if ("reply" in message || message.problem) {
      this.waiting.delete(id);
      if (message.problem) waiting.reject(Problem.from(message.problem));
      else waiting.resolve(message.reply);
    } else if (message.event) waiting.event?.(message.event);
    else if (message.piece !== undefined && buffers[0]) waiting.piece?.(buffers[0]);
    else if (message.ack !== undefined) waiting.ack?.(message.ack);
    else if (message.moved) waiting.moved?.(message.moved);
  }
}

function aborted(): DOMException {
  return new DOMException("stopped", "AbortError");
}

/** The sessions of a kernel. `backend` is the address that its questions go to, if not to itself. */
export class KernelHost implements Host {
  constructor(
    private readonly kernel: Kernel,
    readonly notebook?: Host["notebook"],
    readonly draw?: Host["draw"],
  ) {}

  get busy(): NonNullable<Host["busy"]> {
    return this.kernel.busy;
  }

  hello(): Promise<Hello> {
    return this.kernel.call("hello", {});
  }

  async open(name: string | null): Promise<Session> {
    const { id } = await this.kernel.call<{ id: string }>("open", { session: name });
    return new KernelSession(this.kernel, id, name);
  }

  async renew(): Promise<Session> {
    const { id } = await this.kernel.call<{ id: string }>("renew", {});
    return new KernelSession(this.kernel, id, null);
  }

  sessions(): Promise<string[]> {
    return this.kernel.call("sessions", {});
  }

  remove(name: string): Promise<void> {
    return this.kernel.call("remove_session", { name });
  }
}

class KernelSession implements Session {
  constructor(
    private readonly kernel: Kernel,
    readonly id: string,
    readonly name: string | null,
  ) {}

  ask(asked: { question: string; planner?: string; on?: string[] }, signal?: AbortSignal): AsyncIterable<Event> {
    return this.run("ask", { ...asked }, signal);
  }

  choose(resultId: string, option: number, signal?: AbortSignal): AsyncIterable<Event> {
    return this.run("choose", { result_id: resultId, option }, signal);
  }

  edit(resultId: string, sql: string, signal?: AbortSignal): AsyncIterable<Event> {
    return this.run("edit", { result_id: resultId, sql }, signal);
  }

  cancel(queryId: string): Promise<void> {
    return this.call("cancel", { query_id: queryId });
  }

  history(): Promise<Turn[]> {
    return this.call("history", {});
  }

  result(id: string): Promise<ResultFacts> {
    return this.call("result", { result_id: id });
  }

  page(resultId: string, wanted: PageRequest, signal?: AbortSignal): Promise<Page> {
    return this.call("page", { result_id: resultId, ...wanted }, {}, signal);
  }

  async export(resultId: string, format: ExportFormat, view?: View): Promise<Download> {
    const pieces: DataView<ArrayBuffer>[] = [];
    const piece = (bytes: DataView) => pieces.push(bytes as DataView<ArrayBuffer>);
    const sent = await this.call<{ name: string }>("export", { result_id: resultId, format, ...view }, { piece });
    return { name: sent.name, blob: new Blob(pieces) };
  }

  datasets(): Promise<Dataset[]> {
    return this.call("datasets", {});
  }

  profile(table: string): Promise<Table> {
    return this.call("profile", { table });
  }

  rename(table: string, name: string): Promise<Table> {
    return this.call("rename", { table, name });
  }

  remove(table: string): Promise<void> {
    return this.call("remove", { table });
  }

  undo(): Promise<string | null> {
    return this.call("undo", {});
  }

  saveAs(resultId: string, name: string): Promise<Table> {
    return this.call("save_as", { result_id: resultId, name });
  }

  code(resultId: string, language: "sql" | "pandas"): Promise<string> {
    return this.call("code", { result_id: resultId, language });
  }

  restyle(resultId: string, kind: string): Promise<Record<string, unknown>> {
    return this.call("restyle", { result_id: resultId, kind });
  }

  picture(spec: Record<string, unknown>): Promise<string> {
    return this.kernel.call("picture", { spec });
  }

  replay(resultId: string): Promise<Replay> {
    return this.call("replay", { result_id: resultId });
  }

  verify(resultId: string, name: string): Promise<void> {
    return this.call("verify", { result_id: resultId, name });
  }

  frames(): Promise<Frame[]> {
    return this.kernel.call("frames", {});
  }

  async addFrame(name: string): Promise<Dataset> {
    const [added] = await this.call<Dataset[]>("add_frame", { name });
    return added!;
  }

  /** A piece is sent when the one before it has arrived: messages of others come between. */
  async upload(
    file: File,
    moved: (fraction: number, message: string) => void,
    signal?: AbortSignal,
  ): Promise<Dataset[]> {
    let number = 0;
    const next = async (arrived: number) => {
      if (file.size) moved(arrived / file.size, `Sending ${file.name}`);
      if (arrived >= file.size) return;
      const bytes = await file.slice(arrived, arrived + PIECE).arrayBuffer();
      if (!signal?.aborted) this.kernel.piece(sending.id, number++, bytes);
    };
    const gone = () => {
      this.kernel.fail(sending.id, new Problem("file_gone", `${file.name} cannot be read.`, "Drop it again."));
    };
    const ears: Ears = { ack: (arrived) => void next(arrived).catch(gone), moved: (at) => moved(at.fraction, at.message) };
    const params = { session: this.name, name: file.name, size: file.size };
    const sending = this.kernel.begin<Dataset[]>("upload", params, ears, signal);
    return sending.reply;
  }

  events(listener: (event: Event) => void): () => void {
    return this.kernel.listen((event) => {
      if (event.session_id === this.id) listener(event);
    });
  }

  private call<T>(method: string, params: Params, ears?: Ears, signal?: AbortSignal): Promise<T> {
    return this.kernel.call<T>(method, { session: this.name, ...params }, ears, signal);
  }

  /** The events of a run, until its last; leaving the loop early stops the run. */
  private async *run(method: string, params: Params, signal?: AbortSignal): AsyncIterable<Event> {
    const arrived: Event[] = [];
    let wake = () => {};
    let over = false;
    let problem: unknown;
    const leaving = new AbortController();
    const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
    const event = (one: Event) => {
      arrived.push(one);
      wake();
    };
    this.call<void>(method, params, { event }, either)
      .catch((reason: unknown) => (problem = reason))
      .finally(() => {
        over = true;
        wake();
      });
    try {
      while (true) {
        while (arrived.length) yield arrived.shift()!;
        if (over) break;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      if (!over) leaving.abort();
    }
    if (problem) throw problem;
  }
}
