import type { Line, Reply } from "@dip/core";
import { Kernel, KernelHost } from "@dip/core";
import { Panel, TableOf } from "@dip/ui";
import "@dip/ui/panel.css";
import { createRoot } from "react-dom/client";

/** What anywidget gives of the kernel's widget. */
interface Model {
  get(name: "session" | "backend" | "result"): string | null;
  send(message: object, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(name: "msg:custom", heard: (message: Reply, buffers: DataView[]) => void): void;
  off(name: "msg:custom", heard: (message: Reply, buffers: DataView[]) => void): void;
}

/** As high as it needs to be, up to a height below which a cell still leaves room for others. */
const BELOW = "dip:flex dip:flex-col dip:max-h-[44rem]";

/** Messages of the widget's own. */
function line(model: Model): Line {
  return {
    send: (message, buffers) => model.send(message, undefined, buffers),
    receive: (heard) => {
      model.on("msg:custom", heard);
      return () => model.off("msg:custom", heard);
    },
  };
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const kernel = new Kernel(line(model));
  const root = createRoot(el);
  const host = new KernelHost(kernel);
  const name = model.get("session");
  const result = model.get("result");
  root.render(result ? <TableOf host={host} name={name} result={result} /> : <Panel host={host} name={name} className={BELOW} />);
  return () => {
    root.unmount();
    kernel.close();
  };
}

export default { render };
