/** Every file that is generated from the folder contracts/. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { collectorFiles, collectorModule, collectorSections, parseCollector } from "./collector.ts";
import { connectionsFiles, connectionsModule, parseConnections } from "./connections.ts";
import { endpointsFiles, endpointsModule, parseEndpoints } from "./endpoints.ts";
import { eventModelFiles, eventModelModule, parseEventModel } from "./event-model.ts";
import { goPackageFile } from "./go.ts";
import { namesFiles, namesModule, parseNames } from "./names.ts";
import { parseRawRecord, rawRecordFiles, rawRecordModule, rawRecordSections } from "./raw-record.ts";
import { goShape } from "./shape-go.ts";
import { javaShape } from "./shape-java.ts";
import { parseShape, schemaModule, shapeTable, typeModule } from "./shape.ts";
import { type GeneratedFile, readContract, sourceNote } from "./source.ts";
import { fillSections } from "./text.ts";

/** Where generated TypeScript goes. */
const TYPESCRIPT_FOLDER = "src/generated";

async function typeScriptModule(contract: string, source: string): Promise<GeneratedFile> {
  const whole = `/** ${sourceNote(contract)} */\n\n${source}`;
  return [
    `${TYPESCRIPT_FOLDER}/${contract}.ts`,
    await format(whole, { parser: "typescript", printWidth: 110 }),
  ];
}

/** What services are told and what they answer. */
async function documentFiles(root: string, maskings: readonly string[]): Promise<readonly GeneratedFile[]> {
  const shapeOf = async (name: string) => parseShape(name, await readContract(root, name));
  const job = await shapeOf("job");
  const progress = await shapeOf("progress");
  const status = await shapeOf("status");
  const accounting = await shapeOf("accounting");
  const planRequest = await shapeOf("plan-request");
  const plan = await shapeOf("plan");
  const planErrors = await shapeOf("plan-errors");
  const batch = await shapeOf("batch");
  const batchResult = await shapeOf("batch-result");
  const upkeep = await shapeOf("upkeep");
  const upkeepResult = await shapeOf("upkeep-result");
  return [
    await typeScriptModule("job", typeModule("JobDocument", job)),
    javaShape("job", { name: "JobDocument", isRead: true }, job),
    await typeScriptModule("progress", schemaModule("progressDocument", progress)),
    javaShape("progress", { name: "ProgressDocument", isRead: false }, progress),
    await typeScriptModule("status", schemaModule("statusDocument", status)),
    goShape("status", "Status", status),
    goShape("accounting", "Accounting", accounting),
    await typeScriptModule("plan-request", typeModule("PlanRequest", planRequest)),
    goShape("plan-request", "PlanRequest", planRequest),
    javaShape("plan-request", { name: "PlanRequest", isRead: true }, planRequest),
    await typeScriptModule("plan", schemaModule("planDocument", plan)),
    goShape("plan", "Plan", plan),
    javaShape("plan", { name: "PlanDocument", isRead: false }, plan),
    await typeScriptModule("plan-errors", schemaModule("planErrors", planErrors)),
    goShape("plan-errors", "PlanErrors", planErrors),
    javaShape("plan-errors", { name: "PlanErrors", isRead: false }, planErrors),
    await filledPage(root, "docs/sql.md", {
      "plan-request": shapeTable(planRequest, maskings),
      plan: shapeTable(plan, maskings),
      "plan-errors": shapeTable(planErrors, maskings),
    }),
    await typeScriptModule("batch", typeModule("BatchDocument", batch)),
    javaShape("batch", { name: "BatchDocument", isRead: true }, batch),
    await typeScriptModule("batch-result", schemaModule("batchResult", batchResult)),
    javaShape("batch-result", { name: "BatchResult", isRead: false }, batchResult),
    await typeScriptModule("upkeep", typeModule("UpkeepDocument", upkeep)),
    javaShape("upkeep", { name: "UpkeepDocument", isRead: true }, upkeep),
    await typeScriptModule("upkeep-result", schemaModule("upkeepResult", upkeepResult)),
    javaShape("upkeep-result", { name: "UpkeepResult", isRead: false }, upkeepResult),
    await filledPage(root, "docs/batch-job.md", {
      batch: shapeTable(batch, maskings),
      "batch-result": shapeTable(batchResult, maskings),
      upkeep: shapeTable(upkeep, maskings),
      "upkeep-result": shapeTable(upkeepResult, maskings),
    }),
    await filledPage(root, "docs/stream-job.md", {
      job: shapeTable(job, maskings),
      progress: shapeTable(progress, maskings),
    }),
  ];
}

/** What the administration of HBase is told and what it answers. */
async function hbaseFiles(root: string): Promise<readonly GeneratedFile[]> {
  const shapeOf = async (name: string) => parseShape(name, await readContract(root, name));
  const request = await shapeOf("hbase-request");
  const table = await shapeOf("hbase-table");
  const cluster = await shapeOf("hbase-cluster");
  const contents = await shapeOf("hbase-contents");
  return [
    await typeScriptModule("hbase-request", typeModule("HBaseRequest", request)),
    javaShape("hbase-request", { name: "HBaseRequest", isRead: true }, request),
    await typeScriptModule("hbase-table", schemaModule("hbaseTable", table)),
    javaShape("hbase-table", { name: "HBaseTable", isRead: false }, table),
    await typeScriptModule("hbase-cluster", schemaModule("hbaseCluster", cluster)),
    javaShape("hbase-cluster", { name: "HBaseCluster", isRead: false }, cluster),
    await typeScriptModule("hbase-contents", schemaModule("hbaseContents", contents)),
    javaShape("hbase-contents", { name: "HBaseContents", isRead: false }, contents),
  ];
}

/** What the Flight SQL gateway is told. */
async function flightFiles(root: string, maskings: readonly string[]): Promise<readonly GeneratedFile[]> {
  const flight = parseShape("flight", await readContract(root, "flight"));
  return [
    await typeScriptModule("flight", typeModule("FlightDocument", flight)),
    javaShape("flight", { name: "FlightDocument", isRead: true }, flight),
    await filledPage(root, "docs/flight.md", { flight: shapeTable(flight, maskings) }),
  ];
}

/** What the profile API is told. */
async function profileFiles(root: string, maskings: readonly string[]): Promise<readonly GeneratedFile[]> {
  const settings = parseShape("profile-api", await readContract(root, "profile-api"));
  return [
    await typeScriptModule("profile-api", typeModule("ProfileApiDocument", settings)),
    javaShape("profile-api", { name: "ProfileApiDocument", isRead: true }, settings),
    await filledPage(root, "docs/profile-api.md", { "profile-api": shapeTable(settings, maskings) }),
  ];
}

/** A page of docs with its generated sections. */
async function filledPage(
  root: string,
  page: string,
  sections: Readonly<Record<string, string>>,
): Promise<GeneratedFile> {
  return [page, fillSections(page, await readFile(join(root, page), "utf8"), sections)];
}

/** Every file that is made of the contracts in the checkout at `root`: path below it, and content. */
export async function contractFiles(root: string): Promise<readonly GeneratedFile[]> {
  const model = parseEventModel(await readContract(root, "event-model"));
  const record = parseRawRecord(await readContract(root, "raw-record"));
  const names = parseNames(await readContract(root, "names"));
  const collector = parseCollector(await readContract(root, "collector"));
  const endpoints = parseEndpoints(await readContract(root, "endpoints"));
  const connections = parseConnections(await readContract(root, "connections"));
  const maskings = record.maskings.map(({ masking }) => masking);
  const failures = model.failureReasons
    .filter(({ collector }) => collector === true)
    .map(({ reason }) => reason);
  return [
    await typeScriptModule("event-model", eventModelModule(model)),
    await typeScriptModule("raw-record", rawRecordModule(record)),
    await typeScriptModule("names", namesModule(names)),
    await typeScriptModule("collector", collectorModule(collector)),
    await typeScriptModule("endpoints", endpointsModule(endpoints)),
    await typeScriptModule("connections", connectionsModule(connections)),
    goPackageFile(),
    ...collectorFiles(collector),
    ...eventModelFiles(model),
    ...rawRecordFiles(record),
    ...namesFiles(names),
    ...endpointsFiles(endpoints),
    ...connectionsFiles(connections),
    ...(await documentFiles(root, maskings)),
    ...(await hbaseFiles(root)),
    ...(await flightFiles(root, maskings)),
    ...(await profileFiles(root, maskings)),
    await filledPage(root, "docs/collector.md", {
      ...rawRecordSections(record, failures),
      ...collectorSections(collector, maskings),
    }),
  ];
}
