import type { ChartSpec } from "@dip/core";

/** Draws with Vega, which is loaded with the first chart. Nothing of a specification is run as code. */
export async function draw(element: HTMLElement, spec: ChartSpec, dark: boolean): Promise<() => void> {
  const [{ default: embed }, { expressionInterpreter }] = await Promise.all([
    import("vega-embed"),
    import("vega-interpreter"),
  ]);
  const view = await embed(element, spec as never, {
    actions: false,
    ast: true,
    expr: expressionInterpreter as never,
    renderer: "svg",
    ...(dark && { theme: "dark" as const }),
    defaultStyle: false, // the page takes no styles but those of its own files
    tooltip: false, // the browser's own are shown
    config: { background: "transparent" },
    loader: nowhere,
  });
  return () => view.finalize();
}

/** A chart has its data inside: it loads nothing. */
const nowhere = {
  load: () => Promise.reject(new Error("A chart loads nothing.")),
  sanitize: () => Promise.reject(new Error("A chart loads nothing.")),
  http: () => Promise.reject(new Error("A chart loads nothing.")),
  file: () => Promise.reject(new Error("A chart loads nothing.")),
};
