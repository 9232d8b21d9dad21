/** What of a table's data a change would lose. Pure. */
import type { CurrentFamily, CurrentServingTable, WantedFamily, WantedServingTable } from "./table.ts";

/** Something that is lost with a change of one family. */
export interface Loss {
  readonly family: string;
  /** The family itself goes, and not only cells of it. */
  readonly isWhole: boolean;
  /** The same words as long as the change is the same. */
  readonly text: string;
}

/** What the families of a table lose on the way to what is wanted, if they hold anything. */
export function lossesOf(
  wanted: WantedServingTable,
  current: CurrentServingTable | undefined,
): readonly Loss[] {
  const families = current?.families ?? [];
  return families.flatMap((family) => {
    const next = wanted.families.find(({ name }) => name === family.name);
    const isWhole = next === undefined;
    const texts = isWhole ? ["goes with its cells"] : lessOf(next, family);
    return texts.map((text) => ({
      ...{ family: family.name, isWhole },
      text: `family "${family.name}" ${text}`,
    }));
  });
}

function lessOf(wanted: WantedFamily, current: CurrentFamily): readonly string[] {
  const texts: string[] = [];
  if (wanted.versions < current.versions) {
    texts.push(`keeps ${wanted.versions} of ${current.versions} versions`);
  }
  const [ttl, ttlBefore] = [wanted.ttlSeconds ?? Infinity, current.ttlSeconds ?? Infinity];
  if (ttl < ttlBefore) texts.push(`keeps cells for ${seconds(ttl)} instead of ${seconds(ttlBefore)}`);
  // Without a time to live nothing is past it.
  if (ttl !== Infinity && ttlBefore !== Infinity && wanted.minVersions < current.minVersions) {
    texts.push(`keeps ${wanted.minVersions} of ${current.minVersions} versions past their time`);
  }
  return texts;
}

function seconds(time: number): string {
  return time === Infinity ? "ever" : `${time} s`;
}
