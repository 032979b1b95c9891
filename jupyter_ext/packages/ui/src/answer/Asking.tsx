import type { Clarification, Missing } from "@dip/core";
import { Button } from "../kit/Button";

interface Choose {
  clarification: Clarification;
  choose(option: number): void;
}

/** A question back: each reading with the numbers it would give. */
export function Readings({ clarification, choose }: Choose) {
  return (
    <div role="group" aria-label={clarification.question} className="dip:flex dip:flex-col dip:gap-2">
      {clarification.options.map((option, at) => (
        <button
          key={at}
          type="button"
          data-testid="clarification-option"
          className="dip:cursor-pointer dip:rounded dip:border dip:border-line dip:bg-ground dip:p-2 dip:text-left dip:text-ink dip:hover:border-brand"
          onClick={() => choose(at)}
        >
          <span className="dip:block">{option.label}</span>
          {option.preview && <strong className="dip:block dip:text-sm">{option.preview}</strong>}
        </button>
      ))}
    </div>
  );
}

/** Why the data cannot answer: what was understood, and what was not. */
export function Lacking({ missing }: { missing: Missing }) {
  return (
    <div className="dip:flex dip:flex-col dip:gap-1 dip:text-sm">
      {!!missing.understood?.length && (
        <p className="dip:text-faint">Understood: {missing.understood.join(", ")}.</p>
      )}
      {!!missing.unknown?.length && (
        <p>
          Not found in the data: <strong>{missing.unknown.join(", ")}</strong>.
        </p>
      )}
    </div>
  );
}

interface Next {
  suggestions: readonly string[];
  ask(question: string): void;
}

/** What can be asked next. */
export function Suggestions({ suggestions, ask }: Next) {
  if (!suggestions.length) return null;
  return (
    <div role="group" aria-label="Ask next" className="dip:flex dip:flex-wrap dip:gap-2">
      {suggestions.map((suggestion) => (
        <Button key={suggestion} data-testid="suggestion" onClick={() => ask(suggestion)}>
          {suggestion}
        </Button>
      ))}
    </div>
  );
}
