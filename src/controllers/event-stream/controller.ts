/** The EventStream controller: what wakes it, and its six phases. */
import type { EventStream, EventStreamStatus } from "../../crds/kinds.ts";
import { eventStreamKind } from "../../crds/kinds.ts";
import type { Controller } from "../../runtime/controller.ts";
import { describeTopicAction } from "../../targets/kafka/diff.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { watchRivals } from "../claims/rivals.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedStream } from "./apply.ts";
import { applyStream } from "./apply.ts";
import { TOPIC_CLAIM } from "./claim.ts";
import { deletesTopic, describeTopicLeft, finalizeStream } from "./finalize.ts";
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
  EventStreamStatus
>;

export function createEventStreamController(systems: SystemAccess): EventStreamController {
  return {
    kind: eventStreamKind,
    concurrency: 100,
    watches: WATCHES,
    observe: (stream, context) => observeStream(stream, context, systems),
    validate: validateStream,
    plan: planStream,
    apply: (plan, { platform }, context) => applyStream(plan, systems.clients.kafka(platform), context),
    outstanding: ({ steps }) =>
      steps.map(({ action }) => describeTopicAction(action)).join(", ") || undefined,
    status: streamStatus,
    finalize: (stream, context) => finalizeStream(stream, context, systems),
    describeLeft: describeTopicLeft,
    needsFinalizer: deletesTopic,
  };
}

const WATCHES = [watchPlatform(eventStreamKind), ...watchRivals(TOPIC_CLAIM)];
