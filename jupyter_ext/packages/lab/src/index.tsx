/** The panel in JupyterLab: a sidebar at the right, which talks to the kernel of the notebook that is open. */

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { ILauncher } from "@jupyterlab/launcher";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { icon } from "./icon";
import { highlight } from "./prose";
import { Sidebar } from "./Sidebar";

const ID = "@dip/lab:panel";
const COMMAND = "dip:open";

async function backendOf(registry: ISettingRegistry | null): Promise<string | null> {
  const settings = await registry?.load(ID).catch(() => null);
  return (settings?.get("backend").composite as string | undefined) || null;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "Questions of data, beside the notebook.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILauncher, ILayoutRestorer, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
  ) => {
    const sidebar = new Sidebar(notebooks, () => backendOf(settings));
    app.shell.add(sidebar, "right", { rank: 500 });
    restorer?.add(sidebar, sidebar.id);
    app.commands.addCommand(COMMAND, {
      label: "Ask a question of data",
      caption: "Open the panel of DIP",
      icon,
      execute: () => app.shell.activateById(sidebar.id),
    });
    palette?.addItem({ command: COMMAND, category: "DIP" });
    launcher?.add({ command: COMMAND, category: "Other", rank: 10 });
    highlight(notebooks);
  },
};

export default plugin;
