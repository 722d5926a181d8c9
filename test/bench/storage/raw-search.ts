import type { Searches } from "../../../src/ports/storage";
import type { RawDatabase, RawStatement } from "./subject";
import { ACCOUNTS } from "./workload";

/** A search by hand: the text in, rows out. */
export type RawSearch = (text: string) => unknown;

const [ACCOUNT] = ACCOUNTS;

/** A search of the first account as a person would write it, on the index that the storage keeps. */
export function sqliteSearch(
  { prepare, table }: Pick<RawDatabase, "prepare" | "table">,
  where: keyof Searches,
): RawSearch {
  const [message, conversation] = [table("message"), table("conversation")];
  if (where === "contacts") {
    const find = prepare(
      `select c.* from ${conversation}_search s join ${conversation}_search_places p on p.place = s.rowid ` +
        `join ${conversation} c on c.id = p.id where s.${conversation}_search match ? and c.account_sid = ? ` +
        "order by c.last_message_at desc, c.id desc limit 51",
    );
    return (text) => find([`"${text}"`, ACCOUNT]);
  }
  const find = prepare(
    `select m.* from ${message}_search s join ${message}_search_places p on p.place = s.rowid ` +
      `join ${message} m on m.id = p.id where s.${message}_search match ? order by s.rowid desc limit 51`,
  );
  const account = `account : ${Buffer.from(ACCOUNT).toString("hex")}`;
  return (text) => {
    const words = text.split(" ").map((word) => `body : ${word}`);
    return find([`${[account, ...words].join(" AND ")} *`]);
  };
}

/** The same for PostgreSQL. `run` plans every time with the words in hand: only so the server knows which are rare. */
export function postgresSearch(
  run: (sql: string) => RawStatement,
  table: RawDatabase["table"],
  where: keyof Searches,
): RawSearch {
  const [message, conversation] = [table("message"), table("conversation")];
  if (where === "contacts") {
    const find = run(
      `select * from ${conversation} where ${conversation}_grams(contact) @> string_to_array(?, ' ') and account_sid = ? ` +
        "and strpos(contact, ?) > 0 order by last_message_at desc, id desc limit 51",
    );
    return (text) => {
      const grams = Array.from({ length: text.length - 2 }, (_, at) => text.slice(at, at + 3));
      return find([grams.join(" "), ACCOUNT, text]);
    };
  }
  const find = run(
    `select * from ${message} where array_to_tsvector(string_to_array(${message}_words(body), ' ')) @@ ?::text::tsquery ` +
      "and account_sid = ? order by created_at desc, id desc limit 51",
  );
  return (text) => find([`${text.split(" ").join(" & ")}:*`, ACCOUNT]);
}
