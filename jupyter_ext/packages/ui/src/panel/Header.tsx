import type { Host } from "@dip/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Plus } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { Button } from "../kit/Button";
import { Menu, MenuItem } from "../kit/Menu";
import type { Opened } from "./opened";

interface Props {
  host: Host;
  opened: Opened;
  children?: ReactNode;
}

type Asking = "name" | "remove" | null;

/** Which session this is, and the ways to another. */
export function Header({ host, opened, children }: Props) {
  const [asking, setAsking] = useState<Asking>(null);
  const name = opened.session?.name ?? null;
  return (
    <header className="dip:flex dip:flex-col dip:gap-2 dip:border-b dip:border-line dip:px-3 dip:py-1.5">
      <div className="dip:flex dip:flex-wrap dip:items-center dip:gap-2">
        <Sessions host={host} opened={opened} ask={setAsking} />
        <Button data-testid="session-new" title="New session" onClick={opened.renew}>
          <Plus size={14} aria-hidden className="dip:inline-block dip:align-[-2px]" /> New
        </Button>
        <span className="dip:grow" />
        {children}
      </div>
      {asking === "name" && <Naming open={opened.open} close={() => setAsking(null)} />}
      {asking === "remove" && name !== null && (
        <div role="group" className="dip:flex dip:flex-wrap dip:items-center dip:gap-2 dip:text-sm">
          <span>Delete session “{name}” with its tables and answers?</span>
          <Button
            onClick={() => {
              opened.remove(name);
              setAsking(null);
            }}
          >
            Delete
          </Button>
          <Button onClick={() => setAsking(null)}>Keep</Button>
        </div>
      )}
    </header>
  );
}

interface Choice {
  host: Host;
  opened: Opened;
  ask(asking: Asking): void;
}

function Sessions({ host, opened, ask }: Choice) {
  const name = opened.session?.name ?? null;
  const { data } = useQuery({ queryKey: ["sessions", opened.session?.id], queryFn: () => host.sessions() });
  const others = (data ?? []).filter((other) => other !== name);
  return (
    <Menu
      trigger={
        <Button variant="quiet" aria-label={`Session: ${name ?? "not named"}`} className="dip:max-w-56 dip:truncate dip:font-semibold">
          {name ?? "Session"} <ChevronDown size={14} aria-hidden className="dip:inline-block dip:align-[-2px]" />
        </Button>
      }
    >
      {others.map((other) => (
        <MenuItem key={other} onSelect={() => opened.open(other)}>
          {other}
        </MenuItem>
      ))}
      {name !== null && <MenuItem onSelect={() => opened.open(null)}>Session without a name</MenuItem>}
      <MenuItem onSelect={() => ask("name")}>Open by name…</MenuItem>
      {name !== null && <MenuItem onSelect={() => ask("remove")}>Delete “{name}”…</MenuItem>}
    </Menu>
  );
}

function Naming({ open, close }: { open(name: string): void; close(): void }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    open(name.trim());
    close();
  };
  return (
    <form onSubmit={submit} className="dip:flex dip:flex-wrap dip:items-center dip:gap-2 dip:text-sm">
      <label className="dip:flex dip:grow dip:items-center dip:gap-2">
        Name
        <input
          autoFocus
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && close()}
          className="dip:min-w-0 dip:grow dip:rounded dip:border dip:border-edge dip:px-2 dip:py-0.5"
        />
      </label>
      <Button type="submit">Open</Button>
      <Button onClick={close}>Cancel</Button>
    </form>
  );
}
