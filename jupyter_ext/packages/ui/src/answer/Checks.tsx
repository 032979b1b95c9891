import type { Check } from "@dip/core";
import { Info, TriangleAlert } from "lucide-react";

/** What was found about an answer, warnings first. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  if (!checks.length) return null;
  const ordered = [...checks].sort((a, b) => Number(a.level === "info") - Number(b.level === "info"));
  return (
    <ul className="dip:m-0 dip:flex dip:list-none dip:flex-col dip:gap-1 dip:p-0 dip:text-sm">
      {ordered.map((check, at) => (
        <li key={at} className="dip:flex dip:gap-2">
          {check.level === "info" ? (
            <Info size={16} aria-label="Note" className="dip:mt-0.5 dip:shrink-0 dip:text-faint" />
          ) : (
            <TriangleAlert size={16} aria-label="Warning" className="dip:mt-0.5 dip:shrink-0 dip:text-warn" />
          )}
          <span>{check.message}</span>
        </li>
      ))}
    </ul>
  );
}
