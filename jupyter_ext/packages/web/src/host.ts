import type { Host, Session } from "@dip/core";
import { draw } from "./draw";
import { path, type Http } from "./http";
import { RemoteSession } from "./session";

interface Told {
  id: string;
  name: string;
}

interface Listed {
  items: Told[];
  next: string | null;
}

/** The sessions of who is logged in. */
export class RemoteHost implements Host {
  readonly draw = draw;

  constructor(private readonly http: Http) {}

  /** The host's own is the latest without a name: a page that is loaded again goes on with it. */
  async open(name: string | null): Promise<Session> {
    if (name === null) {
      const { items } = await this.listed([["limit", "50"]]);
      const own = items.find((item) => !item.name);
      return own ? this.opened(own) : this.renew();
    }
    const [found] = (await this.listed([["name", name]])).items;
    return this.opened(found ?? (await this.made(name)));
  }

  async renew(): Promise<Session> {
    return this.opened(await this.made(""));
  }

  async sessions(): Promise<string[]> {
    const names: string[] = [];
    let before: string | null = null;
    do {
      const params: [string, string][] = [["limit", "200"]];
      if (before) params.push(["before", before]);
      const told: Listed = await this.listed(params);
      names.push(...told.items.map((item) => item.name).filter(Boolean));
      before = told.next;
    } while (before);
    return names.sort((one, other) => one.localeCompare(other));
  }

  async remove(name: string): Promise<void> {
    const [found] = (await this.listed([["name", name]])).items;
    if (found) await this.http.send("DELETE", path("sessions", found.id));
  }

  private listed(params: [string, string][]): Promise<Listed> {
    return this.http.json("GET", path("sessions"), { params });
  }

  private made(name: string): Promise<Told> {
    return this.http.json("POST", path("sessions"), { json: { name } });
  }

  private opened(told: Told): Session {
    return new RemoteSession(this.http, told.id, told.name || null);
  }
}
