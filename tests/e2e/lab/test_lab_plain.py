"""The harness itself, over a notebook that knows nothing of DIP."""

from __future__ import annotations

from .conftest import Opens


def test_a_cell_is_stopped_and_the_next_one_runs(open_notebook: Opens) -> None:
    notebook = open_notebook("import time\ntime.sleep(60)", "print(6 * 7)")
    notebook.start(0)
    notebook.command("notebook:interrupt-kernel")
    notebook.wait_idle()
    assert notebook.outputs(0)[0]["ename"] == "KeyboardInterrupt"
    notebook.run(1)
    assert notebook.output(1).inner_text().strip() == "42"
    notebook.theme("Dark")
    assert notebook.save()["cells"][1]["outputs"][0]["text"] == ["42\n"]
