import { writeSync } from "node:fs";
import { writeUntilKilled } from "@mailtrixy/sms/testing";
import { lmdbStorage } from "./lmdb-storage";

// Commits to the file given, and says so after each answer, until the suite kills it.
const [path = ""] = process.argv.slice(2);
await writeUntilKilled(lmdbStorage({ path }), (line) => writeSync(1, `${line}\n`));
