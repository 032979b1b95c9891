import { cell, Problem, type ColumnProfile, type Session, type Table } from "@dip/core";
import { useQuery } from "@tanstack/react-query";
import { counted } from "../answer/words";

/** A table's columns: their types, what is missing, how the values lie; and what looked wrong. */
export function Profile({ session, table }: { session: Session; table: Table }) {
  const { data, error } = useQuery({
    queryKey: ["profile", session.id, table.fingerprint, table.name],
    queryFn: () => session.profile(table.name),
    staleTime: Infinity,
  });
  if (error) return <p className="dip:p-2 dip:text-bad">{Problem.of(error).message}</p>;
  if (!data) return <p className="dip:p-2 dip:text-faint">Looking at its columns…</p>;
  return (
    <div className="dip:flex dip:flex-col dip:gap-2 dip:border-t dip:border-line dip:p-2">
      {table.problems.map((problem, at) => (
        <p key={at} className="dip:text-warn">
          {problem.message}
        </p>
      ))}
      {table.parsed.notes.map((note) => (
        <p key={note} className="dip:text-faint">
          {note}
        </p>
      ))}
      <ul className="dip:flex dip:flex-col dip:gap-1">
        {(data.profile ?? []).map((column) => (
          <Column key={column.name} column={column} />
        ))}
      </ul>
    </div>
  );
}

function Column({ column }: { column: ColumnProfile }) {
  const nulls = column.rows ? Math.round((100 * column.nulls) / column.rows) : 0;
  return (
    <li className="dip:grid dip:grid-cols-[minmax(0,1fr)_5rem] dip:items-center dip:gap-2">
      <div className="dip:min-w-0">
        <p className="dip:truncate" title={column.name}>
          {column.name} <span className="dip:text-faint">{column.type}</span>
        </p>
        <p className="dip:truncate dip:text-xs dip:text-faint">
          {range(column)}
          {column.nulls > 0 && `, ${nulls || "under 1"} % missing`}
        </p>
      </div>
      {column.histogram.length > 1 ? <Bars histogram={column.histogram} /> : <Frequent column={column} />}
    </li>
  );
}

function range(column: ColumnProfile): string {
  const distinct = `${column.sampled ? "about " : ""}${counted(column.distinct, "value")}`;
  if (column.minimum === null || column.maximum === null) return distinct;
  const type = { name: column.name, type: column.type, non_finite: 0 };
  return `${distinct}, ${cell(column.minimum, type)} to ${cell(column.maximum, type)}`;
}

/** How often values lie in each of some equal ranges. */
function Bars({ histogram }: { histogram: ColumnProfile["histogram"] }) {
  const most = Math.max(...histogram.map(([, , count]) => count), 1);
  const width = 80 / histogram.length;
  return (
    <svg viewBox="0 0 80 20" className="dip:h-5 dip:w-20 dip:fill-brand" role="img" aria-label="Distribution of the values">
      {histogram.map(([, , count], at) => {
        const height = count ? Math.max(1, (20 * count) / most) : 0;
        return <rect key={at} x={at * width} y={20 - height} width={Math.max(0.5, width - 0.5)} height={height} />;
      })}
    </svg>
  );
}

function Frequent({ column }: { column: ColumnProfile }) {
  const [first] = column.frequent;
  if (!first) return <span />;
  const [value, count] = first;
  const share = Math.round((100 * count) / Math.max(1, column.rows - column.nulls));
  return (
    <span className="dip:truncate dip:text-right dip:text-xs dip:text-faint" title={`Most frequent: ${String(value)}`}>
      {String(value)} {share} %
    </span>
  );
}
