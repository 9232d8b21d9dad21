/** Where this checkout is. */
import { resolve } from "node:path";

/** The root folder of the checkout that this file is in. */
export const checkoutFolder = resolve(import.meta.dirname, "../..");
