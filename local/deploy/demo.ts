/** `make demo`: brings everything up, runs the quickstart from manifest to SQL answer, and leaves it running. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun } from "../support/command.ts";
import { waitUntilFilled, waitUntilReady, type Cluster } from "./deployment.ts";
import { bringUpPlatform, isExistingCluster } from "./platform.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { Steps, type ReportProgress } from "../support/progress.ts";

const namespace = "quickstart";
const pipeline = "web";
const product = "sessions-by-day";
/** ClickstreamPipeline, QueryCluster, DataPlatform, DataProduct, one EventStream, four LakeTables, ServingTable. */
const resources = 10;
const examples = join(checkoutFolder, "manifests", "examples");

const showAirflow = `The page of Airflow, at http://localhost:8080 for the user admin with the password airflow-admin-secret:
  kubectl port-forward --namespace engines service/airflow 8080`;
const lookAround = `: export KUBECONFIG=.local/kubeconfig PATH="$PWD/.local/bin:$PATH"; "make down" stops it.`;

/** Where every received event went. */
interface Account {
  readonly received: number;
  readonly stored: number;
  readonly failed: number;
  readonly duplicate: number;
}

const questions = [
  {
    title: "Top pages",
    sql: `SELECT page_path, count(*) AS views, count(DISTINCT visitor_id) AS visitors
          FROM lake.quickstart.web_events WHERE event_type = 'page_view'
          GROUP BY page_path ORDER BY views DESC, page_path LIMIT 10`,
  },
  {
    title: "Sessions an hour (the last 12 hours that have any)",
    sql: `SELECT date_trunc('hour', session_start) AS hour, count(DISTINCT session_id) AS sessions,
                 count(DISTINCT visitor_id) AS visitors
          FROM lake.quickstart.web_events GROUP BY 1 ORDER BY 1 DESC LIMIT 12`,
  },
  {
    title: "Failed events by reason",
    sql: `SELECT reason, field, count(*) AS events, min(message) AS example
          FROM lake.quickstart.web_failed_events GROUP BY reason, field ORDER BY events DESC, reason`,
  },
  {
    title: `The data product ${product}: what Airflow had Spark compute (the last 12 days that have any)`,
    sql: `SELECT * FROM lake.quickstart.sessions_by_day ORDER BY day DESC LIMIT 12`,
  },
];

async function readAccount(cluster: Cluster): Promise<Account> {
  const text = await mustRun(
    "kubectl-clickstream",
    ["account", pipeline, "--namespace", namespace, "--output", "json", "--allow-lag"],
    { env: cluster.environment },
  );
  return JSON.parse(text) as Account;
}

async function waitUntilStored(
  cluster: Cluster,
  timeoutSeconds: number,
  report: ReportProgress,
): Promise<Account> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const account = await readAccount(cluster);
    const accounted = account.stored + account.failed + account.duplicate;
    report(`${accounted} of ${account.received} events queryable`);
    if (accounted >= account.received) return account;
    if (Date.now() > deadline) {
      throw new Error(
        `after ${timeoutSeconds} s only ${accounted} of ${account.received} events are queryable`,
      );
    }
    await sleep(1000);
  }
}

function accountLine(account: Account): string {
  return `received ${account.received} = stored ${account.stored} + failed ${account.failed} + duplicate ${account.duplicate}`;
}

function difference(after: Account, before: Account): Account {
  return {
    received: after.received - before.received,
    stored: after.stored - before.stored,
    failed: after.failed - before.failed,
    duplicate: after.duplicate - before.duplicate,
  };
}

function sendingArguments(input: string): string[] {
  return input === ""
    ? ["generate", "--events", "10000", "--seed", "42", "--send", pipeline]
    : ["replay", pipeline, "--format", "combined", input];
}

async function main(): Promise<void> {
  const steps = new Steps();
  const cluster = await bringUpPlatform(steps, { airflow: true, hbase: true });
  const input = process.env["INPUT"] ?? "";

  await steps.run(
    "Apply the quickstart and wait until pipeline and query cluster are Ready",
    async (report) => {
      await cluster.apply(join(examples, "airflow"));
      const kinds = "clickstreampipelines,queryclusters";
      await waitUntilReady(cluster, namespace, { atLeast: 2, kinds, timeoutSeconds: 900, report });
    },
  );
  const before = await steps.run("Count what is there", async () => readAccount(cluster));
  await steps.run(input === "" ? "Send 10,000 generated events" : `Replay ${input}`, async () => {
    const exitCode = await cluster.show([
      "clickstream",
      ...sendingArguments(input),
      "--namespace",
      namespace,
    ]);
    if (exitCode !== 0) throw new Error("sending the events failed");
  });
  const after = await steps.run("Wait until every event is queryable", async (report) =>
    waitUntilStored(cluster, 600, report),
  );
  await steps.run("Let Airflow fill a data product", async (report) => {
    await cluster.apply(join(examples, "data-products"));
    const options = { timeoutSeconds: 900, report };
    await waitUntilReady(cluster, namespace, { atLeast: resources - 1, ...options });
    await waitUntilFilled(cluster, { namespace, name: product }, options);
  });
  await steps.run("Make a table of HBase", async (report) => {
    await cluster.apply(join(examples, "serving-tables"));
    await waitUntilReady(cluster, namespace, { atLeast: resources, timeoutSeconds: 900, report });
  });
  await steps.run("Ask Trino", async () => {
    await cluster.show(["get", "clickstream", "--namespace", namespace]);
    console.log("\nWhere the columns of the data product come from");
    await cluster.show(["clickstream", "product", "lineage", product, "--namespace", namespace]);
    for (const question of questions) {
      console.log(`\n${question.title}`);
      const sql = question.sql.replace(/\s+/g, " ");
      const exitCode = await cluster.show(["clickstream", "query", pipeline, sql, "--namespace", namespace]);
      if (exitCode !== 0) throw new Error(`the query "${question.title}" failed`);
    }
  });

  console.log(`\nSeconds a step took\n${steps.summary()}\n`);
  if (before.received > 0) console.log(`In all: ${accountLine(after)}\nThis run:`);
  console.log(accountLine(difference(after, before)));
  console.log(`\n${showAirflow}`);
  console.log(`\nIt keeps running${isExistingCluster ? ` in the namespace ${namespace}.` : lookAround}`);
}

try {
  await main();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
