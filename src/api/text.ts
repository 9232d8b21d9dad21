/** Words for messages. Pure. */

/** `1 partition`, `2 partitions`. */
export function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** What an error says. Node leaves the message of some network errors empty and names only the code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

/** A text that is not longer than a field takes; a `…` at the end shows that something is missing. */
export function shorten(text: string, maxLength: number): string {
  const characters = [...text];
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join("")}…`;
}
