/** The shape of a case. */

/** One changed field of a kind's sample, and what zod and the API server say to it. */
export interface FieldCase {
  readonly name: string;
  /** Path of the field below spec, list positions as numbers; empty for the whole spec. */
  readonly path: string;
  /** The field's new value; undefined takes the field away. */
  readonly value: unknown;
  /** What the refusal must tell; absent where the value is accepted. */
  readonly refusal?: RegExp;
}

/** A case with the kind that it is about. */
export interface SpecCase extends FieldCase {
  readonly kind: string;
}
