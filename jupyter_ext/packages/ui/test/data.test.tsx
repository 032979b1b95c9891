import { Problem } from "@dip/core";
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tables, Upload } from "../src/data";
import { dataset, Memory, show, table } from "./session";

const csv = (name: string) => new File(["region,sales\n"], name, { type: "text/csv" });

test("a file that was read names its table and rows", async () => {
  const session = new Memory();
  show(<Upload session={session} />);
  await userEvent.upload(screen.getByTestId("file-input"), csv("sales.csv"));
  expect(await screen.findByTestId("upload-success")).toHaveTextContent("sales.csv: sales (3 rows)");
});

test("several files at once are each told of", async () => {
  const session = new Memory();
  show(<Upload session={session} />);
  await userEvent.upload(screen.getByTestId("file-input"), [csv("a.csv"), csv("b.csv")]);
  await waitFor(() => expect(screen.getAllByTestId("upload-success")).toHaveLength(2));
});

test("a refused file says why and what to do", async () => {
  const session = new Memory();
  session.refuses = new Problem("bomb", "The workbook would unpack to 80 GB.", "Save it as CSV.");
  show(<Upload session={session} />);
  await userEvent.upload(screen.getByTestId("file-input"), csv("a.xlsx"));
  expect(await screen.findByTestId("upload-error")).toHaveTextContent(
    "a.xlsx: The workbook would unpack to 80 GB. Save it as CSV.",
  );
});

test("an upload that is stopped leaves the list", async () => {
  const session = new Memory();
  session.arrives = new Promise(() => {});
  show(<Upload session={session} />);
  await userEvent.upload(screen.getByTestId("file-input"), csv("big.csv"));
  expect(screen.getByRole("progressbar", { name: "big.csv" })).toHaveValue(0.5);
  await userEvent.click(screen.getByRole("button", { name: "Stop big.csv" }));
  await waitFor(() => expect(screen.queryByText(/big.csv/)).not.toBeInTheDocument());
});

test("a table shows its rows and visible columns, and its profile when opened", async () => {
  const session = new Memory();
  session.held = [dataset(table("sales"))];
  show(<Tables session={session} />);
  await userEvent.click(await screen.findByRole("button", { name: /^sales/ }));
  expect(screen.getByText(/3 rows, 2 columns/)).toBeInTheDocument();
  expect(await screen.findByText(/2 values, 5 to 20, 33 % missing/)).toBeInTheDocument();
  expect(screen.getByRole("img", { name: "Distribution of the values" })).toBeInTheDocument();
  expect(screen.getByText("North 100 %")).toBeInTheDocument();
});

test("a table is renamed by its menu, with the keyboard alone", async () => {
  const session = new Memory();
  session.held = [dataset(table("sales"))];
  show(<Tables session={session} />);
  const user = userEvent.setup();
  const menu = await screen.findByRole("button", { name: "More about sales" });
  act(() => menu.focus());
  await user.keyboard("{Enter}");
  await screen.findByRole("menuitem", { name: "Rename" });
  await user.keyboard("{Enter}");
  const name = await screen.findByRole("textbox", { name: "New name of sales" });
  await user.clear(name);
  await user.type(name, "orders{Enter}");
  expect(await screen.findByRole("button", { name: /^orders/ })).toBeInTheDocument();
  expect(session.asked).toEqual([["rename", "sales", "orders"]]);
});

test("a table is removed by its menu", async () => {
  const session = new Memory();
  session.held = [dataset(table("sales")), dataset(table("regions"))];
  show(<Tables session={session} />);
  await userEvent.click(await screen.findByRole("button", { name: "More about sales" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: /^sales/ })).not.toBeInTheDocument());
  expect(screen.getByRole("button", { name: /^regions/ })).toBeInTheDocument();
});

test("a DataFrame of the kernel stands beside the tables until it is added", async () => {
  const session = new Memory();
  session.loose = [{ name: "orders", rows: 1200, columns: ["id"] }];
  show(<Tables session={session} />);
  expect(await screen.findByText(/DataFrame, 1,200 rows/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByRole("button", { name: /^orders/ })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Add" })).not.toBeInTheDocument();
});

test("what a cell brings into the session appears by itself", async () => {
  const session = new Memory();
  show(<Tables session={session} />);
  await waitFor(() => expect(screen.queryByRole("region")).not.toBeInTheDocument());
  session.held = [dataset(table("sales"))];
  act(() => session.happen());
  expect(await screen.findByRole("button", { name: /^sales/ })).toBeInTheDocument();
});
