/** What is wrong with a value of a Secret before any system is asked, told without the value. Pure. */
import type { Secret } from "./secret.ts";

/** `Header` is sent in a header of HTTP, `Text` in one line anywhere else, `Certificates` is a file in PEM form. */
export type ValueForm = "Header" | "Text" | "Certificates";

/** Goes on a sentence that begins with what the value is; `undefined` when it can be used. */
export function formProblem(secret: Secret, form: ValueForm): string | undefined {
  const value = secret.reveal();
  if (form === "Certificates") {
    return value.includes("-----BEGIN CERTIFICATE-----") ? undefined : "holds no certificate in PEM form";
  }
  if (/[\r\n]$/.test(value)) return `ends with a line feed, as echo writes one; ${ADVICE}`;
  if (/[\r\n]/.test(value)) return "holds a line feed; it must be one line";
  if (CONTROL.test(value)) return "holds a control character; it must be text of one line";
  if (value.includes(UNDECODABLE)) return "is not text in UTF-8";
  return form === "Header" ? headerProblem(value) : undefined;
}

const ADVICE =
  "store it without (printf '%s' instead of echo, or kubectl create secret generic --from-literal)";
const CONTROL = /[\u0000-\u001f\u007f]/;
/** What stands for bytes that are no UTF-8. */
const UNDECODABLE = "\uFFFD";

function headerProblem(value: string): string | undefined {
  if (/^ | $/.test(value)) return "begins or ends with a blank, which no header keeps; store it without";
  return /^[\u0020-\u007e]*$/.test(value)
    ? undefined
    : "holds a character beyond ASCII, which cannot be sent in a header";
}
