import { ArrowUp } from "lucide-react";
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { Button } from "../kit/Button";

/** The next question. Enter asks it, Shift+Enter begins a new line. */
export function Ask({ ask }: { ask(question: string): void }) {
  const [question, setQuestion] = useState("");
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!question.trim()) return;
    ask(question.trim());
    setQuestion("");
  };
  const typed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form onSubmit={submit} className="dip:flex dip:items-end dip:gap-2">
      <textarea
        data-testid="chat-input"
        aria-label="Question"
        placeholder="Ask about your data"
        rows={Math.min(6, question.split("\n").length)}
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
        onKeyDown={typed}
        className="dip:min-w-0 dip:grow dip:resize-none dip:rounded dip:border dip:border-edge dip:bg-ground dip:px-2 dip:py-1.5 dip:placeholder:text-faint"
      />
      <Button
        type="submit"
        variant="brand"
        data-testid="send-button"
        aria-label="Ask"
        disabled={!question.trim()}
        className="dip:py-2"
      >
        <ArrowUp size={16} aria-hidden />
      </Button>
    </form>
  );
}
