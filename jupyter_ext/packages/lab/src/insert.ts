import { NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";

/** A new cell below the current one, which is not run. */
export function insert(notebook: NotebookPanel, code: string): void {
  NotebookActions.insertBelow(notebook.content);
  notebook.content.activeCell?.model.sharedModel.setSource(code);
}
