import { Problem, type Host, type Session } from "@dip/core";
import { useCallback, useEffect, useState } from "react";

export interface Opened {
  session: Session | null;
  problem: Problem | null;
  /** Another session by its name; null is the host's own. */
  open(name: string | null): void;
  /** A fresh session. */
  renew(): void;
  /** Deletes a named session with all that is in it, and goes back to the host's own. */
  remove(name: string): void;
  again(): void;
}

type Way = (host: Host) => Promise<Session>;

/** The session that the panel shows, and the ways to another. */
export function useOpened(host: Host, name: string | null): Opened {
  const [way, setWay] = useState<{ go: Way }>(() => ({ go: (at) => at.open(name) }));
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let left = false;
    setProblem(null);
    way.go(host).then(
      (found) => !left && setSession(found),
      (thrown: unknown) => !left && setProblem(Problem.of(thrown)),
    );
    return () => {
      left = true;
    };
  }, [host, way]);
  const go = useCallback((next: Way) => setWay({ go: next }), []);
  return {
    session,
    problem,
    open: (wanted) => go((at) => at.open(wanted)),
    renew: () => go((at) => at.renew()),
    remove: (wanted) => go((at) => at.remove(wanted).then(() => at.open(null))),
    again: () => go(way.go),
  };
}
