/** Texts in the forms that the languages want them in. Pure. */

/** The words of a name in lower case: `record_id`, `record-id` and `recordId` are `record` and `id`. */
export function words(name: string): readonly string[] {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** `recordId` as `RECORD_ID`. */
export function constantName(name: string): string {
  return words(name).join("_").toUpperCase();
}

/** Lines of at most `width` characters, broken at spaces. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Text for a cell of a Markdown table; in code, between backquotes, Markdown knows no entities. */
export function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .split("`")
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;")))
    .join("`")
    .replace(/\s+/g, " ")
    .trim();
}

/** A Markdown table. Cells are Markdown already. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

/**
 * Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->`. Throws when a section has no such place
 * or a place has no section; `page` names the page in the message.
 */
export function fillSections(page: string, text: string, contents: Readonly<Record<string, string>>): string {
  const filled = new Set<string>();
  const result = text.replace(/<!-- generated: ([\w-]+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const content = contents[name];
    if (content === undefined) throw new Error(`${page} has an unknown section '${name}'`);
    filled.add(name);
    return `<!-- generated: ${name} -->\n${content}\n<!-- end -->`;
  });
  const missing = Object.keys(contents).filter((name) => !filled.has(name));
  if (missing.length > 0) throw new Error(`${page} must have the sections ${missing.join(", ")}`);
  return result;
}

/** A documentation comment of TypeScript. */
export function tsdoc(text: string): string {
  if (text.length <= 100) return `/** ${text} */\n`;
  return `/**\n${wrapped(text, 105)
    .map((line) => ` * ${line}\n`)
    .join("")} */\n`;
}
