import type { ChartSpec } from "@dip/core";

/** Draws with Vega, which is loaded with the first chart. Nothing of a specification is run as code. */
export async function draw(element: HTMLElement, spec: ChartSpec, dark: boolean): Promise<() => void> {
  const [{ default: embed }, { expressionInterpreter }] = await Promise.all([
    import("vega-embed"),
    import("vega-interpreter"),
  ]);
  const view = await embed(element, inInk(spec, getComputedStyle(element).color) as never, {
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

type Config = Record<string, object | undefined>;

/** A chart that is saved has to be read on any ground; one that is drawn here has the ink of its page. */
function inInk(spec: ChartSpec, ink: string): ChartSpec {
  const config = (spec["config"] ?? {}) as Config;
  const words = { labelColor: ink, titleColor: ink };
  return {
    ...spec,
    config: {
      ...config,
      title: { ...config["title"], color: ink, subtitleColor: ink },
      axis: { ...config["axis"], ...words },
      legend: { ...config["legend"], ...words },
      header: { ...config["header"], ...words },
    },
  };
}

/** A chart has its data inside: it loads nothing. */
const nowhere = {
  load: () => Promise.reject(new Error("A chart loads nothing.")),
  sanitize: () => Promise.reject(new Error("A chart loads nothing.")),
  http: () => Promise.reject(new Error("A chart loads nothing.")),
  file: () => Promise.reject(new Error("A chart loads nothing.")),
};
