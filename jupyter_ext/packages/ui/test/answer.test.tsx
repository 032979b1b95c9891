import { Problem, type Host, type ResultFacts } from "@dip/core";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Answer } from "../src/answer";
import { pieces } from "../src/answer/sql";
import { sentLine, size } from "../src/answer/words";
import { facts, host, Memory, show } from "./session";

function shown(given: Partial<ResultFacts> = {}, session = new Memory(), more: Partial<Host> = {}) {
  const said: unknown[] = [];
  const told = (name: string) => (...what: unknown[]) => void said.push([name, ...what]);
  show(
    <Answer
      facts={facts(given)} session={session} host={host(session, more)}
      ask={told("ask")} choose={told("choose")} edit={told("edit")}
    />,
  );
  return said;
}

test("an answer says its sentence and who gave it", () => {
  shown();
  expect(screen.getByTestId("query-result")).toHaveTextContent("North has the highest total sales: 20.");
  expect(screen.getByText(/Answered by rules, without a model, 50 ms/)).toBeInTheDocument();
});

test("how it was computed is folded and holds the statement and what was sent", () => {
  shown();
  const how = screen.getByTestId("how-computed");
  expect(how).not.toHaveAttribute("open");
  expect(how).toHaveTextContent("Total sales by region: 2 rows, 4 ms");
  expect(how).toHaveTextContent("SELECT 1");
  expect(how).toHaveTextContent("Nothing was sent to a model.");
});

test("every request that left the machine can be read as it was sent", () => {
  const sent = [{ at: "", to: "api.example", body: '{"q": "<b>hi</b>"}', tokens_in: 10, tokens_out: 2 }];
  shown({ sent, usage: { calls: 1, tokens_in: 10, tokens_out: 2, money: 0.00123 } });
  expect(screen.getByTestId("how-computed")).toHaveTextContent('1 request to api.example: 18 bytes, 12 tokens, $0.0012.');
  expect(screen.getByText('{"q": "<b>hi</b>"}')).toBeInTheDocument();
});

test("warnings stand before notes", () => {
  const check = { code: "c", numbers: {} };
  shown({
    checks: [
      { ...check, level: "info", message: "A note." },
      { ...check, level: "warning", message: "A warning." },
    ],
  });
  const items = screen.getAllByRole("listitem").map((item) => item.textContent);
  expect(items.indexOf("A warning.")).toBeLessThan(items.indexOf("A note."));
});

test("a suggestion asks itself", async () => {
  const said = shown();
  await userEvent.click(screen.getByTestId("suggestion"));
  expect(said).toEqual([["ask", "And by month?"]]);
});

test("a question back is settled by its preview", async () => {
  const plan = { version: 1, question: "", planner: "rules", steps: [], tables: {}, today: null, seeds: {}, versions: {} };
  const learns = { synonyms: {}, metrics: [], joins: [], verified: [] } as never;
  const said = shown({
    status: "clarify",
    row_count: 0,
    explanation: "",
    clarification: {
      question: "By which date?",
      options: [
        { label: "by order date", preview: "120", value: plan, learns },
        { label: "by shipping date", preview: "80", value: plan, learns },
      ],
    },
  });
  await userEvent.click(screen.getByText("80"));
  expect(said).toEqual([["choose", 1]]);
});

test("a no says what was not found and what can be asked", async () => {
  const said = shown({
    status: "cannot_answer",
    row_count: 0,
    explanation: "",
    suggestions: [],
    missing: { message: "The data has no profit.", understood: ["total"], unknown: ["profit"], suggestions: ["Total sales?"] },
  });
  expect(screen.getByText("The data has no profit.")).toBeInTheDocument();
  expect(screen.getByText("profit")).toBeInTheDocument();
  await userEvent.click(screen.getByTestId("suggestion"));
  expect(said).toEqual([["ask", "Total sales?"]]);
});

test.each(["csv", "xlsx", "json", "parquet"])("an answer is exported as %s", async (format) => {
  const session = new Memory();
  shown({}, session);
  URL.createObjectURL = () => "blob:1";
  URL.revokeObjectURL = () => {};
  await userEvent.click(screen.getByTestId("export-button"));
  await userEvent.click(await screen.findByTestId(`export-${format}`));
  await waitFor(() => expect(session.asked).toEqual([["export", "r1", format, { sort: [], where: [] }]]));
});

test("an export that fails says why", async () => {
  const session = new Memory();
  session.refuses = new Problem("too_large", "The file has 900 MB.", "Use a cell.");
  shown({}, session);
  await userEvent.click(screen.getByTestId("export-button"));
  await userEvent.click(await screen.findByTestId("export-csv"));
  expect(await screen.findByRole("alert")).toHaveTextContent("The file has 900 MB. Use a cell.");
});

test("the statement is edited and run again", async () => {
  const said = shown();
  await userEvent.click(screen.getByRole("button", { name: "Edit SQL" }));
  const text = screen.getByRole("textbox", { name: "SQL of the answer" });
  await userEvent.clear(text);
  await userEvent.type(text, "select 2{Control>}{Enter}{/Control}");
  expect(said).toEqual([["edit", "select 2"]]);
});

test("the other planner can be asked, and a cell inserted", async () => {
  const inserted: string[] = [];
  const said = shown({}, new Memory(), { notebook: { insert: (code) => inserted.push(code) } });
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Ask Claude instead" }));
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Insert as %%ask cell" }));
  expect(said).toEqual([["ask", "Total sales by region?", "claude"]]);
  expect(inserted).toEqual(["%%ask\nTotal sales by region?"]);
});

test("an answer is kept as a table under a name that is typed", async () => {
  shown();
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Keep as a table" }));
  const name = screen.getByRole("textbox", { name: "Name of the new table" });
  await userEvent.clear(name);
  await userEvent.type(name, "north{Enter}");
  expect(await screen.findByText("Kept as the table north.")).toBeInTheDocument();
});

test("a chart is an image that runs nothing, and is drawn another way", async () => {
  const session = new Memory();
  shown({ chart: { mark: { type: "bar" }, title: "<script>" } }, session);
  const image = await waitFor(() => {
    const found = screen.getByTestId("chart").querySelector("img");
    expect(found).not.toBeNull();
    return found!;
  });
  expect(image.src).toMatch(/^data:image\/svg\+xml,/);
  expect(screen.getByRole("img", { name: "Chart: <script>" })).toBeInTheDocument();
  await userEvent.selectOptions(screen.getByRole("combobox"), "line");
  expect(session.asked).toEqual([["restyle", "r1", "line"]]);
});

test("text of the data is never markup", () => {
  shown({ explanation: "<img src=x onerror=alert(1)>", suggestions: ["<b>bold</b>"] });
  expect(document.querySelector("img[src=x]")).toBeNull();
  expect(screen.getByTestId("suggestion")).toHaveTextContent("<b>bold</b>");
});

test("SQL keeps every character when it is coloured", () => {
  const sql = `SELECT "a""b", 'it''s' -- why\nFROM t WHERE x >= 1.5 AND y <> 'ü'`;
  expect(pieces(sql).map((piece) => piece.text).join("")).toBe(sql);
  expect(pieces(sql).filter((piece) => piece.kind === "word").map((piece) => piece.text)).toEqual(["SELECT", "FROM", "WHERE", "AND"]);
});

test("sizes are told in units that people read", () => {
  expect([size(1), size(999), size(1500), size(12_000_000)]).toEqual(["1 byte", "999 bytes", "1.5 kB", "12 MB"]);
  expect(sentLine(facts())).toBe("Nothing was sent to a model.");
});
