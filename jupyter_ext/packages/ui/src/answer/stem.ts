/** A question as the name of a file. */
export function stem(title: string): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-").slice(0, 60).replace(/-+$/, "") || "answer";
}
