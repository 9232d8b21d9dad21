/** For tests that write without a pass. */
import type { WritePermit } from "../runtime/controller.ts";

export const PERMIT: WritePermit = {
  signal: new AbortController().signal,
  assertMayWrite: () => undefined,
};
