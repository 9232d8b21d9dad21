/** Fetches the packages of the Python clients: `node test/support/python-packages.ts`. */
import { providePython } from "./python.ts";

console.log(await providePython(console.log));
