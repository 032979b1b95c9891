import type { Host } from "@dip/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { RootContext } from "../kit/Root";
import { Chat } from "./Chat";
import { useDark } from "./dark";
import { Header } from "./Header";
import { useOpened } from "./opened";
import { Trouble } from "./Trouble";

interface Props {
  host: Host;
  /** The session to begin with; null is the host's own. */
  name?: string | null;
  className?: string;
  /** What the host adds to the header. */
  children?: ReactNode;
}

const once = { defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } };

/** The whole panel over a host: a session, its data, questions and answers. */
export function Panel({ host, name = null, className = "", children }: Props) {
  const [queries] = useState(() => new QueryClient(once));
  return (
    <Root className={className}>
      <QueryClientProvider client={queries}>
        <Opened host={host} name={name}>
          {children}
        </Opened>
      </QueryClientProvider>
    </Root>
  );
}

/** The element below which the panel's styles hold, and in which its menus open. */
export function Root({ className = "", children }: { className?: string; children: ReactNode }) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const dark = useDark();
  return (
    <div ref={setElement} data-dip-dark={dark || undefined} className={`dip-root ${className}`}>
      <RootContext.Provider value={element}>{children}</RootContext.Provider>
    </div>
  );
}

function Opened({ host, name, children }: { host: Host; name: string | null; children: ReactNode }) {
  const opened = useOpened(host, name);
  const { session, problem } = opened;
  return (
    <div className="dip:@container dip:flex dip:h-full dip:min-h-0 dip:flex-col">
      <Header host={host} opened={opened}>
        {children}
      </Header>
      {problem && <Trouble problem={problem} again={opened.again} className="dip:p-3" />}
      {session ? (
        <Chat key={session.id} host={host} session={session} />
      ) : (
        !problem && (
          <p role="status" className="dip:p-3 dip:text-faint">
            Opening…
          </p>
        )
      )}
    </div>
  );
}
