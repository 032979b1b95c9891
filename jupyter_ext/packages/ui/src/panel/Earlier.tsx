import { answered, Problem, type Host, type Session, type Turn as Past } from "@dip/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Asking } from "./runs";
import { Trouble } from "./Trouble";
import { Turn } from "./Turn";

interface Props {
  host: Host;
  session: Session;
  asking: Asking;
  turn: Past;
}

/** A question of before: its answer is fetched when somebody opens it. */
export function Earlier({ turn, ...parts }: Props) {
  const [open, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ["result", parts.session.id, turn.result_id],
    queryFn: () => parts.session.result(turn.result_id),
    enabled: open,
    staleTime: Infinity,
  });
  if (open && data) {
    return (
      <li>
        <Turn state={answered(data)} stop={() => {}} {...parts} />
      </li>
    );
  }
  return (
    <li className="dip:flex dip:flex-col dip:gap-1">
      <button
        type="button"
        data-testid="history-item"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        className="dip:-mx-1 dip:flex dip:items-start dip:gap-1 dip:rounded dip:px-1 dip:text-left dip:hover:bg-raised"
      >
        <ChevronRight size={14} aria-hidden className="dip:mt-1 dip:shrink-0" />
        <span className="dip:min-w-0 dip:break-words">{turn.question}</span>
      </button>
      {error && <Trouble problem={Problem.of(error)} again={() => void refetch()} />}
    </li>
  );
}
