import { Problem } from "@dip/core";
import { Button, Panel, Root, Trouble } from "@dip/ui";
import { LogOut } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { RemoteHost } from "./host";
import { Http } from "./http";
import { Login } from "./Login";

type Who = "unknown" | "nobody" | "somebody";

/** `/login` lets in; `/` is the panel. */
export function App() {
  const [who, setWho] = useState<Who>("unknown");
  const [problem, setProblem] = useState<Problem | null>(null);
  const http = useMemo(() => new Http(() => setWho("nobody")), []);
  const host = useMemo(() => new RemoteHost(http), [http, who]);
  const look = () => {
    setProblem(null);
    http.resume().then(
      (found) => setWho(found ? "somebody" : "nobody"),
      (thrown: unknown) => setProblem(Problem.of(thrown)),
    );
  };
  useEffect(look, [http]);
  useEffect(() => show(who), [who]);
  const leave = () => void http.logout().then(() => setWho("nobody"));

  if (problem) {
    return (
      <Root className="dip:h-full">
        <Trouble problem={problem} again={look} className="dip:p-4" />
      </Root>
    );
  }
  if (who === "unknown") return null;
  if (who === "nobody") {
    return (
      <Root className="dip:h-full">
        <Login http={http} entered={() => setWho("somebody")} />
      </Root>
    );
  }
  return (
    <Panel host={host} className="dip:h-full">
      <Button variant="quiet" onClick={leave}>
        <LogOut size={14} aria-hidden className="dip:inline-block dip:align-[-2px]" /> Log out
      </Button>
    </Panel>
  );
}

/** The address says where one is. */
function show(who: Who): void {
  const wanted = who === "nobody" ? "/login" : "/";
  if (who !== "unknown" && location.pathname !== wanted) history.replaceState(null, "", wanted);
}
