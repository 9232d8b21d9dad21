/** The ClickstreamPipeline controller: what wakes it, and its six phases. */
import type { ClickstreamPipeline, ClickstreamPipelineStatus } from "../../crds/kinds.ts";
import {
  clickstreamPipelineKind,
  eventStreamKind,
  lakeTableKind,
  servingTableKind,
} from "../../crds/kinds.ts";
import type { Controller, SecondaryWatch } from "../../runtime/controller.ts";
import { byOwner } from "../../runtime/cache/watches.ts";
import type { JsonClient } from "../../targets/http/json-client.ts";
import { outstandingChildren } from "../../targets/kubernetes/apply-children.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedPipeline } from "./apply.ts";
import { applyPipeline, childSet, OWNED } from "./apply.ts";
import { describeCheckpointLeft, finalizePipeline, needsCleanup } from "./finalize.ts";
import type { ObservedPipeline } from "./observe.ts";
import { observePipeline } from "./observe.ts";
import type { PipelinePlan } from "./plan.ts";
import { planPipeline } from "./plan.ts";
import { pipelineStatus } from "./status.ts";
import type { PipelineImages, ValidatedPipeline } from "./validate.ts";
import { validatePipeline } from "./validate.ts";

/** What main wires: the images of the release, and the connections to the drivers and to the platforms' systems. */
export interface PipelineControllerOptions extends SystemAccess {
  readonly images: PipelineImages;
  readonly client: JsonClient;
}

export type ClickstreamPipelineController = Controller<
  ClickstreamPipeline,
  ObservedPipeline,
  ValidatedPipeline,
  PipelinePlan,
  AppliedPipeline,
  ClickstreamPipelineStatus
>;

export function createClickstreamPipelineController(
  options: PipelineControllerOptions,
): ClickstreamPipelineController {
  return {
    kind: clickstreamPipelineKind,
    concurrency: 4,
    watches: WATCHES,
    observe: (pipeline, context) => observePipeline(pipeline, context, options),
    validate: (pipeline, observed) => validatePipeline(pipeline, observed, options.images),
    plan: planPipeline,
    apply: applyPipeline,
    outstanding: (plan, cache) => outstandingChildren(childSet(plan), cache),
    status: pipelineStatus,
    finalize: (pipeline, context) => finalizePipeline(pipeline, context, options),
    describeLeft: describeCheckpointLeft,
    needsFinalizer: needsCleanup,
  };
}

const WATCHES: readonly SecondaryWatch[] = [
  watchPlatform(clickstreamPipelineKind),
  { type: eventStreamKind, toKeys: byOwner(clickstreamPipelineKind) },
  { type: lakeTableKind, toKeys: byOwner(clickstreamPipelineKind) },
  { type: servingTableKind, toKeys: byOwner(clickstreamPipelineKind) },
  ...OWNED.watches,
];
