/** Ports and paths for the operator, the collector, the command-line tool and the stream job. Pure. */
import { z } from "zod";
import { type GoConstant, goConstants, goFile, goName, goText } from "./go.ts";
import { javaConstants, javaFile, javaText, javadoc } from "./java.ts";
import { type GeneratedFile, parseContract } from "./source.ts";
import { constantName, tsdoc } from "./text.ts";

const NAME = "endpoints";

const server = z.enum(["collector", "driver"]);
const word = z.string().regex(/^[a-z]+$/);
const doc = z.string().min(1);

const endpointsSchema = z.strictObject({
  ports: z.record(server, z.record(word, z.strictObject({ port: z.int().min(1024).max(65_535), doc }))),
  paths: z.record(word, z.strictObject({ servers: z.array(server).min(1), doc })),
});

export type Endpoints = z.infer<typeof endpointsSchema>;
type Server = z.infer<typeof server>;

/** Parses and checks the contract. Throws with what is wrong and where. */
export function parseEndpoints(yaml: string): Endpoints {
  return parseContract(NAME, endpointsSchema, yaml);
}

function portsOf({ ports }: Endpoints, of: Server) {
  return Object.entries(ports[of]).map(([name, port]) => ({ name, ...port }));
}

function pathsOf({ paths }: Endpoints, of: Server) {
  return Object.entries(paths)
    .filter(([, { servers }]) => servers.includes(of))
    .map(([name, path]) => ({ name, path: `/${name}`, doc: path.doc }));
}

/** src/generated/endpoints.ts, before formatting. */
export function endpointsModule(endpoints: Endpoints): string {
  const ports = (of: Server) =>
    portsOf(endpoints, of)
      .map(({ name, port, doc: text }) => `${tsdoc(text)}${name}: ${JSON.stringify({ name, port })},`)
      .join("\n");
  const paths = Object.entries(endpoints.paths).map(
    ([name, { doc: text }]) => `${tsdoc(text)}${name}: ${JSON.stringify(`/${name}`)},`,
  );
  return `/** Ports of the collector's pods, with their names. */
export const COLLECTOR_PORTS = {${ports("collector")}} as const;

/** Ports of the driver's pod, with their names. */
export const DRIVER_PORTS = {${ports("driver")}} as const;

/** Paths that collector and driver answer. */
export const PATHS = {${paths.join("\n")}} as const;
`;
}

/** Every file that is made of the contract, but for TypeScript, which is formatted later. */
export function endpointsFiles(endpoints: Endpoints): readonly GeneratedFile[] {
  const names: GoConstant[] = portsOf(endpoints, "collector").map(({ name, doc: text }) => ({
    name: `Port${goName(name)}`,
    value: goText(name),
    doc: text,
  }));
  const paths: GoConstant[] = pathsOf(endpoints, "collector").map(({ name, path, doc: text }) => ({
    name: `Path${goName(name)}`,
    value: goText(path),
    doc: text,
  }));
  const driver = [
    ...portsOf(endpoints, "driver").map(
      ({ name, port, doc: text }) =>
        `${javadoc(text, 1)}    public static final int ${constantName(name)}_PORT = ${port};\n`,
    ),
    ...pathsOf(endpoints, "driver").map(
      ({ name, path, doc: text }) =>
        `${javadoc(text, 1)}    public static final String ${constantName(name)}_PATH = ${javaText(path)};\n`,
    ),
  ];
  return [
    goFile(NAME, [
      goConstants("Names of the ports of the collector's pods and Services.", names),
      goConstants("Paths that the collector answers.", paths),
    ]),
    javaFile(
      NAME,
      "DriverEndpoints",
      javaConstants("DriverEndpoints", "Ports of the driver's pod and paths that it answers.", [
        driver.join(""),
      ]),
    ),
  ];
}
