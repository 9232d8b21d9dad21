/** What a platform consists of, and what keeps one of its components from being used. Pure. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import { PLATFORM_COMPONENTS } from "../crds/kinds.ts";
import { requireAirflow } from "./airflow.ts";
import { requireCatalog } from "./catalog.ts";
import { requireHBase } from "./hbase.ts";
import { requireKafka } from "./kafka.ts";
import { requireLineage } from "./lineage.ts";
import type { PlatformState } from "./platform.ts";
import type { Component } from "./references.ts";
import { requireStorage } from "./storage.ts";

const REQUIRE: Readonly<Record<Component, (platform: PlatformState) => unknown>> = {
  Kafka: requireKafka,
  Storage: requireStorage,
  Catalog: requireCatalog,
  Airflow: requireAirflow,
  Lineage: requireLineage,
  HBase: requireHBase,
};

const CONDITIONS: Readonly<Record<Component, string>> = {
  Kafka: "KafkaReachable",
  Storage: "StorageReachable",
  Catalog: "CatalogReachable",
  Airflow: "AirflowReady",
  Lineage: "LineageReady",
  HBase: "HBaseReady",
};

/** Type of the platform's condition that says whether a component can be used. */
export function conditionOf(component: Component): string {
  return CONDITIONS[component];
}

/** The systems that a platform names, in the order of its status: those beside Kafka, storage and catalog only where it has them. */
export function componentsOf({ airflow, lineage, hbase }: DataPlatformSpec): readonly Component[] {
  const optional: Partial<Record<Component, object | undefined>> = {
    Airflow: airflow,
    Lineage: lineage,
    HBase: hbase,
  };
  return PLATFORM_COMPONENTS.filter((name) => !(name in optional) || optional[name] !== undefined);
}

/** Why there are no settings for the first of these components that has none; `undefined` when all have theirs. */
export function problemOf(platform: PlatformState, components: readonly Component[]): Error | undefined {
  try {
    for (const component of components) REQUIRE[component](platform);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
