/** The EventStream controller: what wakes it, and its six phases. */
import type { EventStream, EventStreamStatus } from "../../crds/kinds.ts";
import { dataPlatformKind, eventStreamKind } from "../../crds/kinds.ts";
import type {
  Controller,
  KubernetesObject,
  ObjectReader,
  ResourceKey,
  SecondaryWatch,
} from "../../runtime/controller.ts";
import { keyOf } from "../../api/objects.ts";
import { byReference } from "../../runtime/cache/watches.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import type { AppliedStream } from "./apply.ts";
import { applyStream } from "./apply.ts";
import { topicNameOf } from "./claim.ts";
import { deletesTopic, finalizeStream } from "./finalize.ts";
import type { ObservedStream } from "./observe.ts";
import { observeStream } from "./observe.ts";
import type { StreamPlan } from "./plan.ts";
import { planStream } from "./plan.ts";
import { streamStatus } from "./status.ts";
import type { ValidatedStream } from "./validate.ts";
import { validateStream } from "./validate.ts";

export type EventStreamController = Controller<
  EventStream,
  ObservedStream,
  ValidatedStream,
  StreamPlan,
  AppliedStream,
  EventStreamStatus,
  PlatformClients
>;

export function createEventStreamController(): EventStreamController {
  return {
    kind: eventStreamKind,
    concurrency: 8,
    watches: WATCHES,
    observe: observeStream,
    validate: validateStream,
    plan: planStream,
    apply: applyStream,
    status: streamStatus,
    finalize: finalizeStream,
    needsFinalizer: deletesTopic,
  };
}

const WATCHES: readonly SecondaryWatch[] = [
  {
    type: dataPlatformKind,
    toKeys: byReference<EventStream>(
      eventStreamKind,
      (stream, platform) => stream.spec.platformRef.name === platform.metadata.name,
    ),
  },
  { type: eventStreamKind, toKeys: namesakesOf },
];

/** A stream that comes or goes decides anew who has its topic. */
function namesakesOf(object: KubernetesObject, cache: ObjectReader): readonly ResourceKey[] {
  const topic = topicNameOf(object as EventStream);
  return cache
    .cachedList<EventStream>(eventStreamKind)
    .filter((stream) => stream.metadata.uid !== object.metadata.uid && topicNameOf(stream) === topic)
    .map(keyOf);
}
