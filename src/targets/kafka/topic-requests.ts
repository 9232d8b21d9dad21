/**
 * Requests about single topics of one cluster, which travel together (see gatherer.ts): Kafka's controller takes 30 ms for a change,
 * whether it names one topic or a hundred. Every request rejects with errors of the runtime's classes.
 */
import {
  ConfigResourceTypes,
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  describeConfigsV4,
  incrementalAlterConfigsV1,
  metadataV12,
} from "@platformatic/kafka";
import type { KafkaClient, RequestTarget, Sending } from "./client.ts";
import { SERVER_TIMEOUT_MS } from "./client.ts";
import { classifyKafkaError, failureToError, readFailure } from "./errors.ts";
import { Gatherer } from "./gatherer.ts";
import type { Permit } from "./gatherer.ts";
import { errorName } from "./protocol.ts";

/** What goes with one item. */
export interface ItemOptions extends Permit {
  /** Completes "while …" in an error's message. */
  readonly doing: string;
}

/** Asks for one item and resolves with the brokers' answer to it, which may be an error code. */
type Ask<Item, Answer> = (item: Item, options: ItemOptions) => Promise<Answer>;

type NewTopic = Parameters<typeof createTopicsV7.createRequest>[0][number];
type MorePartitions = Parameters<typeof createPartitionsV3.createRequest>[0][number];
type ChangedConfigs = Parameters<typeof incrementalAlterConfigsV1.createRequest>[0][number];

/** The requests to one cluster. Names, and ids in hex, tell topics apart. */
export type TopicRequests = ReturnType<typeof createTopicRequests>;

export function createTopicRequests(client: KafkaClient) {
  return {
    client,
    createTopic: gathered(client, {
      to: "controller",
      keyOf: (topic: NewTopic) => topic.name,
      sending: (topics) => (connection) =>
        createTopicsV7.api.async(connection, topics, SERVER_TIMEOUT_MS, false),
      answersOf: ({ topics }) => topics,
      nameOf: ({ name }) => name,
    }),
    ...changes(client, { isTrial: false }),
    /** The same requests, which the brokers only check: they answer as if they had done it. */
    trial: changes(client, { isTrial: true }),
    deleteTopic: gathered(client, {
      to: "controller",
      keyOf: (topicId: string) => topicId,
      sending: (ids) => (connection) =>
        deleteTopicsV6.api.async(
          connection,
          ids.map((topicId) => ({ topicId, name: null })),
          SERVER_TIMEOUT_MS,
        ),
      answersOf: ({ responses }) => responses,
      nameOf: ({ topicId }) => topicId,
    }),
    describeTopic: gathered(client, {
      to: "any-broker",
      keyOf: (name: string) => name,
      sending: (names) => (connection) => metadataV12.api.async(connection, names, false),
      // Each answer with the cluster that it is of.
      answersOf: ({ topics, clusterId }) => topics.map((topic) => ({ ...topic, clusterId })),
      nameOf: ({ name }) => name ?? "",
    }),
    describeConfigs: gathered(client, {
      to: "any-broker",
      keyOf: (name: string) => name,
      sending: (names) => (connection) =>
        describeConfigsV4.api.async(connection, names.map(allConfigsOf), false, false),
      answersOf: ({ results }) => results,
      nameOf: ({ resourceName }) => resourceName,
    }),
  };
}

/** Changes of topics that are there. */
function changes(client: KafkaClient, { isTrial }: { readonly isTrial: boolean }) {
  return {
    createPartitions: gathered(client, {
      to: "controller",
      keyOf: (topic: MorePartitions) => topic.name,
      sending: (topics) => (connection) =>
        createPartitionsV3.api.async(connection, topics, SERVER_TIMEOUT_MS, isTrial),
      answersOf: ({ results }) => results,
      nameOf: ({ name }) => name,
    }),
    alterConfigs: gathered(client, {
      to: "controller",
      keyOf: (resource: ChangedConfigs) => resource.resourceName,
      sending: (resources) => (connection) =>
        incrementalAlterConfigsV1.api.async(connection, resources, isTrial),
      answersOf: ({ responses }) => responses,
      nameOf: ({ resourceName }) => resourceName,
    }),
  };
}

function allConfigsOf(resourceName: string) {
  return { resourceType: ConfigResourceTypes.TOPIC, resourceName, configurationKeys: null };
}

/** One sort of request: how it is sent, and how its answers find their items. */
interface RequestSort<Item, Response, Answer> {
  readonly to: RequestTarget;
  readonly keyOf: (item: Item) => string;
  readonly sending: (items: Item[]) => Sending<Response>;
  readonly answersOf: (response: NoInfer<Response>) => readonly Answer[];
  /** Which item an answer is for. */
  readonly nameOf: (answer: NoInfer<Answer>) => string;
}

/** The failure of a whole request, in the words of each of its items. */
class RequestFailure extends Error {}

/** Longer than a client needs to give up by itself. All passes wait for the request that is under way, so that one must end. */
const SEND_TIMEOUT_MS = 60_000;

function gathered<Item, Response, Answer extends { readonly errorCode: number }>(
  client: KafkaClient,
  sort: RequestSort<Item, Response, Answer>,
): Ask<Item, Answer> {
  const gatherer = new Gatherer<Item, Answer>({
    keyOf: sort.keyOf,
    mayBlameItem,
    async send(begin) {
      try {
        const response = await withinTimeout((isInTime) =>
          client.send(sort.to, () => {
            const items = isInTime() ? begin() : [];
            return items.length === 0 ? undefined : sort.sending([...items]);
          }),
        );
        const answers = response === undefined ? [] : sort.answersOf(response);
        if (answers.some(({ errorCode }) => errorName(errorCode) === "NOT_CONTROLLER"))
          client.forgetController();
        return new Map(answers.map((answer) => [sort.nameOf(answer), answer]));
      } catch (error) {
        throw new RequestFailure("the request failed", { cause: error });
      }
    },
  });
  return async (item, options) => {
    const { settings } = client;
    const { doing } = options;
    try {
      const answer = await gatherer.ask(item, options);
      if (answer !== undefined) return answer;
    } catch (error) {
      throw error instanceof RequestFailure ? classifyKafkaError(error.cause, settings, doing) : error;
    }
    const failure = { code: "UNKNOWN_SERVER_ERROR", message: "the answer does not mention it" };
    throw failureToError(failure, { settings, doing });
  };
}

/** What `send` resolves with; rejects when that takes too long. `isInTime` tells whether anybody still waits. */
async function withinTimeout<Response>(
  send: (isInTime: () => boolean) => Promise<Response>,
): Promise<Response> {
  const expired = Promise.withResolvers<never>();
  let isInTime = true;
  const timer = setTimeout(() => {
    isInTime = false;
    const error = new Error(`no answer within ${SEND_TIMEOUT_MS / 1000} s`);
    expired.reject(Object.assign(error, { code: TIMEOUT_CODE }));
  }, SEND_TIMEOUT_MS);
  try {
    return await Promise.race([send(() => isInTime), expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The library's code of a request that nobody answered. */
const TIMEOUT_CODE = "PLT_KFK_TIMEOUT";

/** A broker refuses a request, or closes the connection on one, for a single item that it cannot read. Silence is nobody's fault. */
function mayBlameItem(failure: unknown): boolean {
  const { cause } = failure as RequestFailure;
  const { code } = readFailure(cause);
  if (code !== undefined) return code !== "UNSUPPORTED_VERSION";
  return (cause as { code?: unknown }).code !== TIMEOUT_CODE;
}
