// @vitest-environment node
import { cell, placesOf, type Wire } from "../src";
import cases from "./shown.json";

interface Case {
  name: string;
  type: string;
  values: Wire[];
  shown: string[];
}

test.each(cases as Case[])("$name: $type reads as in every other table of DIP", ({ name, type, values, shown }) => {
  const column = { name, type };
  const places = placesOf(values, column);
  const missing = "–";
  expect(values.map((value) => (value === null ? missing : cell(value, column, places)))).toEqual(shown);
});

test("a cell alone shows the decimals that it has", () => {
  expect(cell(2.5, { type: "double" })).toBe("2.5");
  expect(cell("1204.50", { type: "decimal(10,2)" })).toBe("1,204.50");
});
