import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { JsonClient } from "../../targets/http/json-client.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { readCollectors } from "./collectors.ts";
import { COLLECTOR_PORTS } from "../../generated/endpoints.ts";
import { readyPod, waitingPod } from "../../testing/clickstream-pipeline.ts";

/** Each pod has an address of the loopback network of its own, as all listen on the same port. */
function podAt(podIP: string): PodObject {
  const pod = readyPod(`collector-${podIP}`);
  return { ...pod, status: { ...pod.status, podIP } };
}

describe("asking the collectors", () => {
  const client = new JsonClient();
  const { signal } = new AbortController();
  const servers: ReturnType<typeof createServer>[] = [];

  async function answerAt(address: string, body: string): Promise<PodObject> {
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/status" ? 200 : 404).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(COLLECTOR_PORTS.internal.port, address, resolve));
    return podAt(address);
  }

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it("gives one problem for each that takes no events", async () => {
    const pods = [
      await answerAt("127.91.0.1", '{"takesEvents":true}'),
      await answerAt("127.91.0.2", '{"takesEvents":false,"problem":"Kafka cannot be reached"}'),
      await answerAt("127.91.0.3", '{"takesEvents":false}'),
      await answerAt("127.91.0.4", "not JSON"),
      podAt("127.91.0.5"),
      waitingPod("starting", "ContainerCreating"),
    ];
    expect(await readCollectors(client, pods, signal)).toEqual({
      asked: 5,
      problems: ["Kafka cannot be reached", "no events are taken"],
    });
  });
});
