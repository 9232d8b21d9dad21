/** What a platform consists of, and what keeps one of its components from being used. Pure. */
import { requireCatalog } from "./catalog.ts";
import { requireKafka } from "./kafka.ts";
import type { PlatformState } from "./platform.ts";
import type { Component } from "./references.ts";
import { requireStorage } from "./storage.ts";

const REQUIRE: Readonly<Record<Component, (platform: PlatformState) => unknown>> = {
  Kafka: requireKafka,
  Storage: requireStorage,
  Catalog: requireCatalog,
};

/** Why there are no settings for the first of these components that has none; `undefined` when all have theirs. */
export function problemOf(platform: PlatformState, components: readonly Component[]): Error | undefined {
  try {
    for (const component of components) REQUIRE[component](platform);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
