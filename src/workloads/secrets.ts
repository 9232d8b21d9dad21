/** When pods get other values of Secrets: when a system has taken these. Pure. */
import type { Reason } from "../api/reasons.ts";
import { isReason } from "../api/reasons.ts";
import { findCondition } from "../api/conditions.ts";
import type { KubernetesObject } from "../api/objects.ts";
import { OWN_ANNOTATIONS } from "../naming/marks.ts";
import type { PresentPlatform } from "../platform/platform.ts";
import { conditionOf } from "../platform/components.ts";
import type { Component } from "../platform/references.ts";
import { referencesOf } from "../platform/references.ts";
import type { SecretKey, Secrets } from "../platform/secrets.ts";
import { editionsOf } from "../platform/secrets.ts";
import { WaitingError } from "../runtime/errors.ts";
import { hashOf } from "../targets/kubernetes/child.ts";

/** Hash of the values behind these keys, for an annotation: it changes when one of them does, and nobody can try values by it. */
export function secretsHash(keys: readonly SecretKey[], secrets: Secrets): string {
  return hashOf(editionsOf(keys, secrets));
}

/** The hash for one system of a platform; `undefined` where it needs no Secret. */
export function componentSecretsHash(
  { spec, secrets }: PresentPlatform,
  component: Component,
): string | undefined {
  const keys = referencesOf(spec, [component]);
  return keys.length === 0 ? undefined : secretsHash(keys, secrets);
}

/** A Deployment or StatefulSet as far as its pods are concerned. */
export type Workload = KubernetesObject & {
  readonly spec?: {
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
  readonly status?: { readonly replicas?: number };
};

/** What decides whether a workload may be rolled for other values. */
export interface SecretsChange {
  /** As it is there; `undefined` before it was first made. Until then another condition says what it waits for. */
  readonly workload: Workload | undefined;
  /** Hash of what its pods would get now. */
  readonly wanted: string;
  readonly platform: PresentPlatform;
  readonly systems: readonly Component[];
}

/**
 * Why a workload keeps the values that it has: a system has not been reached with the new ones since they were stored. Pods with wrong
 * ones would only replace pods that work.
 */
export function unprovenSecrets(change: SecretsChange): WaitingError | undefined {
  const { workload, wanted, platform, systems } = change;
  if (workload === undefined || hashInUse(workload) === wanted) return undefined;
  const unproven = systems.find((system) => !isProven(platform, system));
  return unproven === undefined ? undefined : notTaken(platform, unproven);
}

/** The hash of the values that its pods have. */
export function hashInUse({ spec }: Workload): string | undefined {
  return spec?.template?.metadata?.annotations?.[OWN_ANNOTATIONS.secretsHash];
}

function isProven(platform: PresentPlatform, component: Component): boolean {
  const hash = componentSecretsHash(platform, component);
  if (hash === undefined) return true;
  return statusOf(platform, component)?.secretsHash === hash;
}

function statusOf({ status }: PresentPlatform, component: Component) {
  return status?.components?.find(({ name }) => name === component);
}

function notTaken(platform: PresentPlatform, component: Component): WaitingError {
  const { reachable = true, message = "" } = statusOf(platform, component) ?? {};
  const names = [...new Set(referencesOf(platform.spec, [component]).map(({ secret }) => `"${secret}"`))];
  const found = reachable ? "it was not asked yet" : message;
  const told = `Secret ${names.join(" or ")} holds a new value, with which ${component} was not reached: ${found}`;
  return new WaitingError(
    reachable ? "PlatformNotReady" : reasonOf(platform, component),
    `${told}; pods keep the value of before`,
  );
}

function reasonOf({ status }: PresentPlatform, component: Component): Reason {
  const reason = findCondition(status?.conditions, conditionOf(component))?.reason ?? "";
  return isReason(reason) ? reason : "PlatformNotReady";
}
