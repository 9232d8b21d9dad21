/** Properties files of Java programs: the engines of the tests have the settings of the cluster's, except where a plain process needs others. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "../../local/support/checkout.ts";

export type Properties = Readonly<Record<string, string>>;

/** The settings of an engine in `manifests/engines`, by the name of the file. */
export async function engineSettings(file: string): Promise<Properties> {
  const text = await readFile(join(checkoutFolder, "manifests/engines", file), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.split("=", 1)[0] ?? "", line.replace(/^[^=]*=/, "")]));
}

export function renderProperties(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** What makes a Kafka log to its standard output, which its start is seen in. */
export const logToOutput = renderProperties({
  "appender.out.type": "Console",
  "appender.out.name": "out",
  "appender.out.layout.type": "PatternLayout",
  "appender.out.layout.pattern": "%d %p %m (%c)%n",
  "rootLogger.level": "INFO",
  "rootLogger.appenderRef.out.ref": "out",
});
