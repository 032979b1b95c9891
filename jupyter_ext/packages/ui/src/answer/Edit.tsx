import { useState } from "react";
import { Button } from "../kit/Button";

interface Props {
  sql: string;
  run(sql: string): void;
  close(): void;
}

/** The statement to change and run again; it passes the same guard. */
export function Edit({ sql, run, close }: Props) {
  const [text, setText] = useState(sql);
  const submit = () => {
    run(text);
    close();
  };
  return (
    <form
      className="dip:flex dip:flex-col dip:gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        aria-label="SQL of the answer"
        autoFocus
        spellCheck={false}
        className="dip:w-full dip:rounded dip:border dip:border-line dip:bg-ground dip:p-2 dip:font-mono dip:text-xs dip:text-ink"
        rows={Math.min(16, text.split("\n").length + 1)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          if (event.key === "Escape") close();
          event.stopPropagation();
        }}
      />
      <div className="dip:flex dip:gap-2">
        <Button type="submit" variant="brand" disabled={!text.trim()}>
          Run
        </Button>
        <Button onClick={close}>Leave it</Button>
      </div>
    </form>
  );
}
