/** Which tables a query may name, read off its words: whose schemas to fetch before the planner is asked. Pure. */
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable, parseTableIdentifier } from "../../naming/tables.ts";

/** Comments, literals, names and symbols. What is not closed goes to the end, so that each character is looked at once. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^']*(?:'|$)|"(?<quoted>[^"]*)(?:"|$)|`(?<marked>[^`]*)(?:`|$)|(?<word>[A-Za-z_]\w*)|(?<symbol>[^\s\w])/g;

/** What a token means for where tables stand; `end` ends the list of tables that FROM begins. */
type Step = "from" | "join" | "end" | "open" | "close" | "comma" | "name" | "other";

const SYMBOLS: ReadonlyMap<string, Step> = new Map([
  ["(", "open"],
  [")", "close"],
  [",", "comma"],
]);

const ENDS = [
  ...["SELECT", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "FETCH"],
  ...["UNION", "INTERSECT", "EXCEPT", "MINUS"],
];

const WORDS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ["FROM", "from"],
  ["JOIN", "join"],
  ...ENDS.map((word) => [word, "end"] as const),
]);

interface Token {
  readonly kind: "word" | "quoted" | "symbol";
  readonly text: string;
}

/**
 * The tables that stand where SQL has tables, in their order, each once. A word that only looks like one (`EXTRACT(DAY FROM e.time)`)
 * may be among them; no table is missing. Names without quotes count as lower case.
 */
export function readTableNames(sql: string): readonly TableIdentifier[] {
  const found = new Map<string, TableIdentifier>();
  const tokens = tokensOf(sql);
  for (const position of tablePositions(tokens)) {
    const parsed = parseTableIdentifier(namesAt(tokens, position) ?? { database: "", table: "" });
    if ("identifier" in parsed) found.set(formatTable(parsed.identifier), parsed.identifier);
  }
  return [...found.values()];
}

function tokensOf(sql: string): readonly Token[] {
  return [...sql.matchAll(TOKEN)].flatMap(({ groups = {} }): Token[] => {
    const { word, symbol } = groups;
    const quoted = groups["quoted"] ?? groups["marked"];
    if (word !== undefined) return [{ kind: "word", text: word }];
    if (quoted !== undefined) return [{ kind: "quoted", text: quoted }];
    return symbol === undefined ? [] : [{ kind: "symbol", text: symbol }];
  });
}

/** Positions of names after FROM and JOIN, and after a comma or an opening bracket of a list of tables. */
function tablePositions(tokens: readonly Token[]): readonly number[] {
  const positions: number[] = [];
  const lists = new TableLists();
  let isTable = false;
  tokens.forEach((token, position) => {
    const step = stepOf(token);
    if (isTable && step === "name") positions.push(position);
    isTable = lists.follow(step, isTable);
  });
  return positions;
}

function stepOf({ kind, text }: Token): Step {
  if (kind === "quoted") return "name";
  if (kind === "symbol") return SYMBOLS.get(text) ?? "other";
  return WORDS.get(text.toUpperCase()) ?? "name";
}

/** Whether a list of tables goes on, for each bracket that is open. */
class TableLists {
  readonly #open = [false];

  /** Takes a step; whether a table may stand next. `isTable`: whether one may have stood where the step is. */
  follow(step: Step, isTable: boolean): boolean {
    switch (step) {
      case "from":
      case "end":
        this.#open[this.#open.length - 1] = step === "from";
        return step === "from";
      case "open":
        this.#open.push(isTable);
        return isTable;
      case "close":
        if (this.#open.length > 1) this.#open.pop();
        return false;
      case "comma":
        return this.#open.at(-1) === true;
      case "join":
        return true;
      case "name":
      case "other":
        return false;
    }
  }
}

/** `database.table` at a position; `undefined` where fewer or more names stand. */
function namesAt(
  tokens: readonly Token[],
  position: number,
): { readonly database: string; readonly table: string } | undefined {
  const [database, dot, table, next] = tokens.slice(position, position + 4);
  const isPair = database !== undefined && dot?.text === "." && table !== undefined && next?.text !== ".";
  if (!isPair || table.kind === "symbol") return undefined;
  return { database: nameOf(database), table: nameOf(table) };
}

function nameOf({ kind, text }: Token): string {
  return kind === "word" ? text.toLowerCase() : text;
}
