/** Runs a program and returns its output, or throws an error that shows the end of what it printed. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the program's standard input. */
  readonly input?: string;
  /** Called with each line that the program prints, on either stream. */
  readonly onLine?: (line: string) => void;
  /** Print straight to the terminal instead of capturing. */
  readonly inherit?: boolean;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last lines of both streams, for an error message. */
  readonly tail: string;
}

const tailLines = 20;

/** Runs a program to its end and returns its exit code and output; throws only when it cannot be started. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: options.inherit === true ? ["ignore", "inherit", "inherit"] : ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  const tail: string[] = [];
  const takeLine = (line: string): void => {
    if (line === "") return;
    options.onLine?.(line);
    tail.push(line);
    if (tail.length > tailLines) tail.shift();
  };
  if (child.stdout !== null) {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    createInterface({ input: child.stdout }).on("line", takeLine);
  }
  if (child.stderr !== null) createInterface({ input: child.stderr }).on("line", takeLine);
  child.stdin?.on("error", () => undefined); // the program may end before it read everything
  child.stdin?.end(options.input ?? "");
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", (cause) => {
      reject(new Error(`cannot start "${program}"`, { cause }));
    });
    child.on("close", (code, signal) => {
      resolve(code ?? (signal === null ? 1 : 128));
    });
  });
  return { exitCode, stdout, tail: tail.join("\n") };
}

/** Like `runCommand`, but throws when the exit code is not 0; returns standard output. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await runCommand(program, args, options);
  if (result.exitCode === 0) return result.stdout;
  throw new Error(
    `"${[program, ...args].join(" ")}" ended with exit code ${result.exitCode}:\n${result.tail.replace(/^/gm, "  ")}`,
  );
}
