import { cell, isNumeric, type Column, type Places, type Wire } from "@dip/core";
import { memo } from "react";
import type { Place } from "./moving";
import { ROW } from "./ResultTable";
import type { Rows } from "./rows";
import type { Widths } from "./widths";

interface Props {
  id: string;
  rows: Rows;
  columns: Column[];
  widths: Widths;
  /** Of each column; null: as each number wants. */
  places: readonly (Places | null)[];
  /** The row at the top, with a fraction. */
  top: number;
  seen: number;
  at: Place;
  selected: { from: Place; to: Place };
  put(to: Place, extend: boolean): void;
  /** Show the whole cell under the cursor. */
  open(): void;
}

/** The rows in the window, and none else. */
export function Body({ id, rows, columns, widths, places, top, seen, at, selected, put, open }: Props) {
  const first = Math.floor(top);
  const count = Math.max(0, Math.min(seen + 1, rows.total - first));
  return (
    <div
      role="rowgroup"
      style={{ transform: `translateY(${-Math.round((top - first) * ROW)}px)` }}
      onMouseDown={(event) => {
        const place = placeOf(event.target);
        if (place) put(place, event.shiftKey);
      }}
      onDoubleClick={open}
    >
      {Array.from({ length: count }, (_, at) => first + at).map((row) => (
        <Row
          key={row}
          id={id}
          row={row}
          cells={rows.row(row)}
          columns={columns}
          widths={widths.of}
          places={places}
          cursor={at.row === row ? at.column : -1}
          from={inside(row, selected) ? selected.from.column : -1}
          to={inside(row, selected) ? selected.to.column : -2}
        />
      ))}
    </div>
  );
}

function inside(row: number, { from, to }: Props["selected"]): boolean {
  return from.row <= row && row <= to.row && (from.row !== to.row || from.column !== to.column);
}

function placeOf(target: EventTarget): Place | null {
  const element = (target as Element).closest?.<HTMLElement>("[data-row]");
  if (!element) return null;
  return { row: Number(element.dataset["row"]), column: Number(element.dataset["column"]) };
}

interface RowProps {
  id: string;
  row: number;
  cells: Wire[] | undefined;
  columns: Column[];
  widths: readonly number[];
  places: readonly (Places | null)[];
  cursor: number;
  from: number;
  to: number;
}

const Row = memo(function Row({ id, row, cells, columns, widths, places, cursor, from, to }: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-busy={cells === undefined || undefined}
      className="dip:flex dip:border-b dip:border-line dip:hover:bg-raised"
      style={{ height: ROW }}
    >
      {columns.map((column, at) => (
        <div
          key={at}
          id={`${id}-${row}-${at}`}
          role="gridcell"
          aria-colindex={at + 1}
          aria-selected={cursor === at || (from <= at && at <= to)}
          data-row={row}
          data-column={at}
          title={long(cells?.[at], column, places[at])}
          className={looks(column, cursor === at, from <= at && at <= to)}
          style={{ width: widths[at] }}
        >
          {cells === undefined ? (
            <span aria-hidden className="dip:inline-block dip:h-2 dip:w-3/4 dip:rounded dip:bg-sunken" />
          ) : (
            shown(cells[at], column, places[at])
          )}
        </div>
      ))}
    </div>
  );
});

function looks(column: Column, cursor: boolean, selected: boolean): string {
  const side = isNumeric(column.type) ? "dip:text-right dip:tabular-nums" : "";
  const ground = selected ? "dip:bg-sunken" : "";
  const mark = cursor ? "dip:outline-2 dip:-outline-offset-2 dip:outline-brand dip:outline-solid" : "";
  return `dip:shrink-0 dip:truncate dip:px-2 dip:leading-[27px] dip:cursor-default ${side} ${ground} ${mark}`;
}

function shown(value: Wire | undefined, column: Column, places?: Places | null) {
  if (value === null || value === undefined) return <span title="missing" className="dip:text-faint">–</span>;
  return cell(value, column, places);
}

function long(value: Wire | undefined, column: Column, places?: Places | null): string | undefined {
  const text = cell(value, column, places);
  return text.length > 20 ? text : undefined;
}
