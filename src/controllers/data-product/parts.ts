/** Bounds that several phases know. Imports nothing. */

/** Most tables that one product reads. */
export const MAX_INPUT_TABLES = 64;
