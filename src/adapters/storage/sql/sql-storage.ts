import type { Storage } from "../../../ports/storage";

/** A storage whose records lie in tables, which have to be made, and changed by newer releases. */
export interface SqlStorage extends Storage {
  /**
   * Makes the tables, or brings them to the shape that this release needs, and resolves when they have it. Safe to call at any
   * time, and by several processes at once: one works, the others find it done.
   * Rejects with SmsError `storage_failed`; then nothing was changed.
   */
  migrate(): Promise<void>;
  /**
   * The SQL that makes everything in an empty database, and notes that it did: for hosts that run migrations of their own. Touches
   * no database. Running it is as good as {@link SqlStorage.migrate} on an empty database.
   */
  migrationSql(): Promise<string>;
}
