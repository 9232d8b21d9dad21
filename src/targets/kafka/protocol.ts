/** Names of the protocol's error codes. */
import { protocolErrorsCodesById } from "@platformatic/kafka";

/** Like `INVALID_CONFIG`; `undefined` for 0, which is no error. */
export function errorName(code: number): string | undefined {
  if (code === 0) return undefined;
  return protocolErrorsCodesById[code] ?? `ERROR_${code}`;
}
