import type { Problem } from "@dip/core";
import { Button } from "../kit/Button";

interface Props {
  problem: Problem;
  again?: () => void;
  className?: string;
}

/** What went wrong, and what to do next. */
export function Trouble({ problem, again, className = "" }: Props) {
  return (
    <div role="alert" data-testid="problem" className={`dip:flex dip:flex-col dip:items-start dip:gap-1 ${className}`}>
      <p className="dip:text-bad">{problem.message}</p>
      {problem.hint && <p className="dip:text-sm dip:text-faint">{problem.hint}</p>}
      {again && <Button onClick={again}>Try again</Button>}
    </div>
  );
}
