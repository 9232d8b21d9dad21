/** What a platform's status says, from what the probes found. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { DataPlatform, DataPlatformStatus } from "../../crds/kinds.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { Identities } from "../../platform/identity.ts";
import { identitiesOf } from "../../platform/identity.ts";
import { conditionOf } from "../../platform/components.ts";
import type { Component as ComponentName } from "../../platform/references.ts";
import { componentSecretsHash } from "../../workloads/secrets.ts";
import type { WaitingError } from "../../runtime/errors.ts";
import { remembered } from "../remembered.ts";
import type { AppliedPlatform } from "./apply.ts";
import type { ObservedPlatform, ProbeResult } from "./observe.ts";
import type { PlatformPlan } from "./plan.ts";
import { upkeepOf } from "./upkeep-status.ts";
import type { ValidatedPlatform } from "./validate.ts";

const PROBE_INTERVAL_SECONDS = 30;

type Input = StatusInput<DataPlatform, ObservedPlatform, ValidatedPlatform, PlatformPlan, AppliedPlatform>;
type Component = NonNullable<DataPlatformStatus["components"]>[number];

const MAX_MESSAGE_LENGTH = 1024;

export function platformStatus(input: Input): StatusResult<DataPlatformStatus> {
  const { resource, observed, now } = input;
  const previous = resource.status?.components ?? [];
  const requeueAfterSeconds = PROBE_INTERVAL_SECONDS;
  if (observed === undefined)
    return {
      status: {
        components: previous,
        ...catalogStatus(resource.status?.catalog),
        ...remembered(resource.status, "upkeep"),
      },
      conditions: [],
      requeueAfterSeconds,
    };
  const identities = identitiesOf(resource);
  // A catalog that does not answer now can still do what it could.
  const abilitiesBefore = identities.Catalog === undefined ? undefined : resource.status?.catalog;
  const found = [...observed.components];
  const components = found.map(([name, result]) => {
    const before = previous.find((component) => component.name === name);
    const hash = componentSecretsHash(observed.platform, name);
    return componentStatus(name, result, { before, identities, hash, now });
  });
  const upkeep = upkeepOf(input);
  return {
    status: { components, ...catalogStatus(observed.abilities ?? abilitiesBefore), ...upkeep.status },
    conditions: [...found.map(([name, result]) => reachableCondition(name, result)), ...upkeep.conditions],
    ...waitingVerdict(input.validated?.waiting),
    ready: { message: readyMessage(observed) },
    requeueAfterSeconds,
  };
}

const IN_A_SENTENCE: Partial<Record<ComponentName, string>> = {
  Storage: "storage",
  Catalog: "catalog",
  Lineage: "the receiver of lineage",
};

function readyMessage({ components }: ObservedPlatform): string {
  const names = [...components.keys()].map((name) => IN_A_SENTENCE[name] ?? name);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""} answer`;
}

/** Tables may be looked after while the platform as a whole waits. */
function waitingVerdict(error: WaitingError | undefined): Pick<StatusResult<DataPlatformStatus>, "waiting"> {
  if (error === undefined) return {};
  const { reason, message, retryAfterSeconds } = error;
  return { waiting: { reason, message, retryAfterSeconds } };
}

function catalogStatus(catalog: DataPlatformStatus["catalog"]): Pick<DataPlatformStatus, "catalog"> {
  return catalog === undefined ? {} : { catalog };
}

/** The time moves only when the finding does, so that an unchanged platform is not written. */
function componentStatus(
  name: ComponentName,
  result: ProbeResult,
  context: {
    readonly before: Component | undefined;
    readonly identities: Identities;
    readonly hash: string | undefined;
    readonly now: Date;
  },
): Component {
  const { before, identities, now } = context;
  const isReachable = result.state === "reachable";
  const version = result.state === "reachable" ? result.version : undefined;
  // A system that does not answer now is still the one that these addresses led to.
  const identity = result.state === "reachable" ? result.identity : identities[name];
  const finding = {
    name,
    reachable: isReachable,
    ...(version !== undefined && { version }),
    ...(identity !== undefined && { identity }),
    message: result.message.slice(0, MAX_MESSAGE_LENGTH),
  };
  const { lastTransitionTime, secretsHash, ...found } = before ?? {};
  const isSame = isDeepStrictEqual({ ...found }, finding);
  return {
    ...finding,
    lastTransitionTime: (isSame ? lastTransitionTime : undefined) ?? timestamp(now),
    ...provenSecrets(isReachable ? context.hash : secretsHash),
  };
}

/** Values with which the system was not reached leave those standing with which it was. */
function provenSecrets(secretsHash: string | undefined): Pick<Component, "secretsHash"> {
  return secretsHash === undefined ? {} : { secretsHash };
}

function reachableCondition(name: ComponentName, result: ProbeResult): ConditionInput {
  const type = conditionOf(name);
  const { message } = result;
  switch (result.state) {
    case "reachable":
      return { type, status: "True", reason: "Succeeded", message };
    case "unreachable":
      return { type, status: "False", reason: result.reason, message };
    case "unknown":
      return { type, status: "Unknown", reason: result.reason, message };
  }
}
