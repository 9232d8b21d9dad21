/** For tests of the controllers: a receiver of lineage that lives in memory. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { WritePermit } from "../runtime/controller.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { LineageEvent } from "../targets/openlineage/event.ts";
import type { Delivery, LineageReceiver } from "../targets/openlineage/receiver.ts";

/** What a platform says of it; its Secret has the default key. */
export const LINEAGE_SPEC: NonNullable<DataPlatformSpec["lineage"]> = {
  uri: "http://marquez:5000",
  credentialsSecretRef: { name: "marquez" },
};

/** Notes what it is sent. */
export class FakeLineageReceiver implements LineageReceiver {
  readonly events: LineageEvent[] = [];
  isDown = false;
  /** Why it will not take an event. */
  refusal: (event: LineageEvent) => string | undefined = () => undefined;
  /** How often it was sent something. */
  sends = 0;

  probe(): Promise<void> {
    return this.isDown ? Promise.reject(DOWN) : Promise.resolve();
  }

  send(event: LineageEvent, permit: WritePermit): Promise<Delivery> {
    permit.assertMayWrite();
    this.sends += 1;
    if (this.isDown) return Promise.resolve({ outcome: "away", error: DOWN });
    const message = this.refusal(event);
    if (message !== undefined) return Promise.resolve({ outcome: "refused", message });
    this.events.push(event);
    return Promise.resolve({ outcome: "taken" });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const DOWN = new WaitingError(
  "LineageUnreachable",
  "the receiver of lineage at http://marquez is unreachable: down",
);
