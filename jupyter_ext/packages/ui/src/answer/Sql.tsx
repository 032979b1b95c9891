import { pieces, type Kind } from "./sql";

const COLOURS: Record<Kind, string> = {
  word: "dip:text-brand dip:font-semibold",
  text: "dip:text-good",
  number: "dip:text-warn",
  name: "",
  comment: "dip:text-faint",
  plain: "",
};

/** A statement in colours. */
export function Sql({ sql }: { sql: string }) {
  return (
    <pre className="dip:m-0 dip:overflow-x-auto dip:rounded dip:bg-sunken dip:p-2 dip:text-xs" tabIndex={0}>
      <code>
        {pieces(sql).map(({ kind, text }, at) => (
          <span key={at} className={COLOURS[kind]}>
            {text}
          </span>
        ))}
      </code>
    </pre>
  );
}
