/** What Spark's launcher gives a JVM, for benches that start theirs without it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "../local/support/checkout.ts";

export async function sparkOptions(): Promise<readonly string[]> {
  const pom = await readFile(join(checkoutFolder, "java/pom.xml"), "utf8");
  return (/<spark\.jvm\.options>(.*)<\/spark\.jvm\.options>/.exec(pom)?.[1] ?? "").split(" ");
}
