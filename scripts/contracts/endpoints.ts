/** Ports and paths for the operator, the collector, the command-line tool and the stream job. Pure. */
import { z } from "zod";
import { type GoConstant, goConstants, goFile, goName, goText } from "./go.ts";
import { javaConstants, javaFile, javaText, javadoc } from "./java.ts";
import { type GeneratedFile, parseContract } from "./source.ts";
import { constantName, tsdoc } from "./text.ts";

const NAME = "endpoints";

const server = z.enum(["collector", "driver", "planner", "hbase", "flight", "profiles"]);
const word = z.string().regex(/^[a-z]+$/);
const doc = z.string().min(1);

const endpointsSchema = z.strictObject({
  ports: z.record(server, z.record(word, z.strictObject({ port: z.int().min(1024).max(65_535), doc }))),
  /** A path is its name behind a slash where nothing else is said. */
  paths: z.record(
    word,
    z.strictObject({ path: z.string().startsWith("/").optional(), servers: z.array(server).min(1), doc }),
  ),
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
    .map(([name, path]) => ({ name, path: pathText(name, path), doc: path.doc }));
}

function pathText(name: string, { path }: Endpoints["paths"][string]): string {
  return path ?? `/${name}`;
}

/** The Java class of a server's ports and paths. */
function javaEndpoints(endpoints: Endpoints, of: Server, title: string): GeneratedFile {
  const constants = [
    ...portsOf(endpoints, of).map(
      ({ name, port, doc: text }) =>
        `${javadoc(text, 1)}    public static final int ${constantName(name)}_PORT = ${port};\n`,
    ),
    ...pathsOf(endpoints, of).map(
      ({ name, path, doc: text }) =>
        `${javadoc(text, 1)}    public static final String ${constantName(name)}_PATH = ${javaText(path)};\n`,
    ),
  ];
  const name = `${of.charAt(0).toUpperCase()}${of.slice(1)}Endpoints`;
  return javaFile(NAME, name, javaConstants(name, title, [constants.join("")]));
}

/** src/generated/endpoints.ts, before formatting. */
export function endpointsModule(endpoints: Endpoints): string {
  const ports = (of: Server) =>
    portsOf(endpoints, of)
      .map(({ name, port, doc: text }) => `${tsdoc(text)}${name}: ${JSON.stringify({ name, port })},`)
      .join("\n");
  const paths = Object.entries(endpoints.paths).map(
    ([name, path]) => `${tsdoc(path.doc)}${name}: ${JSON.stringify(pathText(name, path))},`,
  );
  return `/** Ports of the collector's pods, with their names. */
export const COLLECTOR_PORTS = {${ports("collector")}} as const;

/** Ports of the driver's pod, with their names. */
export const DRIVER_PORTS = {${ports("driver")}} as const;

/** Ports of the SQL planner's pods, with their names. */
export const PLANNER_PORTS = {${ports("planner")}} as const;

/** Ports of the HBase administration's pods, with their names. */
export const HBASE_PORTS = {${ports("hbase")}} as const;

/** Ports of the Flight SQL gateway's pods, with their names. */
export const FLIGHT_PORTS = {${ports("flight")}} as const;

/** Ports of the profile API's pods, with their names. */
export const PROFILE_PORTS = {${ports("profiles")}} as const;

/** Paths that these servers answer. */
export const PATHS = {${paths.join("\n")}} as const;
`;
}

/** Every file that is made of the contract, but for TypeScript, which is formatted later. */
export function endpointsFiles(endpoints: Endpoints): readonly GeneratedFile[] {
  const portsAs = (prefix: string, of: Server): readonly GoConstant[] =>
    portsOf(endpoints, of).map(({ name, doc: text }) => ({
      name: `${prefix}${goName(name)}`,
      value: goText(name),
      doc: text,
    }));
  const paths = new Map(
    [...pathsOf(endpoints, "collector"), ...pathsOf(endpoints, "planner")].map(
      ({ name, path, doc: text }): [string, GoConstant] => [
        name,
        { name: `Path${goName(name)}`, value: goText(path), doc: text },
      ],
    ),
  );
  return [
    goFile(NAME, [
      goConstants("Names of the ports of the collector's pods and Services.", portsAs("Port", "collector")),
      goConstants(
        "Names of the ports of the SQL planner's pods and Service.",
        portsAs("PlannerPort", "planner"),
      ),
      goConstants("Paths that the collector and the SQL planner answer.", [...paths.values()]),
    ]),
    javaEndpoints(endpoints, "driver", "Ports of the driver's pod and paths that it answers."),
    javaEndpoints(endpoints, "planner", "Ports of the SQL planner's pods and paths that it answers."),
    javaEndpoints(endpoints, "hbase", "Ports of the HBase administration's pods and paths that it answers."),
    javaEndpoints(endpoints, "flight", "Ports of the Flight SQL gateway's pods and paths that it answers."),
    javaEndpoints(endpoints, "profiles", "Ports of the profile API's pods and paths that it answers."),
  ];
}
