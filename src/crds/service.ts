/** What a manifest may say of a Service: a part of Kubernetes' own. */
import { z } from "zod";
import { patterned, textMap, textSet } from "./rules.ts";

/** An address, whose IPv6 form only the collector checks in full, and how many of its bits count. */
const NETWORK =
  /^(((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\/([12]?[0-9]|3[0-2])|[0-9a-f:]*::?[0-9a-f:]*\/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$/;

/** Addresses of a network, such as `10.0.0.0/8`. */
export const network = patterned(NETWORK, 43);

/** The field for the type of a Service that people reach. */
export function serviceType(description: string) {
  return z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).optional().describe(description);
}

/** The field for one Service. */
export function serviceSettings(service: string) {
  return z
    .object({
      annotations: textMap(32, 4096)
        .optional()
        .describe("Annotations, for example for a cloud's load balancer."),
      loadBalancerClass: patterned(/^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$/, 253)
        .optional()
        .describe("Which load balancer takes it, with the type LoadBalancer. Default the cluster's."),
      loadBalancerSourceRanges: textSet(network.describe("Network as '203.0.113.0/24'."), 100)
        .optional()
        .describe("Networks that the load balancer lets in. Default all."),
    })
    .optional()
    .describe(`What ${service} gets in addition.`);
}
