/**
 * Kinds whose resources each want one thing outside of Kubernetes: a topic, a table. What such a kind says of itself is here; who of
 * several has the thing, what to tell about it and when it is left is the same for all (`rivals.ts`, `notices.ts`).
 */
import type { CommonStatus } from "../../api/conditions.ts";
import { findCondition } from "../../api/conditions.ts";
import type { DataPlatformSpec } from "../../crds/kinds.ts";
import type { ObjectIndex } from "../../runtime/controller.ts";
import type { PlatformUser } from "../../platform/platform.ts";
import type { Component } from "../../platform/references.ts";

/** A resource that claims something in a system of its platform. */
export interface Claimant extends PlatformUser {
  readonly status?: CommonStatus;
}

/** What one kind claims. */
export interface ClaimedKind<Resource extends Claimant> {
  /** Finds resources by what they want, whatever system it is in. */
  readonly index: ObjectIndex<Resource>;
  /** The system of a platform that the things are in. */
  readonly component: Component;
  /** Addresses of that system. Two platforms that have one in common lead to one system, where identities do not tell. */
  addressesOf(spec: DataPlatformSpec): readonly string[];
  /** Identity of the system in which the resource has its thing, as its status remembers it. */
  systemOf(resource: Resource): string | undefined;
  /** Id of the thing that the resource has, as its status remembers it; `undefined`: it never had one. */
  idOf(resource: Resource): string | undefined;
  /** The thing in messages, with its name: `topic "shop.web-raw"`. */
  describe(resource: Resource): string;
  readonly words: ClaimWords;
}

/** How messages speak of a kind of things. */
export interface ClaimWords {
  /** What is lost with the thing: `records`. */
  readonly contents: string;
  /** What its id is called: `uuid`. */
  readonly id: string;
  /** What was done to it when it is gone: `deleted`. */
  readonly removed: string;
  /** Where it is, after "the way to": `Kafka`. */
  readonly system: string;
  /** The field of `spec` that another thing can be named in. */
  readonly field: string;
}

/** What the last passes left in the status. */
export interface Before {
  /** Id of the thing that the resource has. */
  readonly id: string | undefined;
  /** This very spec was in effect, so that a difference now is somebody else's doing. */
  readonly wasInEffect: boolean;
}

/** Whether the resource has its thing in another system than the one that answered. */
export function hasMoved<Resource extends Claimant>(
  claim: Pick<ClaimedKind<Resource>, "idOf" | "systemOf">,
  resource: Resource,
  system: string | undefined,
): boolean {
  const before = claim.systemOf(resource);
  if (claim.idOf(resource) === undefined || before === undefined) return false;
  return system !== undefined && system !== before;
}

/** What is known from before this pass. */
export function readBefore<Resource extends Claimant>(
  claim: ClaimedKind<Resource>,
  resource: Resource,
): Before {
  const ready = findCondition(resource.status?.conditions, "Ready");
  return {
    id: claim.idOf(resource),
    wasInEffect: ready?.status === "True" && ready.observedGeneration === resource.metadata.generation,
  };
}
