/** What a controller can do with one Kafka cluster. Tests give it another implementation. */
import type { TopicName } from "../../naming/topics.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import type { KafkaClient } from "./client.ts";
import type { TopicAction } from "./diff.ts";
import type { TopicActionResult } from "./execute.ts";
import { deleteTopic, executeTopicActions } from "./execute.ts";
import type { KafkaProbe, TopicReading } from "./read.ts";
import { createTopicRequests } from "./topic-requests.ts";
import { probeKafka, readEndOffsets, readTopic } from "./read.ts";
import type { CurrentTopic, TopicIdentity } from "./topic.ts";

/** Every method throws errors of the runtime's classes. */
export interface TopicAdmin {
  readTopic(name: TopicName, signal?: AbortSignal): Promise<TopicReading>;
  /** Carries actions out in order, stops at the first that fails, and returns the result of each. */
  execute(actions: readonly TopicAction[], permit: WritePermit): Promise<readonly TopicActionResult[]>;
  /** Deletes exactly the topic with this id, not a namesake; `false` when there is none. */
  deleteTopic(topic: TopicIdentity, permit: WritePermit): Promise<boolean>;
  /** Offset of the next record, by partition number. */
  readEndOffsets(topic: CurrentTopic, signal?: AbortSignal): Promise<ReadonlyMap<number, bigint>>;
  probe(signal?: AbortSignal): Promise<KafkaProbe>;
  close(): Promise<void>;
}

/** The real cluster behind a client. */
export function createTopicAdmin(client: KafkaClient): TopicAdmin {
  const requests = createTopicRequests(client);
  return {
    readTopic: (name, signal) => readTopic(requests, name, signal),
    execute: (actions, permit) => executeTopicActions(requests, actions, permit),
    deleteTopic: (topic, permit) => deleteTopic(requests, topic, permit),
    readEndOffsets: (topic, signal) => readEndOffsets(client, topic, signal),
    probe: (signal) => probeKafka(client, signal),
    close: () => client.close(),
  };
}
