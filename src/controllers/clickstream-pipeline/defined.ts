/** Objects without the fields that nothing was said about. Pure. */

type Defined<Value> = { readonly [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Without the fields that are undefined, so that spreading does not overwrite a default. */
export function defined<Value extends object>(value: Value | undefined): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter(([, field]) => field !== undefined),
  ) as Defined<Value>;
}
