/** SQL cut into coloured pieces. It only looks; what runs was parsed by the engine. */

export type Kind = "word" | "text" | "number" | "name" | "comment" | "plain";
export interface Piece {
  kind: Kind;
  text: string;
}

const WORDS = new Set(
  (
    "all and any as asc between by case cast cross desc distinct else end except exists false filter from full group " +
    "having in inner intersect interval is join lateral left like limit not null offset on or order outer over " +
    "partition qualify right rows select semi anti then true union unnest using values when where window with within"
  ).split(" "),
);
const PIECES = /(--[^\n]*)|('(?:[^']|'')*')|("(?:[^"]|"")*")|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)|(\s+|[^\sA-Za-z_'"\d-]+|.)/g;

export function pieces(sql: string): Piece[] {
  return Array.from(sql.matchAll(PIECES), ([text, comment, quoted, name, number, word]) => {
    if (comment) return { kind: "comment", text };
    if (quoted) return { kind: "text", text };
    if (name) return { kind: "name", text };
    if (number) return { kind: "number", text };
    return { kind: word && WORDS.has(word.toLowerCase()) ? "word" : "plain", text };
  });
}
