/** What several phases of a platform share. */
import type { Component } from "../../platform/references.ts";

/** The systems that the Job reaches which looks after tables. All others may be away. */
export const UPKEEP_SYSTEMS = ["Storage", "Catalog"] as const satisfies readonly Component[];
