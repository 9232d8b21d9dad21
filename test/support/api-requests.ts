/**
 * What the tests of the custom resource definitions ask a real API server. Manifests are sent as they are: the typed models of
 * @kubernetes/client-node would drop enums and everything that begins with `x-kubernetes-`.
 */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import { parse } from "yaml";
import type { KindDefinition } from "../../src/crds/kinds.ts";
import { until } from "../../src/testing/until.ts";
import type { ApiServerAccess } from "./api-server.ts";

const CRD_FOLDER = join(import.meta.dirname, "../../config/crd");
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ESTABLISHED_WITHIN_MS = 60_000;
const CONFLICT = 409;
const STRICT_DRY_RUN = "?dryRun=All&fieldValidation=Strict";

/** Why the API server refused an object: path of the field, and what is wrong with it. */
export interface Refusal {
  readonly field: string;
  readonly message: string;
}

/** What the API server says to an object. */
export interface Verdict {
  /** Empty when it accepts the object. */
  readonly refusals: readonly Refusal[];
  /** The spec as it would be stored, when it accepts the object. */
  readonly stored: unknown;
}

interface Cause {
  readonly field?: string;
  readonly message?: string;
}

interface StatusBody {
  readonly message?: string;
  readonly details?: { readonly causes?: readonly Cause[] };
}

/** What the API server answered. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** One request. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Whom to play; the administrator himself when absent. */
  readonly user?: string;
}

/** A definition as far as the tests look into it. */
export interface InstalledDefinition {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Requests to an API server as its administrator, or as whom the administrator plays. */
export class ApiRequests {
  readonly #access: Pick<ApiServerAccess, "url" | "token">;
  readonly #agent: Agent;

  constructor(access: ApiServerAccess) {
    this.#access = access;
    this.#agent = new Agent({ connect: { ca: access.certificateAuthority } });
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async send({ method, path, body, user }: Call): Promise<Answer> {
    const type = method === "PATCH" ? "application/apply-patch+yaml" : "application/json";
    const headers = { authorization: `Bearer ${this.#access.token}`, "content-type": type };
    const response = await request(`${this.#access.url}${path}`, {
      dispatcher: this.#agent,
      method,
      headers: user === undefined ? headers : { ...headers, "impersonate-user": user },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { code: response.statusCode, body: await response.body.json() };
  }

  /** The body of the answer. Throws when the API server refuses. */
  async mustSend(call: Call): Promise<unknown> {
    const { code, body } = await this.send(call);
    if (code >= 300)
      throw new Error(`${call.method} ${call.path}: ${code} ${(body as StatusBody).message ?? ""}`);
    return body;
  }

  /** Makes the object what `body` says. */
  async apply(path: string, body: unknown): Promise<void> {
    const query = "?fieldManager=tests&force=true&fieldValidation=Strict";
    await this.mustSend({ method: "PATCH", path: `${path}${query}`, body });
  }

  /** Replaces the object with what `change` makes of it, and again when somebody wrote in between; answers what was there before. */
  async update<Body>(path: string, change: (held: Body) => object): Promise<Body> {
    for (;;) {
      const held = (await this.mustSend({ method: "GET", path })) as Body;
      const { code, body } = await this.send({ method: "PUT", path, body: change(held) });
      if (code < 300) return held;
      if (code !== CONFLICT) throw new Error(`PUT ${path}: ${code} ${(body as StatusBody).message ?? ""}`);
    }
  }

  async createNamespace(name: string): Promise<void> {
    await this.apply(`/api/v1/namespaces/${name}`, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
  }
}

/** Applies every manifest of config/crd and waits until the API server serves the kinds. */
export async function installDefinitions(requests: ApiRequests): Promise<void> {
  for (const file of await readdir(CRD_FOLDER)) {
    if (file === "kustomization.yaml") continue;
    const body = parse(await readFile(join(CRD_FOLDER, file), "utf8")) as { metadata: { name: string } };
    const path = `${DEFINITIONS}/${body.metadata.name}`;
    await requests.apply(path, body);
    await until(
      async () => isEstablished((await requests.mustSend({ method: "GET", path })) as InstalledDefinition),
      () => `${body.metadata.name} is not established`,
      ESTABLISHED_WITHIN_MS,
    );
  }
}

function isEstablished({ status }: InstalledDefinition): boolean {
  return (status?.conditions ?? []).some(({ type, status: is }) => type === "Established" && is === "True");
}

/** An API server, seen as a place where objects of our kinds are accepted or refused. */
export class CustomResourceApi {
  readonly #requests: ApiRequests;
  readonly #namespace: string;

  constructor(requests: ApiRequests, namespace: string) {
    this.#requests = requests;
    this.#namespace = namespace;
  }

  async createNamespace(): Promise<void> {
    await this.#requests.createNamespace(this.#namespace);
  }

  /** The definition as the API server has it now. */
  async definition(kind: KindDefinition): Promise<InstalledDefinition> {
    const path = `${DEFINITIONS}/${kind.plural}.${kind.group}`;
    return (await this.#requests.mustSend({ method: "GET", path })) as InstalledDefinition;
  }

  #path(kind: KindDefinition): string {
    return `/apis/${kind.group}/${kind.version}/namespaces/${this.#namespace}/${kind.plural}`;
  }

  /** Tries to create the object without creating it. Unknown fields are refused, as kubectl has it. */
  async judge(kind: KindDefinition, name: string, spec: unknown): Promise<Verdict> {
    const path = `${this.#path(kind)}${STRICT_DRY_RUN}`;
    const answer = await this.#requests.send({ method: "POST", path, body: objectOf(kind, { name }, spec) });
    const refusals = refusalsOf(answer);
    return { refusals, stored: refusals.length === 0 ? (answer.body as { spec?: unknown }).spec : undefined };
  }

  /** Why the object would not be created; empty when it would. */
  async refusals(kind: KindDefinition, name: string, spec: unknown): Promise<readonly Refusal[]> {
    return (await this.judge(kind, name, spec)).refusals;
  }

  /** Creates the object with one spec and answers why it cannot be changed to another; the object is deleted again. */
  async refusalsOfChange(
    kind: KindDefinition,
    name: string,
    specs: { readonly from: unknown; readonly to: unknown },
  ): Promise<readonly Refusal[]> {
    const path = `${this.#path(kind)}/${name}`;
    const body = objectOf(kind, { name }, specs.from);
    const created = (await this.#requests.mustSend({ method: "POST", path: this.#path(kind), body })) as {
      metadata: { resourceVersion: string };
    };
    const { resourceVersion } = created.metadata;
    try {
      const changed = objectOf(kind, { name, resourceVersion }, specs.to);
      return refusalsOf(
        await this.#requests.send({ method: "PUT", path: `${path}${STRICT_DRY_RUN}`, body: changed }),
      );
    } finally {
      await this.#requests.mustSend({ method: "DELETE", path });
    }
  }
}

function objectOf(kind: KindDefinition, metadata: object, spec: unknown): object {
  return { apiVersion: `${kind.group}/${kind.version}`, kind: kind.kind, metadata, spec };
}

function refusalsOf({ code, body }: Answer): readonly Refusal[] {
  if (code < 300) return [];
  const { message = "", details } = body as StatusBody;
  if (code !== 422 && code !== 400) throw new Error(`the API server answered ${code}: ${message}`);
  const causes = (details?.causes ?? []).map((cause) => ({
    field: cause.field ?? "",
    message: cause.message ?? "",
  }));
  return causes.length > 0 ? causes : [{ field: "", message }];
}
