import type { SqlBuilder } from "../sql/builder";
import type { Migration } from "../sql/migrations";

/** The tables by which one kind of record is found. They are ours alone: their shape may change with any release. */
export interface SearchTables {
  /** The full-text index. Its rowid is the place of the record; it keeps no texts. */
  readonly index: string;
  /** Place → record id. */
  readonly places: string;
  /** Places of records that are not in the index yet. */
  readonly pending: string;
}

/** The names of the search tables. `accounts` numbers the accounts for the places of conversations. */
export function searchTables({
  tables,
}: SqlBuilder): Readonly<Record<"message" | "conversation", SearchTables>> & { readonly accounts: string } {
  const of = (table: string): SearchTables => ({
    index: `${table}_search`,
    places: `${table}_search_places`,
    pending: `${table}_search_pending`,
  });
  const { message, conversation } = tables.of;
  return {
    message: of(message),
    conversation: of(conversation),
    accounts: `${conversation}_search_accounts`,
  };
}

/** How many messages of one millisecond have places, in bits. With 42 bits of milliseconds, to the year 2109, it fills a rowid. */
export const TIE_BITS = 21;

/** How many conversations of one account have places, in bits. */
export const ACCOUNT_BITS = 40;

const LAST_MOMENT = 2 ** (63 - TIE_BITS) - 1;

/** SQL for the milliseconds of a timestamp. What is none, or out of range, counts as the nearest end: it must not fail a commit. */
export function momentOf(timestamp: string): string {
  const ms = `coalesce(strftime('%s', ${timestamp}) * 1000 + cast(substr(${timestamp}, 21, 3) as integer), 0)`;
  return `min(max(${ms}, 0), ${LAST_MOMENT})`;
}

/**
 * The step that makes messages and contacts searchable, those that are there and all that come. Triggers note every change in the
 * transaction that makes it, whoever writes and also while no instance searches, so that nothing is forgotten. They leave adding to
 * the index for later, which many records do together at a fraction of the cost, and which cannot keep a message from being stored.
 */
export const SEARCH_MIGRATION: Migration = {
  name: "search-0001",
  statements: (builder) => [...messageStatements(builder), ...contactStatements(builder)],
};

function messageStatements(builder: SqlBuilder): readonly string[] {
  const table = builder.tables.of.message;
  const names = searchTables(builder).message;
  const { index, places } = names;
  // The place follows from the time of creation, so that the index gives the newest first without sorting.
  const first = (row: string): string => `(${momentOf(`${row}.created_at`)} << ${TIE_BITS})`;
  return [
    `create table ${places} (place integer primary key, id text not null)`,
    `create virtual table ${index} using fts5(account, body, content = '', columnsize = 0, detail = column,` +
      ` tokenize = ${quoted(WORD_TOKENIZER)})`,
    `insert into ${places} (place, id)
  select (moment << ${TIE_BITS}) + row_number() over (partition by moment order by created_at, id) - 1, id
  from (select id, created_at, ${momentOf("created_at")} as moment from ${table})`,
    `insert into ${index} (rowid, account, body)
  select p.place, ${messageValues("r")} from ${places} p join ${table} r on r.id = p.id order by p.place`,
    ...noteChanges({
      table,
      names,
      indexed: "account, body",
      valuesOf: messageValues,
      columns: ["id", "account_sid", "body", "created_at"],
      placeOf: (row) =>
        `place between ${first(row)} and ${first(row)} + ${2 ** TIE_BITS - 1} and id = ${row}.id`,
      addPlace: (row) => `insert into ${places} (place, id) select coalesce(
    (select max(place) + 1 from ${places} where place between base and base + ${2 ** TIE_BITS - 1}), base), ${row}.id
    from (select ${first(row)} as base);`,
    }),
  ];
}

function contactStatements(builder: SqlBuilder): readonly string[] {
  const table = builder.tables.of.conversation;
  const { conversation: names, accounts } = searchTables(builder);
  const { index, places } = names;
  const number = (row: string): string =>
    `(select number from ${accounts} where account_sid = ${row}.account_sid)`;
  return [
    `create table ${accounts} (number integer primary key, account_sid text not null unique)`,
    `create table ${places} (place integer primary key, id text not null unique)`,
    `create virtual table ${index} using fts5(contact, content = '', columnsize = 0, tokenize = 'trigram')`,
    `insert into ${accounts} (account_sid) select distinct account_sid from ${table}`,
    `insert into ${places} (place, id)
  select (a.number << ${ACCOUNT_BITS}) + row_number() over (partition by a.number order by r.id) - 1, r.id
  from ${table} r join ${accounts} a on a.account_sid = r.account_sid`,
    `insert into ${index} (rowid, contact)
  select p.place, ${contactValues("r")} from ${places} p join ${table} r on r.id = p.id order by p.place`,
    ...noteChanges({
      table,
      names,
      indexed: "contact",
      valuesOf: contactValues,
      columns: ["id", "account_sid", "contact"],
      placeOf: (row) => `id = ${row}.id`,
      // The conversations of an account are beside each other, so that a search in it touches no others.
      addPlace: (
        row,
      ) => `insert into ${accounts} (account_sid) select ${row}.account_sid where ${number(row)} is null;
  insert into ${places} (place, id) select coalesce(
    (select max(place) + 1 from ${places} where place between base and base + ${2 ** ACCOUNT_BITS - 1}), base), ${row}.id
    from (select ${number(row)} << ${ACCOUNT_BITS} as base);`,
    }),
  ];
}

/** SQL for what the index has of a message. An account in hexadecimal is one word, whatever is in it. */
function messageValues(row: string): string {
  return `hex(${row}.account_sid), ${row}.body`;
}

/** SQL for what the index has of a conversation. */
function contactValues(row: string): string {
  return `${row}.contact`;
}

interface Noted {
  readonly table: string;
  readonly names: SearchTables;
  /** The columns of the index, and SQL for their values. */
  readonly indexed: string;
  readonly valuesOf: (row: string) => string;
  /** The columns of the table on which the index rests. */
  readonly columns: readonly string[];
  /** SQL that finds the place of a row. */
  readonly placeOf: (row: string) => string;
  /** A statement that makes the place of a row. */
  readonly addPlace: (row: string) => string;
}

function noteChanges({
  table,
  names,
  indexed,
  valuesOf,
  columns,
  placeOf,
  addPlace,
}: Noted): readonly string[] {
  const { index, places, pending } = names;
  const add = `
  ${addPlace("new")}
  insert into ${pending} (place) values (last_insert_rowid());`;
  // FTS5 keeps no texts here: it is told what was there, and must not be told of what it never had.
  const remove = `
  insert into ${index} (${index}, rowid, ${indexed}) select 'delete', place, ${valuesOf("old")} from ${places}
    where ${placeOf("old")} and place not in (select place from ${pending});
  delete from ${pending} where place in (select place from ${places} where ${placeOf("old")});
  delete from ${places} where ${placeOf("old")};`;
  // A put writes every column, so it is the values that tell whether the index has to change: a status changes nothing here.
  const differs = columns.map((column) => `old.${column} is not new.${column}`).join(" or ");
  return [
    `create table ${pending} (place integer primary key)`,
    `create trigger ${table}_search_insert after insert on ${table} begin${add}\nend`,
    `create trigger ${table}_search_update after update of ${columns.join(", ")} on ${table} when ${differs}` +
      ` begin${remove}${add}\nend`,
    `create trigger ${table}_search_delete after delete on ${table} begin${remove}\nend`,
  ];
}

/** The statements that add the first so many pending records to the indexes. All of them have the slot `limit` alone. */
export function indexingStatements(builder: SqlBuilder): readonly string[] {
  const { message, conversation } = searchTables(builder);
  const { of } = builder.tables;
  return [
    ...addPending(message, of.message, { indexed: "account, body", values: messageValues("r") }),
    ...addPending(conversation, of.conversation, { indexed: "contact", values: contactValues("r") }),
  ];
}

function addPending(
  { index, places, pending }: SearchTables,
  table: string,
  { indexed, values }: { readonly indexed: string; readonly values: string },
): readonly string[] {
  const batch = `select place from ${pending} order by place limit ?`;
  return [
    `insert into ${index} (rowid, ${indexed}) select q.place, ${values} from (${batch}) q
      cross join ${places} p on p.place = q.place cross join ${table} r on r.id = p.id`,
    `delete from ${pending} where place in (${batch})`,
  ];
}

/**
 * Characters younger than the tables of SQLite, which takes them for letters: punctuation and symbols outside rare ancient
 * scripts, and everything that is or may become an emoji. Source: Unicode 17 beside the tables of SQLite 3.45 (read 2026-11).
 */
const SEPARATORS =
  "58d-58e 605 61c-61d 7fe-7ff 888 890-891 8e2 9fd a76 c77 c84 d4f 1b4e-1b4f 1b7d-1b7f 2066-2069 20ba-20c1 20e3 218a-218b " +
  "23f4-23ff 2427-2429 2700 2b4d-2b4f 2b5a-2bff 2e3c-2e5d 2ffc-2fff 31e4-31e5 31ef 32ff a8fc ab5b ab6a-ab6b fbc2-fbd2 " +
  "fd40-fd4f fd90-fd91 fdc8-fdcf fdfe-fe0f 1f02c-1f02f 1f094-1f09f 1f0af-1f0b0 1f0bf-1f0c0 1f0d0 1f0e0-1f0ff 1f10d-1f10f " +
  "1f12f 1f16c-1f16f 1f19b-1f1e5 1f203-1f20f 1f23b-1f23f 1f249-1f2ff 1f321-1f32f 1f336 1f37d-1f37f 1f394-1f39f 1f3c5-1f3df " +
  "1f3f1-1f3ff 1f43f-1f441 1f4f8-1f4ff 1f53e-1f54f 1f568-1f5fa 1f641-1f644 1f650-1f67f 1f6c6-1f6ff 1f774-1fbef 1fbfa-1fbff " +
  "e0100-e01ef";

// Words are those of `wordsOf`, so marks belong to them; accents are left out.
const WORD_TOKENIZER = `unicode61 remove_diacritics 2 categories 'L* N* M*' separators '${charactersOf(SEPARATORS)}'`;

function charactersOf(ranges: string): string {
  return ranges
    .split(" ")
    .map((range) => {
      const [first = 0, last = first] = range.split("-").map((digits) => Number.parseInt(digits, 16));
      return Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join("");
    })
    .join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
