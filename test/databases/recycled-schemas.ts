import type { Storage } from "../../src/ports/storage";

/** Runs several statements in one go. */
export type RunSql = (sql: string) => Promise<unknown>;

/** Storages that are empty, each in a schema that nobody else uses at the time. */
export interface RecycledSchemas {
  create(): Promise<Storage>;
  /** Closes a storage and opens another on its records. */
  reopen(storage: Storage): Promise<Storage>;
  /** Opens a second storage on the records of one. */
  connect(storage: Storage): Promise<Storage>;
}

const TABLES = ["consents", "conversations", "messages", "consent_entries", "drafts", "tasks"];

/**
 * Making the tables costs many times what most rules cost, so a schema whose storage was closed is emptied and used again.
 * `open` gives a storage on a schema; the names of schemas begin with `prefix`.
 */
export function recycledSchemas(
  prefix: string,
  open: (schema: string) => Storage,
  runSql: RunSql,
): RecycledSchemas {
  const free: string[] = [];
  const opened = new Map<Storage, { readonly schema: string; readonly inner: Storage }>();
  let made = 0;

  /** The storage of a schema, which is free again when this storage is closed. */
  function openOn(schema: string): Storage {
    const inner = open(schema);
    const storage: Storage = {
      ...inner,
      async close() {
        await inner.close();
        if (opened.delete(storage)) free.push(schema);
      },
    };
    opened.set(storage, { schema, inner });
    return storage;
  }

  function known(storage: Storage): { readonly schema: string; readonly inner: Storage } {
    const found = opened.get(storage);
    if (found === undefined) throw new Error("This storage was not opened here, or it is closed.");
    return found;
  }

  return {
    async create() {
      const used = free.pop();
      if (used === undefined) {
        made += 1;
        return openOn(`${prefix}_${made}`);
      }
      await runSql(emptied(used));
      return openOn(used);
    },
    async reopen(storage) {
      const { schema, inner } = known(storage);
      opened.delete(storage);
      await inner.close();
      return openOn(schema);
    },
    // The first one gives the schema back.
    connect: async (storage) => open(known(storage).schema),
  };
}

function emptied(schema: string): string {
  const tables = TABLES.map((table) => `'"${schema}"."sms_${table}"'`).join();
  // A storage that was never used has made none.
  return `do $$ declare name text; begin foreach name in array array[${tables}] loop
if to_regclass(name) is not null then execute 'delete from ' || name; end if; end loop; end $$`;
}
