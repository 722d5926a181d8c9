import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Storage } from "@mailtrixy/sms";
import { postgresStorage } from "@mailtrixy/sms/storage/postgres";
import { sqliteStorage } from "@mailtrixy/sms/storage/sqlite";

/** Where the demo keeps its conversations: the whole difference between a file and a server. */
export function openStorage(location: string): Storage {
  if (/^postgres(ql)?:\/\//.test(location)) return postgresStorage({ connectionString: location });
  mkdirSync(dirname(location), { recursive: true });
  return sqliteStorage({ path: location });
}

/** The location as it may be shown: without a password. */
export function shownLocation(location: string): string {
  if (!URL.canParse(location)) return location;
  const url = new URL(location);
  url.password = "";
  return url.href;
}
