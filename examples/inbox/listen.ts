import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How many ports after the wanted one are tried before any free one is taken. */
const TRIES = 10;

/** Listens on this machine only: on the wanted port, else on one of the following, else on any free one. Answers the port. */
export async function listen(server: Server, wanted: number): Promise<number> {
  for (let port = wanted; wanted !== 0 && port < wanted + TRIES && port < 65_536; port += 1) {
    if (await takes(server, port)) return port;
  }
  await bind(server, 0);
  // A server that listens on TCP has an address with a port; a string is the path of a pipe.
  return (server.address() as AddressInfo).port;
}

async function takes(server: Server, port: number): Promise<boolean> {
  try {
    await bind(server, port);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : null;
  // EACCES: a port below 1024, or one that the system keeps for itself.
  return code === "EADDRINUSE" || code === "EACCES";
}

async function bind(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      server.off("listening", succeed);
      reject(error);
    };
    const succeed = (): void => {
      server.off("error", fail);
      resolve();
    };
    server.once("error", fail);
    server.once("listening", succeed);
    server.listen(port, "127.0.0.1");
  });
}
