// Starts the real program with demo data in a folder of its own, and stops it again.
//
// Nothing here knows how the program works inside: it is told a folder and a free port, and says where it listens.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";

/** The checkout's top. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** How long the program may take to listen, in milliseconds: a fresh folder hashes the demo people's passwords first. */
const STARTS_WITHIN = 120_000;

/** How long it may take to stop after it was asked to. */
const STOPS_WITHIN = 30_000;

/** The program under test. `cargo xtask test` names it; by hand it is the debug build. */
export function program() {
  const named = process.env.HEARTHLINE_BIN ?? path.join(root, "target/debug/hearthline");
  if (!existsSync(named)) {
    throw new Error(`${named} is missing: cargo build --workspace --bins`);
  }
  return named;
}

/**
 * Starts the demo. The answer has `url`, the lines printed so far in `lines`, `stop()`, and `kill()` and `start()` for
 * a journey in which the power fails: the folder stays until `stop()`.
 */
export async function startServer({ environment = {}, extra = [] } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "hearthline-e2e-"));
  const server = new Server(folder, environment, extra);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

class Server {
  constructor(folder, environment, extra) {
    this.folder = folder;
    this.environment = environment;
    this.extra = extra;
    this.lines = [];
    this.port = 0;
    this.child = null;
  }

  /** Starts the program and waits for the line that says where it listens. A second start takes the same port. */
  async start() {
    const folder = path.join(this.folder, "data");
    const words = ["demo", "--data", folder, "--port", String(this.port), ...this.extra];
    this.child = spawn(program(), words, {
      cwd: root,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.url = await this.announced();
    this.port = Number(new URL(this.url).port);
    return this.url;
  }

  announced() {
    const child = this.child;
    return new Promise((found, failed) => {
      const told = (line) => {
        this.lines.push(line);
        const address = /listening on (http:\/\/\S+)/.exec(line)?.[1];
        if (address) found(address);
      };
      createInterface({ input: child.stdout }).on("line", told);
      createInterface({ input: child.stderr }).on("line", told);
      const because = (why) => failed(new Error(`${why}; it printed:\n${this.lines.join("\n")}`));
      child.once("error", (error) => because(`the program did not start: ${error.message}`));
      child.once("exit", (code, signal) => because(`the program ended with ${code ?? signal} before it listened`));
      AbortSignal.timeout(STARTS_WITHIN).addEventListener("abort", () => because("the program did not listen in time"));
    });
  }

  /** Ends the program at once, as a power failure would. The data folder stays. */
  async kill() {
    await this.end("SIGKILL");
  }

  /** Asks the program to stop, waits for it, and removes the folder. */
  async stop() {
    await this.end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }

  async end(signal) {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit", { signal: AbortSignal.timeout(STOPS_WITHIN) });
    child.kill(signal);
    try {
      await ended;
    } catch {
      child.kill("SIGKILL");
      throw new Error(`the program did not stop in time; it printed:\n${this.lines.slice(-40).join("\n")}`);
    }
  }
}
