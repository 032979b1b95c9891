import { isNumeric, type Column, type Condition } from "@dip/core";
import { ArrowDown, ArrowUp, ListFilter } from "lucide-react";
import type { PointerEvent } from "react";
import { Filter } from "./Filter";
import { joined } from "./filtering";
import type { Place } from "./moving";
import { direction } from "./sorting";
import type { Widths } from "./widths";

interface Props {
  id: string;
  columns: Column[];
  widths: Widths;
  sort: readonly string[];
  where: readonly Condition[];
  at: Place;
  /** The column whose filter is open. */
  open: number | null;
  setOpen(column: number | null): void;
  height: number;
  onSort(column: string, more: boolean): void;
  onFilter(where: Condition[]): void;
}

/** Names and types of the columns: a click sorts, a drag of the edge widens, the funnel filters. */
export function Header({ id, columns, widths, sort, where, at, open, setOpen, height, onSort, onFilter }: Props) {
  const filter = (column: Column, given: Condition | null) => {
    onFilter(given ? joined(where, given) : where.filter((one) => one.column !== column.name));
    setOpen(null);
  };
  return (
    <div role="rowgroup" className="dip:relative dip:z-10">
      <div
        role="row"
        aria-rowindex={1}
        className="dip:group dip:flex dip:border-b dip:border-edge dip:bg-raised"
        style={{ height }}
      >
        {columns.map((column, number) => {
          const way = direction(sort, column.name);
          const held = where.filter((one) => one.column === column.name);
          const here = at.row === -1 && at.column === number;
          return (
            <div
              key={number}
              id={`${id}--1-${number}`}
              role="columnheader"
              aria-sort={way}
              aria-colindex={number + 1}
              aria-label={column.name}
              className={`dip:relative dip:flex dip:shrink-0 dip:cursor-pointer dip:items-start dip:gap-1 dip:px-2 dip:py-1 dip:select-none ${
                here ? "dip:outline-2 dip:-outline-offset-2 dip:outline-brand dip:outline-solid" : ""
              }`}
              style={{ width: widths.of[number] }}
              title={`${column.name}: ${column.type}. Click to sort, with Shift to sort by several; F filters, + and − set the width.`}
              onClick={(event) => onSort(column.name, event.shiftKey)}
            >
              <div className={`dip:min-w-0 dip:grow ${isNumeric(column.type) ? "dip:text-right" : ""}`}>
                <div className="dip:flex dip:items-center dip:gap-1 dip:font-semibold">
                  <span className="dip:min-w-0 dip:grow dip:truncate">{column.name}</span>
                  {way === "ascending" && <ArrowUp size={13} aria-hidden />}
                  {way === "descending" && <ArrowDown size={13} aria-hidden />}
                </div>
                <div className="dip:truncate dip:text-xs dip:text-faint">{column.type}</div>
              </div>
              <Filter
                column={column}
                held={held}
                open={open === number}
                setOpen={(wanted) => setOpen(wanted ? number : null)}
                set={(given) => filter(column, given)}
              >
                <ListFilter size={13} aria-hidden className={held.length ? "dip:text-brand" : "dip:text-faint"} />
              </Filter>
              <span
                aria-hidden
                className="dip:absolute dip:top-0 dip:right-0 dip:h-full dip:w-1.5 dip:cursor-col-resize dip:border-r dip:border-line"
                onClick={(event) => event.stopPropagation()}
                onDoubleClick={() => widths.fit(number)}
                onPointerDown={(event) => drag(event, (by) => widths.set(number, (widths.of[number] ?? 0) + by))}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Tells how far the pointer has gone, until it is let go. */
function drag(event: PointerEvent<HTMLElement>, moved: (by: number) => void): void {
  const handle = event.currentTarget;
  const from = event.clientX;
  handle.setPointerCapture(event.pointerId);
  const move = (now: globalThis.PointerEvent) => moved(now.clientX - from);
  const end = () => handle.removeEventListener("pointermove", move);
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end, { once: true });
  handle.addEventListener("pointercancel", end, { once: true });
}
