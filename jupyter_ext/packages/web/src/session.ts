import type {
  Asked,
  ChartSpec,
  Dataset,
  Download,
  Event,
  ExportFormat,
  Glossary,
  Page,
  PageRequest,
  Plan,
  Replay,
  ResultFacts,
  Session,
  Table,
  Turn,
  View,
} from "@dip/core";
import { facts, page, type Answer, type RowPage } from "./answers";
import { archive, type Part } from "./archive";
import { Channel } from "./channel";
import { path, type Http } from "./http";
import { uuid } from "./ids";
import { upload } from "./upload";

/** A session of the backend. */
export class RemoteSession implements Session {
  private readonly channel: Channel;

  constructor(
    private readonly http: Http,
    readonly id: string,
    readonly name: string | null,
  ) {
    this.channel = new Channel(http, id);
  }

  ask({ question, planner, on }: Asked, signal?: AbortSignal): AsyncIterable<Event> {
    return this.run({ type: "query", query: question, on: on ?? [], planner: planner ?? null }, signal);
  }

  choose(resultId: string, option: number, signal?: AbortSignal): AsyncIterable<Event> {
    return this.run({ type: "choose", result_id: resultId, option }, signal);
  }

  async *edit(resultId: string, sql: string, signal?: AbortSignal): AsyncIterable<Event> {
    yield* this.run({ type: "run", plan: await this.plan(resultId, ["sql", sql]) }, signal);
  }

  async cancel(queryId: string): Promise<void> {
    await this.http.send("POST", path("query", queryId, "cancel"));
  }

  history(): Promise<Turn[]> {
    return this.get("sessions", this.id, "history");
  }

  async result(id: string): Promise<ResultFacts> {
    return facts(await this.get<Answer>("query", id));
  }

  async page(resultId: string, wanted: PageRequest, signal?: AbortSignal): Promise<Page> {
    const params: [string, string][] = [
      ["offset", String(wanted.offset)],
      ["limit", String(wanted.limit)],
    ];
    for (const key of wanted.sort) {
      params.push(["sort_column", key.replace(/^-/, "")], ["sort_direction", key.startsWith("-") ? "desc" : "asc"]);
    }
    if (wanted.where.length) params.push(["filter", JSON.stringify(wanted.where)]);
    return page(await this.http.json<RowPage>("GET", path("query", resultId, "results"), { params, signal }));
  }

  /** Where one sheet cannot hold all rows there are several files: they come as one archive. */
  async export(resultId: string, format: ExportFormat, view?: View): Promise<Download> {
    const asked = { format, sort: view?.sort ?? [], where: view?.where ?? [] };
    const made = await this.post<Made>(asked, "query", resultId, "exports");
    const parts = made.files.map(({ name }, part) => this.part(made.id, name, part));
    return archive(await Promise.all(parts));
  }

  private async part(id: string, name: string, part: number): Promise<Part> {
    const reply = await this.http.send("GET", path("exports", id, "content"), { params: [["part", String(part)]] });
    return { name, blob: await reply.blob() };
  }

  datasets(): Promise<Dataset[]> {
    return this.get("sessions", this.id, "datasets");
  }

  profile(table: string): Promise<Table> {
    return this.get("sessions", this.id, "tables", table);
  }

  rename(table: string, name: string): Promise<Table> {
    return this.http.json("PATCH", path("sessions", this.id, "tables", table), { json: { name } });
  }

  async remove(table: string): Promise<void> {
    await this.http.send("DELETE", path("sessions", this.id, "tables", table));
  }

  async undo(): Promise<string | null> {
    return (await this.post<{ undone: string | null }>(undefined, "sessions", this.id, "undo")).undone;
  }

  async upload(
    file: File,
    moved: (fraction: number, message: string) => void,
    signal?: AbortSignal,
  ): Promise<Dataset[]> {
    return [await upload(this.http, this.id, file, moved, signal)];
  }

  saveAs(resultId: string, name: string): Promise<Table> {
    return this.post({ name }, "query", resultId, "save");
  }

  async code(resultId: string, language: "sql" | "pandas"): Promise<string> {
    const asked = { params: [["language", language]] as [string, string][] };
    return (await this.http.json<{ code: string }>("GET", path("query", resultId, "code"), asked)).code;
  }

  async restyle(resultId: string, kind: string): Promise<ChartSpec> {
    const plan = await this.plan(resultId, ["mark", kind]);
    const asked = { session_id: this.id, plan, remember: false, wait_s: 60 };
    return facts(await this.post<Answer>(asked, "query", "run")).chart ?? {};
  }

  async replay(resultId: string): Promise<Replay> {
    return (await this.post<{ replay: Replay }>(undefined, "query", resultId, "replay")).replay;
  }

  /** The session's words, and this question as settled among them. */
  async verify(resultId: string, name: string): Promise<void> {
    const { question, plan } = await this.result(resultId);
    const known = await this.get<Glossary>("sessions", this.id, "glossary");
    const others = known.verified.filter((one) => one.question !== question);
    const verified = [...others, { question, name, plan, sql: "" }];
    await this.http.send("PUT", path("sessions", this.id, "glossary"), { json: { ...known, verified } });
  }

  events(listener: (event: Event) => void): () => void {
    return this.channel.listen(listener);
  }

  /** The plan of an answer, changed. */
  private plan(resultId: string, change: [string, string]): Promise<Plan> {
    return this.http.json("GET", path("query", resultId, "plan"), { params: [change] });
  }

  private run(said: object, signal?: AbortSignal): AsyncIterable<Event> {
    const id = uuid();
    return this.channel.run(id, { ...said, query_id: id }, signal);
  }

  private get<T>(...parts: string[]): Promise<T> {
    return this.http.json<T>("GET", path(...parts));
  }

  private post<T>(json: unknown, ...parts: string[]): Promise<T> {
    return this.http.json<T>("POST", path(...parts), json === undefined ? {} : { json });
  }
}

interface Made {
  id: string;
  files: { name: string }[];
}
