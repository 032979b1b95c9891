import type { Column, Condition } from "@dip/core";
import * as Popover from "@radix-ui/react-popover";
import { useState, type ReactNode } from "react";
import { Button } from "../kit/Button";
import { useRoot } from "../kit/Root";
import { condition, ops, spelled, takesValue, word, type Op } from "./filtering";

interface Props {
  column: Column;
  /** The conditions on this column. */
  held: readonly Condition[];
  open: boolean;
  setOpen(open: boolean): void;
  set(condition: Condition | null): void;
  children: ReactNode;
}

/** The conditions on one column: each that is shown narrows the rows further. */
export function Filter({ column, held, open, setOpen, set, children }: Props) {
  const root = useRoot();
  return (
    <Popover.Root open={open} onOpenChange={setOpen} modal={false}>
      <Popover.Trigger
        aria-label={`Filter ${column.name}`}
        tabIndex={-1}
        className="dip:rounded dip:p-0.5 dip:hover:bg-sunken"
        onClick={(event) => event.stopPropagation()}
      >
        {children}
      </Popover.Trigger>
      <Popover.Portal container={root}>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={`Filter of ${column.name}`}
          className="dip:z-[10000] dip:w-56 dip:rounded dip:border dip:border-line dip:bg-ground dip:p-3 dip:text-sm dip:shadow-lg"
          onKeyDown={(event) => event.key !== "Escape" && event.stopPropagation()}
        >
          <Form column={column} held={held} set={set} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Form({ column, held, set }: Pick<Props, "column" | "held" | "set">) {
  const last = held.at(-1);
  const [op, setOp] = useState<Op>(last?.op ?? ops(column)[0]!);
  const [text, setText] = useState(last ? spelled(last.value) : "");
  const made = condition(column, op, text);
  return (
    <form
      className="dip:flex dip:flex-col dip:gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (made) set(made);
      }}
    >
      <label className="dip:flex dip:flex-col dip:gap-1">
        <span className="dip:truncate dip:font-semibold">{column.name}</span>
        <select
          className="dip:rounded dip:border dip:border-edge dip:bg-ground dip:px-1 dip:py-0.5"
          value={op}
          onChange={(event) => setOp(event.target.value as Op)}
        >
          {ops(column).map((one) => (
            <option key={one} value={one}>
              {word(one)}
            </option>
          ))}
        </select>
      </label>
      {takesValue(op) && (
        <input
          autoFocus
          aria-label={`Value of ${column.name}`}
          className="dip:rounded dip:border dip:border-edge dip:px-1 dip:py-0.5"
          placeholder={op === "in" ? 'one, two, "three, four"' : column.type}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <div className="dip:flex dip:gap-2">
        <Button type="submit" variant="brand" disabled={!made}>
          Show
        </Button>
        {held.length > 0 && <Button onClick={() => set(null)}>Show all</Button>}
      </div>
    </form>
  );
}
