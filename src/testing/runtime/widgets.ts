/** A kind for tests of the runtime: a Widget makes a ConfigMap and one thing in an external system. */
import { isDeepStrictEqual } from "node:util";
import type { CommonStatus } from "../../api/conditions.ts";
import type {
  Controller,
  CustomResource,
  ReconcileContext,
  ResourceType,
  StatusInput,
  StatusResult,
} from "../../runtime/controller.ts";
import { keyOf } from "../../api/objects.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import { byOwner } from "../../runtime/cache/watches.ts";

export const WIDGETS: ResourceType = {
  group: "example.io",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
};
export const CONFIG_MAPS: ResourceType = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
};

export interface WidgetStatus extends CommonStatus {
  readonly thingSize?: number;
}
export type Widget = CustomResource<{ readonly size: number }, WidgetStatus>;
interface Sized {
  readonly size: number;
}
/** Everything that is wanted of one Widget. */
interface WidgetPlan extends Sized {
  readonly configMap: KubernetesObject & { readonly data: Readonly<Record<string, string>> };
}

/** The external system: things by name. Every change goes through `change`, which a test may make fail. */
export class FakeSystem {
  readonly things = new Map<string, number>();
  changes = 0;
  beforeChange: () => void = () => undefined;
  afterChange: () => void = () => undefined;

  change(work: () => void): void {
    this.beforeChange();
    work();
    this.changes += 1;
    this.afterChange();
  }
}

type WidgetController = Controller<Widget, Sized | undefined, WidgetPlan, WidgetPlan, Sized, WidgetStatus>;
export type WidgetPhases = Partial<WidgetController>;

/** The controller of one system, with the phases that a test replaces. */
export function widgetController(system: FakeSystem, phases: WidgetPhases = {}): WidgetController {
  return {
    kind: WIDGETS,
    concurrency: 2,
    watches: [{ type: CONFIG_MAPS, labelSelector: "app=widget", toKeys: byOwner(WIDGETS) }],
    observe: async (widget) => {
      const size = system.things.get(widget.metadata.name);
      return size === undefined ? undefined : { size };
    },
    validate: validateWidget,
    plan: (validated) => validated,
    apply: (plan, observed, context) => applyWidget(plan, observed, { system, context }),
    status: widgetStatus,
    finalize: async (widget) => {
      const { name } = widget.metadata;
      if (system.things.has(name)) system.change(() => system.things.delete(name));
    },
    ...phases,
  };
}

function validateWidget(widget: Widget): WidgetPlan {
  const { name, namespace = "", uid = "" } = widget.metadata;
  const owner = { apiVersion: "example.io/v1", kind: "Widget", name, uid, controller: true };
  const metadata = { name, namespace, labels: { app: "widget" }, ownerReferences: [owner] };
  const data = { size: String(widget.spec.size) };
  return { size: widget.spec.size, configMap: { apiVersion: "v1", kind: "ConfigMap", metadata, data } };
}

async function applyWidget(
  plan: WidgetPlan,
  observed: Sized | undefined,
  { system, context }: { readonly system: FakeSystem; readonly context: ReconcileContext },
): Promise<Sized> {
  const { name } = plan.configMap.metadata;
  if (observed?.size !== plan.size) system.change(() => system.things.set(name, plan.size));
  const held = context.kubernetes.cached<WidgetPlan["configMap"]>(CONFIG_MAPS, keyOf(plan.configMap));
  if (!isDeepStrictEqual(held?.data, plan.configMap.data)) {
    await context.kubernetes.apply(CONFIG_MAPS, plan.configMap);
  }
  return { size: plan.size };
}

function widgetStatus(
  input: StatusInput<Widget, Sized | undefined, WidgetPlan, WidgetPlan, Sized>,
): StatusResult<WidgetStatus> {
  const { applied, error, resource } = input;
  const thingSize = applied?.size ?? resource.status?.thingSize;
  return {
    status: thingSize === undefined ? {} : { thingSize },
    conditions: [
      error === undefined
        ? { type: "ThingReady", status: "True", reason: "Succeeded", message: "the thing is there" }
        : { type: "ThingReady", status: "Unknown", reason: error.reason, message: error.message },
    ],
    ready: { message: `the thing has size ${applied?.size ?? 0}` },
  };
}
