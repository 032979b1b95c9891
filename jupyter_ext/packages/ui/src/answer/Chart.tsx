import type { ChartSpec, Host, ResultFacts, Session } from "@dip/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "../kit/Button";
import { save } from "./save";
import { stem } from "./stem";

export const MARKS = ["bar", "stacked", "grouped", "line", "area", "scatter", "pie", "histogram", "box", "heatmap"] as const;

interface Props {
  facts: ResultFacts;
  session: Session;
  host: Host;
}

/** The chart of an answer; it can be drawn another way, and saved. */
export function Chart({ facts, session, host }: Props) {
  const [spec, setSpec] = useState<ChartSpec>(facts.chart ?? {});
  const [problem, setProblem] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const restyle = async (kind: string) => {
    try {
      setSpec(await session.restyle(facts.id, kind));
      setProblem("");
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : "It cannot be drawn that way.");
    }
  };
  const keep = () => {
    const svg = drawnText(place.current) ?? pictureText(place.current);
    if (svg) save({ name: `${stem(facts.question)}.svg`, blob: new Blob([svg], { type: "image/svg+xml" }) });
  };
  return (
    <figure data-testid="chart" className="dip:m-0 dip:flex dip:flex-col dip:gap-1">
      <div ref={place} role="img" aria-label={alternative(spec, facts)} className="dip:overflow-x-auto">
        {host.draw ? <Drawn spec={spec} draw={host.draw} /> : <Picture spec={spec} session={session} />}
      </div>
      <figcaption className="dip:flex dip:flex-wrap dip:items-center dip:gap-2 dip:text-sm">
        <label className="dip:text-faint">
          Drawn as{" "}
          <select
            className="dip:rounded dip:border dip:border-line dip:bg-ground dip:px-1 dip:py-0.5 dip:text-ink"
            value={markOf(spec)}
            onChange={(event) => void restyle(event.target.value)}
          >
            {[...new Set([markOf(spec), ...MARKS])].map((mark) => (
              <option key={mark}>{mark}</option>
            ))}
          </select>
        </label>
        <Button onClick={keep}>Save chart</Button>
        {problem && (
          <span role="status" className="dip:text-bad">
            {problem}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function Drawn({ spec, draw }: { spec: ChartSpec; draw: NonNullable<Host["draw"]> }) {
  const element = useRef<HTMLDivElement>(null);
  const dark = useDark(element);
  useEffect(() => {
    let gone = false;
    let end = () => {};
    const drawn = element.current && draw(element.current, spec, dark);
    drawn?.then(
      (over) => (gone ? over() : (end = over)),
      () => {},
    );
    return () => {
      gone = true;
      end();
    };
  }, [spec, draw, dark]);
  return <div ref={element} />;
}

/** An image can run nothing, whatever its text holds. */
function Picture({ spec, session }: { spec: ChartSpec; session: Session }) {
  const { data } = useQuery({
    queryKey: ["picture", session.id, spec],
    queryFn: () => session.picture?.(spec) ?? null,
    staleTime: Infinity,
  });
  return data ? <img alt="" src={`data:image/svg+xml,${encodeURIComponent(data)}`} className="dip:max-w-full" /> : null;
}

/** A drawn chart has the ink of this page, so it takes the page's ground along. */
function drawnText(place: HTMLElement | null): string | null {
  const copy = place?.querySelector("svg")?.cloneNode(true) as SVGElement | undefined;
  const root = place?.closest(".dip-root");
  if (!copy) return null;
  if (root) copy.style.background = getComputedStyle(root).backgroundColor;
  return copy.outerHTML;
}

function pictureText(place: HTMLElement | null): string {
  const source = place?.querySelector("img")?.src ?? "";
  return decodeURIComponent(source.slice(source.indexOf(",") + 1));
}

function markOf(spec: ChartSpec): string {
  const mark = spec["mark"];
  const kind = typeof mark === "object" && mark ? (mark as { type?: string }).type : mark;
  const names: Record<string, string> = { point: "scatter", circle: "scatter", arc: "pie", rect: "heatmap", boxplot: "box" };
  return typeof kind === "string" ? (names[kind] ?? kind) : "as it is";
}

function alternative(spec: ChartSpec, facts: ResultFacts): string {
  const title = spec["title"];
  const text = typeof title === "object" && title ? (title as { text?: string | string[] }).text : title;
  return `Chart: ${(Array.isArray(text) ? text.join(" ") : text) || facts.question}`;
}

/** Whether the panel stands on a dark ground, whoever chose it. */
function useDark(element: React.RefObject<HTMLElement | null>): boolean {
  const [dark, setDark] = useState(false);
  useEffect(() => {
    const look = () => setDark(element.current ? isDark(element.current) : false);
    look();
    const seen = new MutationObserver(look);
    seen.observe(document.body, { attributes: true });
    return () => seen.disconnect();
  }, [element]);
  return dark;
}

function isDark(element: HTMLElement): boolean {
  const [red = 0, green = 0, blue = 0] = getComputedStyle(element).color.match(/[\d.]+/g)?.map(Number) ?? [];
  return red + green + blue > 384;
}
