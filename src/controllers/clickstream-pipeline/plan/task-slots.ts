/** How many tasks one executor runs at the same time. Pure. */
import { quantityValue } from "../../../api/quantity.ts";

/** Tasks wait for Kafka and S3 most of their time, so that even a fraction of a core runs two at once. */
export function taskSlots(cpuRequest: string, cpuLimit: string | undefined): number {
  return Math.max(2, Math.ceil(quantityValue(cpuLimit ?? cpuRequest)));
}
