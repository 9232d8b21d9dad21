/** The roles of config/rbac on a real API server: the operator may do what it does, and no more than it needs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { SPARK_DRIVER_RULES } from "../../src/crds/permissions.ts";
import { ApiRequests } from "../support/api-requests.ts";

const FOLDER = join(import.meta.dirname, "../../config/rbac");
const OPERATOR = "system:serviceaccount:openclickstream-system:operator";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const PLURALS: Readonly<Record<string, string>> = {
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  Role: "roles",
  RoleBinding: "rolebindings",
};

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

let requests: ApiRequests;

beforeAll(async () => {
  requests = new ApiRequests(inject("apiServer"));
  await requests.createNamespace("openclickstream-system");
  await requests.createNamespace("permissions");
  for (const file of ["operator-role.yaml", "leader-election-role.yaml", "user-roles.yaml"]) {
    for (const document of parseAllDocuments(await readFile(join(FOLDER, file), "utf8"))) {
      const manifest = document.toJS() as Manifest;
      const { name, namespace } = manifest.metadata;
      const place = namespace === undefined ? RBAC : `${RBAC}/namespaces/${namespace}`;
      await requests.apply(`${place}/${PLURALS[manifest.kind] ?? ""}/${name}`, manifest);
    }
  }
});

afterAll(async () => {
  await requests.close();
});

interface Attempt {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

async function isAllowed({ namespace = "permissions", ...attempt }: Attempt): Promise<boolean> {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user: OPERATOR, resourceAttributes: { ...attempt, namespace } },
  };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const review = (await requests.mustSend({ method: "POST", path, body })) as {
    status: { allowed: boolean };
  };
  return review.status.allowed;
}

describe("the operator", () => {
  it.each<Attempt>([
    { verb: "watch", group: "openclickstream.io", resource: "clickstreampipelines" },
    { verb: "patch", group: "openclickstream.io", resource: "laketables", subresource: "status" },
    {
      verb: "update",
      group: "openclickstream.io",
      resource: "clickstreampipelines",
      subresource: "finalizers",
    },
    { verb: "patch", group: "apps", resource: "statefulsets" },
    { verb: "create", group: "policy", resource: "poddisruptionbudgets" },
    { verb: "create", group: "events.k8s.io", resource: "events" },
    { verb: "get", resource: "secrets" },
    { verb: "patch", group: "coordination.k8s.io", resource: "leases", namespace: "openclickstream-system" },
  ])("may $verb $resource $subresource", async (attempt) => {
    expect(await isAllowed(attempt)).toBe(true);
  });

  it.each<Attempt>([
    { verb: "list", resource: "secrets" },
    { verb: "create", resource: "secrets" },
    { verb: "create", resource: "pods", subresource: "exec" },
    { verb: "patch", group: "coordination.k8s.io", resource: "leases" },
    { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterroles" },
    { verb: "delete", resource: "namespaces" },
    { verb: "delete", resource: "persistentvolumes" },
    { verb: "patch", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
  ])("may not $verb $resource $subresource", async (attempt) => {
    expect(await isAllowed(attempt)).toBe(false);
  });

  function roleWith(name: string, rules: readonly object[]): object {
    const metadata = { name, namespace: "permissions" };
    return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules };
  }

  const path = `${RBAC}/namespaces/permissions/roles?dryRun=All`;

  it("may give a Spark driver its Role", async () => {
    const rules = SPARK_DRIVER_RULES.map(({ apiGroups, resources, verbs }) => ({
      apiGroups,
      resources,
      verbs,
    }));
    const answer = await requests.send({
      method: "POST",
      path,
      body: roleWith("driver", rules),
      user: OPERATOR,
    });
    expect(answer).toMatchObject({ code: 201 });
  });

  it("may not give away what it does not hold", async () => {
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }];
    const answer = await requests.send({
      method: "POST",
      path,
      body: roleWith("thief", rules),
      user: OPERATOR,
    });
    expect(answer).toMatchObject({ code: 403 });
  });
});
