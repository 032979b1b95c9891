import { useEffect, useRef, useState } from "react";

interface Props {
  label: string;
  name: string;
  /** The new name; "" when it was left. */
  done(name: string): void;
}

/** A name, typed in place. Enter takes it, Escape leaves it. */
export function Naming({ label, name, done }: Props) {
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  // After the menu that opened it has given the focus back.
  useEffect(() => {
    const later = setTimeout(() => input.current?.select());
    return () => clearTimeout(later);
  }, []);
  return (
    <input
      ref={input}
      aria-label={label}
      className="dip:min-w-0 dip:grow dip:rounded dip:border dip:border-edge dip:px-1"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") done(text.trim());
        if (event.key === "Escape") done("");
        event.stopPropagation();
      }}
    />
  );
}
