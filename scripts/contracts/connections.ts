/** Variables that carry secrets, for the operator and for the stream job; the collector's are in its own contract too. Pure. */
import { z } from "zod";
import { javaConstants, javaFile, javaText, javadoc } from "./java.ts";
import { type GeneratedFile, parseContract } from "./source.ts";
import { constantName, tsdoc } from "./text.ts";

const NAME = "connections";

const connectionsSchema = z.strictObject({
  variables: z.record(
    z.string().regex(/^[a-z][A-Za-z]*$/),
    z.strictObject({ name: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/), doc: z.string().min(1) }),
  ),
});

export type Connections = z.infer<typeof connectionsSchema>;

/** Parses and checks the contract. Throws with what is wrong and where. */
export function parseConnections(yaml: string): Connections {
  return parseContract(NAME, connectionsSchema, yaml);
}

/** src/generated/connections.ts, before formatting. */
export function connectionsModule({ variables }: Connections): string {
  const members = Object.entries(variables).map(
    ([key, { name, doc }]) => `${tsdoc(doc)}${key}: ${JSON.stringify(name)},`,
  );
  return `/** Environment variables that carry secrets. */
export const SECRET_VARIABLES = {${members.join("\n")}} as const;
`;
}

/** Every file that is made of the contract, but for TypeScript, which is formatted later. */
export function connectionsFiles({ variables }: Connections): readonly GeneratedFile[] {
  const members = Object.entries(variables).map(
    ([key, { name, doc }]) =>
      `${javadoc(doc, 1)}    public static final String ${constantName(key)} = ${javaText(name)};\n`,
  );
  return [
    javaFile(
      NAME,
      "SecretVariables",
      javaConstants("SecretVariables", "Environment variables that carry secrets.", [members.join("")]),
    ),
  ];
}
