import type { Column, Condition, Host, View } from "@dip/core";
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Body } from "./Body";
import { between, moved, type Place } from "./moving";
import { Header } from "./Header";
import type { PageSource } from "./rows";
import { scale as scaleOf } from "./scale";
import { clicked } from "./sorting";
import { Status } from "./Status";
import { copied } from "./copied";
import { useRows } from "./useRows";
import { useTop } from "./useTop";
import { usePlaces, useWidths } from "./widths";

export const ROW = 28;
const HEAD = 46;
const MOST_SEEN = 15;
/** Pixels that a key makes a column wider or narrower. */
const STEP = 24;
/** Pixels that a bar below the rows takes. */
const SCROLLBAR = 18;

const WIDER: Record<string, number> = { "+": STEP, "=": STEP, "-": -STEP };

export interface ResultTableProps {
  source: PageSource;
  columns: Column[];
  /** Rows of the whole result. */
  total: number;
  busy?: Host["busy"];
  /** Told of every new order and filter. */
  onView?(view: View): void;
}

/** All rows of a result, however many: those in the window are fetched, the others counted. */
export function ResultTable({ source, columns, total, busy, onView }: ResultTableProps) {
  const [sort, setSort] = useState<string[]>([]);
  const [where, setWhere] = useState<Condition[]>([]);
  const view = useMemo(() => ({ sort, where }), [sort, where]);
  const rows = useRows(source, view, total);
  const scroller = useRef<HTMLDivElement>(null);
  const seen = Math.min(rows.total, MOST_SEEN);
  const scale = useMemo(() => scaleOf(rows.total, ROW, seen * ROW), [rows.total, seen]);
  const { top, go, onScroll } = useTop(scroller, scale, ROW, Math.max(0, rows.total - seen));
  const widths = useWidths(columns, rows);
  const places = usePlaces(columns, rows);
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const [anchor, setAnchor] = useState<Place | null>(null);
  const [open, setOpen] = useState<number | null>(null);
  const [whole, setWhole] = useState(false);
  const [said, setSaid] = useState("");
  const [wide, setWide] = useState(false);
  const [slack, setSlack] = useState(0);
  const id = useId();

  useEffect(() => onView?.(view), [view, onView]);
  useEffect(() => rows.look(Math.floor(top), Math.ceil(top) + seen), [rows, top, seen]);
  useLayoutEffect(() => {
    const { clientWidth = 0, clientHeight = 0 } = scroller.current ?? {};
    setWide(clientWidth < widths.sum);
    setSlack(Math.max(0, clientHeight - HEAD - seen * ROW)); // else the bar's end is not the last row
  });
  useLayoutEffect(() => go(0), [view]); // eslint-disable-line -- another order begins at its top

  const put = useCallback(
    (to: Place, extend: boolean) => {
      setAnchor(extend ? (anchor ?? at) : null);
      setAt(to);
      if (to.row >= 0 && to.row < Math.ceil(top)) go(to.row);
      else if (to.row >= Math.floor(top) + seen) go(to.row - seen + 1);
      reveal(scroller.current, widths.of, to.column);
    },
    [anchor, at, top, seen, go, widths.of],
  );
  const sortBy = useCallback((column: string, more: boolean) => setSort((before) => clicked(before, column, more)), []);
  const shown = at.row < rows.total && (at.row < 0 || (at.row >= Math.floor(top) && at.row <= top + seen));
  const selected = useMemo(() => between(anchor ?? at, at), [anchor, at]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const to = moved(at, event, { rows: rows.total, columns: columns.length, page: seen });
    const column = columns[at.column];
    if (to) put(to, event.shiftKey && to.row >= 0);
    else if (event.key === "c" && (event.ctrlKey || event.metaKey)) void copied(rows, columns, selected).then(setSaid);
    else if (at.row === -1 && column && (event.key === "Enter" || event.key === " ")) sortBy(column.name, event.shiftKey);
    else if (at.row === -1 && event.key === "f") setOpen(at.column);
    else if (at.row === -1 && WIDER[event.key]) widths.set(at.column, (widths.of[at.column] ?? 0) + WIDER[event.key]!);
    else if (at.row >= 0 && event.key === "Enter") setWhole(!whole);
    else if (whole && event.key === "Escape") setWhole(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div data-testid="results-table" className="dip:flex dip:max-w-full dip:flex-col dip:rounded dip:border dip:border-line">
      <div
        ref={scroller}
        role="grid"
        aria-label="Rows of the answer"
        aria-description="Enter sorts by a header or shows a whole cell; in a header F filters, plus and minus set the width."
        aria-rowcount={rows.total + 1}
        aria-colcount={columns.length}
        aria-activedescendant={shown ? `${id}-${at.row}-${at.column}` : undefined}
        aria-multiselectable
        tabIndex={0}
        className="dip:overflow-auto dip:text-sm dip:[overflow-anchor:none]"
        style={{ maxHeight: HEAD + seen * ROW + (wide ? SCROLLBAR : 1) }}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: HEAD + scale.height + slack, width: widths.sum, minWidth: "100%" }}>
          <div className="dip:sticky dip:top-0 dip:overflow-hidden" style={{ height: HEAD + seen * ROW }}>
            <Header
              id={id}
              columns={columns}
              widths={widths}
              sort={sort}
              where={where}
              at={at}
              open={open}
              setOpen={setOpen}
              height={HEAD}
              onSort={sortBy}
              onFilter={setWhere}
            />
            <Body
              id={id}
              rows={rows}
              columns={columns}
              widths={widths}
              places={places}
              top={top}
              seen={seen}
              at={at}
              selected={selected}
              put={put}
              open={() => setWhole(true)}
            />
          </div>
        </div>
      </div>
      <Status
        rows={rows}
        columns={columns}
        top={top}
        seen={seen}
        at={at}
        where={where}
        whole={whole}
        setWhole={setWhole}
        said={said}
        busy={busy}
        go={(row) => {
          put({ row, column: at.column }, false);
          go(row);
          scroller.current?.focus();
        }}
        onFilter={setWhere}
      />
    </div>
  );
}

/** Brings a column into the window. */
function reveal(scroller: HTMLElement | null, widths: readonly number[], column: number): void {
  if (!scroller) return;
  const left = widths.slice(0, column).reduce((sum, width) => sum + width, 0);
  const right = left + (widths[column] ?? 0);
  if (left < scroller.scrollLeft) scroller.scrollLeft = left;
  else if (right > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = right - scroller.clientWidth;
}
