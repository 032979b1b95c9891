import { Panel } from "@dip/ui";
import "@dip/ui/panel.css";
import { ReactWidget, UseSignal } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import { Connecting, type Connected } from "./connecting";
import { icon } from "./icon";

/** The panel over the kernel of the current notebook; another notebook, another panel. */
export class Sidebar extends ReactWidget {
  private readonly connecting: Connecting;

  constructor(notebooks: INotebookTracker, backend: () => Promise<string | null>) {
    super();
    this.id = "dip-panel";
    this.title.icon = icon;
    this.title.caption = "DIP: ask a question of data";
    this.addClass("dip-sidebar");
    this.connecting = new Connecting(notebooks, backend);
  }

  /** Nothing is asked of a kernel before somebody opens the panel. */
  protected override onAfterShow(): void {
    this.connecting.start();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.connecting.dispose();
    super.dispose();
  }

  protected override render() {
    return (
      <UseSignal signal={this.connecting.changed} initialArgs={this.connecting.state}>
        {(_, state) => <Shown state={state ?? this.connecting.state} again={() => this.connecting.again()} />}
      </UseSignal>
    );
  }
}

function Shown({ state, again }: { state: Connected; again(): void }) {
  if (state.host) return <Panel key={state.key} host={state.host} className="dip:h-full" />;
  return (
    <div className="dip-root dip:h-full dip:p-3">
      <p role="status">{state.said}</p>
      {state.failed && (
        <button type="button" className="dip:mt-2 dip:rounded dip:border dip:border-edge dip:px-2" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
