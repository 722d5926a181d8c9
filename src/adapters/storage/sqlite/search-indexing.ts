import type { SqlBuilder } from "../sql/builder";
import type { SqliteConnection } from "./database";
import { rollBack } from "./prepare-database";
import { indexingStatements, searchTables } from "./search-schema";

/** Adds to the index what triggers have noted. */
export interface SearchIndexing {
  /** Takes note of writes that were committed, and adds to the index when there are many. Never throws. */
  committed(writes: number): void;
  /** Whether more is pending than a search should look through by itself. */
  isBehind(): boolean;
  /** Adds a batch of what is pending, in a transaction of its own. */
  addBatch(): void;
}

/**
 * How many writes are gathered: adding a hundred records to the index at once costs about a fifth of adding each alone, and takes a few
 * milliseconds. What is pending is found all the same.
 */
const GATHERED_WRITES = 256;

/** How many records are added at once. */
const BATCH = 1_000;

/** Makes the indexing of a connection. */
export function searchIndexing(connection: SqliteConnection, builder: SqlBuilder): SearchIndexing {
  const statements = indexingStatements(builder);
  const { message, conversation } = searchTables(builder);
  let unseen = 0;

  function addBatch(): void {
    connection.exec("begin immediate");
    try {
      for (const statement of statements) connection.write(statement, [Math.max(BATCH, unseen)]);
      connection.exec("commit");
      unseen = 0;
    } catch (error) {
      rollBack(connection);
      throw error;
    }
  }

  return {
    committed(writes) {
      unseen += writes;
      if (unseen < GATHERED_WRITES) return;
      try {
        addBatch();
      } catch {
        // The commit stands whatever becomes of the index. A search tries again, and reports what is wrong if it still is.
        unseen = 0;
      }
    },
    isBehind: () =>
      [message, conversation].some(
        ({ pending }) => connection.first(`select 1 from ${pending} limit 1 offset ${BATCH}`, []) !== null,
      ),
    addBatch,
  };
}
