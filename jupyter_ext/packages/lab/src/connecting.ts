/** Finds the kernel to talk to, opens the line to it, and opens it again after a restart. */

import { Kernel, KernelHost } from "@dip/core";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel as Kernels } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";
import { draw } from "../../web/src/draw";
import { CommLine } from "./line";
import { insert } from "./insert";

/** Lets the kernel answer; an error tells that the package is not there. */
const SERVE = "import dip_sdk.jupyter.panel as _dip_panel; _dip_panel.serve(); del _dip_panel";

/** What the sidebar shows: a panel over a host, or a line of words. */
export interface Connected {
  /** Changes with every new line: what was shown of the old one is gone. */
  key: number;
  host: KernelHost | null;
  said: string;
  failed?: boolean;
}

const NO_NOTEBOOK = "Open a notebook: questions are answered by its kernel.";
const NO_KERNEL = "The notebook has no kernel. Start one to ask.";
const NO_PACKAGE = "This kernel has no dip-sdk. Run %pip install 'dip-sdk[notebook]' in a cell, then restart it.";

export class Connecting {
  readonly changed = new Signal<this, Connected>(this);
  state: Connected = { key: 0, host: null, said: NO_NOTEBOOK };
  private started = false;
  private notebook: NotebookPanel | null = null;
  private line: Kernel | null = null;
  private attempt = 0;
  /** The kernel went away, and is waited for. */
  private gone = false;

  constructor(
    private readonly notebooks: INotebookTracker,
    private readonly backend: () => Promise<string | null>,
  ) {}

  /** Follow the current notebook from now on. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.notebooks.currentChanged.connect(this.follow, this);
    this.follow();
  }

  again(): void {
    void this.connect();
  }

  dispose(): void {
    Signal.clearData(this);
    this.leave();
  }

  private follow(): void {
    const notebook = this.notebooks.currentWidget;
    if (notebook === this.notebook) return;
    this.context?.kernelChanged.disconnect(this.onKernel, this);
    this.context?.statusChanged.disconnect(this.onStatus, this);
    this.notebook = notebook;
    this.context?.kernelChanged.connect(this.onKernel, this);
    this.context?.statusChanged.connect(this.onStatus, this);
    void this.connect();
  }

  private get context(): ISessionContext | undefined {
    return this.notebook?.sessionContext;
  }

  private onKernel(): void {
    void this.connect();
  }

  private onStatus(_: ISessionContext, status: Kernels.Status): void {
    if (status === "idle" && this.gone) return void this.connect();
    const restarts = status === "restarting" || status === "autorestarting";
    if (!restarts && status !== "dead" && status !== "terminating") return;
    this.gone = true;
    this.attempt += 1;
    this.leave(restarts ? "The kernel is starting again…" : NO_KERNEL);
  }

  /** Open a line to the kernel, unless another attempt overtakes this one. */
  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    this.gone = false;
    this.leave(this.notebook ? "Waiting for the kernel…" : NO_NOTEBOOK);
    await this.context?.ready;
    const connection = this.context?.session?.kernel;
    if (attempt !== this.attempt || !this.notebook) return;
    if (!connection) return this.tell({ said: NO_KERNEL });
    const served = await connection.requestExecute({ code: SERVE, silent: true, store_history: false }).done;
    if (attempt !== this.attempt) return;
    if (served.content.status !== "ok") return this.tell({ said: NO_PACKAGE, failed: true });
    const line = await CommLine.open(connection, await this.backend());
    const kernel = new Kernel(line);
    await new KernelHost(kernel).hello();
    if (attempt !== this.attempt) return kernel.close();
    this.line = kernel;
    const notebook = this.notebook;
    const cells = { insert: (code: string) => insert(notebook, code) };
    this.tell({ host: new KernelHost(kernel, cells, draw) });
  }

  private leave(said?: string): void {
    this.line?.close();
    this.line = null;
    if (said) this.tell({ said });
  }

  private tell(state: Partial<Connected>): void {
    this.state = { key: this.state.key + 1, host: null, said: "", ...state };
    this.changed.emit(this.state);
  }
}
