import type { QueryState } from "@dip/core";
import { Button } from "../kit/Button";

interface Props {
  state: QueryState;
  stop(): void;
}

/** A question on its way: the stage, the planner's words as they come, and a way to stop it. */
export function Working({ state, stop }: Props) {
  return (
    <div className="dip:flex dip:flex-col dip:gap-2">
      <div className="dip:flex dip:items-center dip:gap-2">
        <span data-testid="processing-indicator" role="status" className="dip:flex dip:items-center dip:gap-2">
          <span
            aria-hidden
            className="dip:inline-block dip:size-3 dip:animate-spin dip:rounded-full dip:border-2 dip:border-line dip:border-t-brand dip:motion-reduce:animate-none"
          />
          {state.progress?.message || state.stage || "Asking…"}
        </span>
        <Button data-testid="stop-button" onClick={stop}>
          Stop
        </Button>
      </div>
      {state.progress?.fraction != null && (
        <progress className="dip:w-full" max={1} value={state.progress.fraction} aria-label={state.progress.message} />
      )}
      {state.text && <p className="dip:whitespace-pre-wrap dip:text-faint">{state.text}</p>}
    </div>
  );
}
