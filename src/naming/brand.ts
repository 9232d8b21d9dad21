/** Branded text: a name that has been checked cannot be mixed up with any other text. */
declare const brand: unique symbol;

/** `string` that carries in its type what it names. Made only by the functions of this folder. */
export type Brand<Name extends string> = string & { readonly [brand]: Name };
