/** What the panel says of an answer, where the engine gives facts and not words. As `render/story.py`. */

import type { ResultFacts, StepRun } from "@dip/core";

const WHO: Record<string, string> = {
  rules: "Answered by rules, without a model",
  claude: "Answered by Claude",
  edited: "An edited statement",
  statistic: "A named operation, without a model",
  verified: "A verified question, without a model",
};

export function who(facts: ResultFacts): string {
  return WHO[facts.planner] ?? `Answered by ${facts.planner}`;
}

/** The planner that the same question can be asked of as well. */
export function other(facts: ResultFacts): "claude" | "rules" {
  return facts.planner === "claude" ? "rules" : "claude";
}

/** The statement that made the answer's table; "" when there is none. */
export function sqlOf(facts: ResultFacts): string {
  const answer = facts.plan?.steps?.find((step) => step.kind === "answer");
  const made = facts.steps?.find((run) => answer && run.name === answer.table);
  return made?.sql || facts.steps?.at(-1)?.sql || "";
}

export function stepLine(step: StepRun): string {
  const what = step.title || step.did || step.name;
  return `${what}: ${counted(step.rows, "row")}, ${seconds(step.seconds)}`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

export function seconds(value: number): string {
  if (value < 0.001) return "less than 1 ms";
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

/** What left the machine, in one line. */
export function sentLine(facts: ResultFacts): string {
  const sent = facts.sent ?? [];
  if (!sent.length) return "Nothing was sent to a model.";
  const bytes = sent.reduce((sum, one) => sum + new TextEncoder().encode(one.body).length, 0);
  const usage = facts.usage;
  const tokens = usage ? `, ${counted((usage.tokens_in ?? 0) + (usage.tokens_out ?? 0), "token")}` : "";
  const money = usage?.money ? `, $${usage.money.toFixed(4)}` : "";
  return `${counted(sent.length, "request")} to ${sent[0]!.to}: ${size(bytes)}${tokens}${money}.`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
