import type { Column, Condition, Page, PageRequest, Wire } from "@dip/core";
import { cell, Problem } from "@dip/core";
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { condition, joined, ops, spelled, type Op } from "../src/table/filtering";
import { copied, text } from "../src/table/copied";
import { moved } from "../src/table/moving";
import { PAGE, Rows } from "../src/table/rows";
import { HIGHEST, scale } from "../src/table/scale";
import { clicked } from "../src/table/sorting";
import { ResultTable } from "../src/table/ResultTable";
import { show } from "./session";

const COLUMNS: Column[] = [
  { name: "n", type: "integer", non_finite: 0 },
  { name: "name", type: "text", non_finite: 0 },
];
const NO_VIEW = { sort: [], where: [] };

/** Ten million rows that are computed when asked for: (number, "row number"). */
class Numbers {
  readonly asked: PageRequest[] = [];
  fails: Problem | null = null;
  wait: Promise<void> = Promise.resolve();

  constructor(readonly total = 10_000_000) {}

  async page(wanted: PageRequest, signal?: AbortSignal): Promise<Page> {
    this.asked.push(wanted);
    await this.wait;
    if (signal?.aborted) throw new DOMException("stopped", "AbortError");
    if (this.fails) throw this.fails;
    const down = wanted.sort[0] === "-n";
    const total = wanted.where.length ? 3 : this.total;
    const count = Math.max(0, Math.min(wanted.limit, total - wanted.offset));
    const rows = Array.from({ length: count }, (_, at): Wire[] => {
      const number = down ? total - 1 - wanted.offset - at : wanted.offset + at;
      return [number, number % 7 ? `row ${number}` : null];
    });
    return { columns: COLUMNS, rows, offset: wanted.offset, total };
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

test("a small table's bar moves as its rows do", () => {
  const small = scale(1000, 28, 280);
  expect(small).toMatchObject({ height: 28_000, squeezed: false });
  expect(small.top(280)).toBe(10);
  expect(small.top(1e9)).toBe(990);
});

test("ten million rows fit under a bar, and both ends can be reached", () => {
  const large = scale(10_000_000, 28, 420);
  expect(large.height).toBe(HIGHEST);
  expect(large.top(0)).toBe(0);
  expect(large.top(HIGHEST - 420)).toBe(10_000_000 - 15);
  expect(large.top(large.scrolled(5_000_000))).toBeCloseTo(5_000_000, 3);
});

test("rows that are looked at are fetched once, with the page below", async () => {
  const source = new Numbers();
  const rows = new Rows(source, NO_VIEW, source.total, () => {});
  rows.look(0, 15);
  await settle();
  rows.look(3, 18);
  await settle();
  expect(source.asked.map((one) => one.offset)).toEqual([0, PAGE]);
  expect(rows.row(5)).toEqual([5, "row 5"]);
});

test("a wild drag asks for few pages, and ends with the rows where it stopped", async () => {
  const source = new Numbers();
  const rows = new Rows(source, NO_VIEW, source.total, () => {});
  for (let at = 0; at < 60; at++) rows.look(at * 150_000, at * 150_000 + 15);
  await settle();
  expect(source.asked.length).toBeLessThan(8);
  expect(rows.row(59 * 150_000)?.[0]).toBe(59 * 150_000);
});

test("a request that nobody waits for any more is dropped", async () => {
  const source = new Numbers();
  let go = () => {};
  source.wait = new Promise((resolve) => (go = resolve));
  const rows = new Rows(source, NO_VIEW, source.total, () => {});
  rows.look(0, 15);
  rows.look(9_000_000, 9_000_015);
  go();
  await settle();
  expect(rows.row(0)).toBeUndefined();
  expect(rows.row(9_000_000)?.[0]).toBe(9_000_000);
});

test("memory holds no more than some pages", async () => {
  const source = new Numbers();
  const rows = new Rows(source, NO_VIEW, source.total, () => {});
  for (let page = 0; page < 100; page++) {
    rows.look(page * PAGE, page * PAGE + 15);
    await new Promise((resolve) => setTimeout(resolve, 65));
  }
  await settle();
  expect(rows.row(0)).toBeUndefined();
  expect(rows.row(99 * PAGE)?.[0]).toBe(99 * PAGE);
}, 20_000);

test("clicks on a header go up, down and back", () => {
  expect(clicked([], "n", false)).toEqual(["n"]);
  expect(clicked(["n"], "n", false)).toEqual(["-n"]);
  expect(clicked(["-n"], "n", false)).toEqual([]);
  expect(clicked(["-n"], "name", true)).toEqual(["-n", "name"]);
  expect(clicked(["-n", "name"], "name", false)).toEqual(["-name"]);
});

test("a condition has the type of its column", () => {
  const [n, name] = COLUMNS as [Column, Column];
  expect(condition(n, ">=", "1,200")).toEqual({ column: "n", op: ">=", value: 1200 });
  expect(condition(n, "=", "12345678901234567890")).toMatchObject({ value: "12345678901234567890" });
  expect(condition(n, "=", "many")).toBeNull();
  expect(condition(name, "in", "a, b")).toMatchObject({ value: ["a", "b"] });
  expect(condition(name, "is null", "")).toEqual({ column: "name", op: "is null", value: null });
  expect(condition(name, "contains", "  ")).toBeNull();
  expect(condition(n, "=", "1200.50")).toMatchObject({ value: "1200.50" });
  expect(condition(n, "in", "0.1234567890123456789, 2")).toMatchObject({ value: ["0.1234567890123456789", 2] });
  expect(ops({ name: "b", type: "boolean", non_finite: 0 })).toEqual(["=", "is null", "is not null"]);
});

test("a value with a comma is one value, written as it is read", () => {
  const name = COLUMNS[1]!;
  const held = condition(name, "in", 'a, "b, c", "say ""no"""');
  expect(held?.value).toEqual(["a", "b, c", 'say "no"']);
  expect(condition(name, "in", spelled(held!.value))).toEqual(held);
});

test("two conditions on one column are a range, and the later of a kind counts", () => {
  const [n] = COLUMNS as [Column];
  const range = [">=", "<=", ">="].map((op, at) => condition(n, op as Op, String(10 * at))!);
  expect(range.reduce(joined, [] as Condition[]).map((one) => [one.op, one.value])).toEqual([
    ["<=", 10],
    [">=", 20],
  ]);
});

test("keys go everywhere and never outside", () => {
  const bounds = { rows: 100, columns: 2, page: 10 };
  const key = (name: string, ctrlKey = false) => ({ key: name, ctrlKey, metaKey: false });
  expect(moved({ row: 0, column: 0 }, key("ArrowUp"), bounds)).toEqual({ row: -1, column: 0 });
  expect(moved({ row: -1, column: 0 }, key("ArrowUp"), bounds)).toEqual({ row: -1, column: 0 });
  expect(moved({ row: 5, column: 1 }, key("ArrowRight"), bounds)).toEqual({ row: 5, column: 1 });
  expect(moved({ row: 5, column: 0 }, key("End", true), bounds)).toEqual({ row: 99, column: 1 });
  expect(moved({ row: 95, column: 0 }, key("PageDown"), bounds)).toEqual({ row: 99, column: 0 });
  expect(moved({ row: 5, column: 0 }, key("x"), bounds)).toBeNull();
});

test("copied cells are a block for a spreadsheet", async () => {
  const source = new Numbers(100);
  const rows = new Rows(source, NO_VIEW, source.total, () => {});
  rows.look(0, 15);
  await settle();
  expect(text(rows, COLUMNS, { row: -1, column: 0 }, { row: 1, column: 1 })).toBe("n\tname\n0\t\n1\trow 1");
});

test("copying tells what was copied, and never less than it says", async () => {
  const source = new Numbers();
  const rows = new Rows(source, NO_VIEW, source.total, () => {});
  rows.look(0, 15);
  await settle();
  userEvent.setup();
  const from = { row: 0, column: 0 };
  expect(await copied(rows, COLUMNS, { from, to: { row: 9, column: 1 } })).toBe("Copied 10 rows.");
  const some = await copied(rows, COLUMNS, { from, to: { row: 9_999, column: 1 } });
  expect(some).toBe("Copied the first 400 of 10000 rows; export to have all of them.");
  expect((await navigator.clipboard.readText()).split("\n")).toHaveLength(400);
  const far = { from: { row: 5000, column: 0 }, to: { row: 5001, column: 0 } };
  expect(await copied(rows, COLUMNS, far)).toMatch(/not here yet/);
});

test("a year and an identifier are written without separators", () => {
  expect(cell(2024, { name: "year", type: "integer" })).toBe("2024");
  expect(cell(12345, { name: "orderId", type: "integer" })).toBe("12345");
  expect(cell(12345, { name: "number of orders", type: "integer" })).toBe("12,345");
  expect(cell("9007199254740993", { name: "n", type: "integer" })).toBe("9,007,199,254,740,993");
});

test("a table names its rows and columns to those who do not see it", async () => {
  show(<ResultTable source={new Numbers()} columns={COLUMNS} total={10_000_000} />);
  expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "10000001");
  expect(screen.getAllByRole("columnheader").map((one) => one.getAttribute("aria-sort"))).toEqual(["none", "none"]);
  expect(await screen.findByText("row 1")).toBeInTheDocument();
  expect(screen.getAllByText("–").length).toBeGreaterThan(0);
  expect(screen.getByText("Rows 1–15 of 10,000,000")).toBeInTheDocument();
});

test("a header sorts, and no row of the old order stays", async () => {
  const source = new Numbers(1000);
  show(<ResultTable source={source} columns={COLUMNS} total={1000} />);
  await screen.findByText("row 1");
  const header = screen.getByRole("columnheader", { name: "n" });
  await userEvent.click(header);
  await userEvent.click(header);
  expect(header).toHaveAttribute("aria-sort", "descending");
  expect(await screen.findByText("row 999")).toBeInTheDocument();
  expect(screen.queryByText("row 1")).not.toBeInTheDocument();
});

test("a filter is written, told of and taken back", async () => {
  const source = new Numbers(1000);
  show(<ResultTable source={source} columns={COLUMNS} total={1000} />);
  await screen.findByText("row 1");
  await userEvent.click(screen.getByRole("button", { name: "Filter n" }));
  await userEvent.selectOptions(await screen.findByRole("combobox"), "less than");
  await userEvent.type(screen.getByRole("textbox", { name: "Value of n" }), "3{Enter}");
  expect(await screen.findByText("Rows 1–3 of 3")).toBeInTheDocument();
  expect(source.asked.at(-1)?.where).toEqual([{ column: "n", op: "<", value: 3 }]);
  await userEvent.click(screen.getByRole("button", { name: "Show all: no longer n less than 3" }));
  expect(await screen.findByText("Rows 1–15 of 1,000")).toBeInTheDocument();
});

test("the keyboard alone sorts and reaches the last row", async () => {
  const source = new Numbers(1000);
  show(<ResultTable source={source} columns={COLUMNS} total={1000} />);
  await screen.findByText("row 1");
  const user = userEvent.setup();
  await user.tab();
  expect(screen.getByRole("grid")).toHaveFocus();
  await user.keyboard("{ArrowUp}{Enter}");
  expect(screen.getByRole("columnheader", { name: "n" })).toHaveAttribute("aria-sort", "ascending");
  await user.keyboard("{Control>}{End}{/Control}");
  expect(await screen.findByText("row 999")).toBeInTheDocument();
});

test("a header's keys are told, and make the column wider", async () => {
  show(<ResultTable source={new Numbers(1000)} columns={COLUMNS} total={1000} />);
  await screen.findByText("row 1");
  const user = userEvent.setup();
  await user.tab();
  await user.keyboard("{ArrowUp}");
  expect(screen.getByText(/F filters, \+ and − set the width/)).toBeInTheDocument();
  const width = () => parseInt(screen.getByRole("columnheader", { name: "n" }).style.width);
  const before = width();
  await user.keyboard("+");
  expect(width()).toBe(before + 24);
  await user.keyboard("f");
  expect(await screen.findByRole("textbox", { name: "Value of n" })).toHaveFocus();
});

test("Enter shows the whole cell, and Escape takes it away", async () => {
  show(<ResultTable source={new Numbers(1000)} columns={COLUMNS} total={1000} />);
  await screen.findByText("row 1");
  const user = userEvent.setup();
  await user.tab();
  await user.keyboard("{ArrowDown}{ArrowRight}{Enter}");
  expect(screen.getByText("name, whole")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Copy value" }));
  expect(await screen.findByText("Copied.")).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe("row 1");
  act(() => screen.getByRole("grid").focus());
  await user.keyboard("{Escape}");
  expect(screen.queryByText("name, whole")).not.toBeInTheDocument();
});

test("a row that cannot be gone to is told of", async () => {
  show(<ResultTable source={new Numbers(1000)} columns={COLUMNS} total={1000} />);
  await screen.findByText("row 1");
  const box = screen.getByRole("textbox", { name: "Go to row" });
  for (const wrong of ["last", "0", "1.5", "1001"]) {
    await userEvent.clear(box);
    await userEvent.type(box, `${wrong}{Enter}`);
    expect(screen.getByRole("alert")).toHaveTextContent("A number from 1 to 1,000.");
  }
  await userEvent.clear(box);
  await userEvent.type(box, "1,000{Enter}");
  expect(await screen.findByText("row 999")).toBeInTheDocument();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("decimals of a column align", async () => {
  const columns: Column[] = [{ name: "x", type: "double", non_finite: 0 }];
  const rows = [[1], [2.5], [10.25]];
  const source = { page: () => Promise.resolve({ columns, rows, offset: 0, total: 3 }) };
  show(<ResultTable source={source} columns={columns} total={3} />);
  expect(await screen.findByText("10.25")).toBeInTheDocument();
  expect(screen.getAllByRole("gridcell").map((one) => one.textContent)).toEqual(["1.00", "2.50", "10.25"]);
});

test("after a failed page others are fetched when they are looked at", async () => {
  vi.useFakeTimers();
  const source = new Numbers(1000);
  source.fails = new Problem("worker_lost", "The worker ended.", "Ask again.");
  const rows = new Rows(source, NO_VIEW, 1000, () => {});
  rows.look(0, 15);
  await vi.advanceTimersByTimeAsync(0);
  expect(rows.problem?.code).toBe("worker_lost");
  const asked = source.asked.length;
  rows.look(400, 415);
  await vi.advanceTimersByTimeAsync(100);
  expect(source.asked).toHaveLength(asked);
  source.fails = null;
  await vi.advanceTimersByTimeAsync(5000);
  rows.look(400, 415);
  await vi.advanceTimersByTimeAsync(100);
  expect(rows.problem).toBeNull();
  expect(rows.row(400)).toBeDefined();
  rows.close();
  vi.useRealTimers();
});

test("a page that fails says why and can be asked for again", async () => {
  const source = new Numbers(1000);
  source.fails = new Problem("worker_lost", "The worker ended.", "Ask again.");
  show(<ResultTable source={source} columns={COLUMNS} total={1000} />);
  expect(await screen.findByRole("alert")).toHaveTextContent("The worker ended. Ask again.");
  source.fails = null;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("row 1")).toBeInTheDocument();
});

test("a kernel that is busy is told of instead of a frozen table", async () => {
  let busy: (is: boolean) => void = () => {};
  const listen = (listener: (is: boolean) => void) => ((busy = listener), () => {});
  show(<ResultTable source={new Numbers(10)} columns={COLUMNS} total={10} busy={listen} />);
  act(() => busy(true));
  expect(screen.getByText(/The kernel is running a cell/)).toBeInTheDocument();
  act(() => busy(false));
  await waitFor(() => expect(screen.queryByText(/The kernel is running/)).not.toBeInTheDocument());
});
