/** Reads the platform, who else claims the stream's topic, and the topic itself; does not write. */
import type { EventStream } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { ObservedClaim } from "../claims/observe-claimed.ts";
import { observeClaimed } from "../claims/observe-claimed.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";

export type ObservedStream = ObservedClaim<EventStream, CurrentTopic>;

export async function observeStream(
  stream: EventStream,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedStream> {
  const seen = await observeClaimed(stream, context, {
    claim: TOPIC_CLAIM,
    platforms,
    read: async (platform) => {
      const { clusterId, topic } = await clients
        .kafka(platform)
        .readTopic(topicNameOf(stream), context.signal);
      return { system: clusterId, thing: topic, id: topic?.id };
    },
  });
  return Object.freeze(seen);
}
