/** Schemas for tests that each need an empty database: one that a test has done with is emptied and given to the next. */
export interface SchemaStore {
  /** A schema that has no records, and perhaps no tables yet. */
  take(): string;
  /** Empties those that were taken since the last time. Storages on them must be closed. */
  giveBack(): Promise<void>;
}

/** Makes a store of schemas whose names begin with `name`. */
export function schemaStore(
  name: string,
  tables: readonly string[],
  run: (sql: string) => Promise<unknown>,
): SchemaStore {
  const empty: string[] = [];
  const taken: string[] = [];
  let made = 0;
  return {
    take() {
      const schema = empty.pop() ?? `${name}_${(made += 1)}`;
      taken.push(schema);
      return schema;
    },
    async giveBack() {
      for (const schema of taken.splice(0)) {
        const deletions = tables.map((table) => `delete from "${schema}".${table};`).join(" ");
        // A storage that was never used has made no tables.
        await run(
          `do $$ begin ${deletions} exception when undefined_table or invalid_schema_name then end $$`,
        );
        empty.push(schema);
      }
    },
  };
}
