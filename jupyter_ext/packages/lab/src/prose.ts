/** `%%ask` cells hold words: they are coloured as such, not as Python. */

import type { ICodeCellModel } from "@jupyterlab/cells";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";

const ASK = /^\s*%%ask\b/;
const PROSE = "text/plain";

export function highlight(notebooks: INotebookTracker): void {
  notebooks.widgetAdded.connect((_, notebook) => {
    void notebook.context.ready.then(() => watch(notebook));
  });
}

function watch(notebook: NotebookPanel): void {
  const look = () => {
    for (const cell of notebook.content.widgets) {
      if (cell.model.type === "code") colour(cell.model as ICodeCellModel, notebook.content.codeMimetype);
    }
  };
  notebook.model?.contentChanged.connect(look);
  notebook.sessionContext.kernelChanged.connect(() => setTimeout(look));
  look();
}

function colour(cell: ICodeCellModel, code: string): void {
  const wanted = ASK.test(cell.sharedModel.getSource()) ? PROSE : code;
  const ours = cell.mimeType === PROSE || wanted === PROSE;
  if (ours && cell.mimeType !== wanted) cell.mimeType = wanted;
}
