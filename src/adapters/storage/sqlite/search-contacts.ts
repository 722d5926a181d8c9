import type { ConversationRecord } from "../../../core/model/conversation";
import type { Page, SearchQuery } from "../../../ports/storage";
import { planList } from "../list-plan";
import { comparePositions, type Position, type RangeBounds } from "../page";
import {
  addressQueryOf,
  conversationsByActivity,
  hasAddress,
  searchBoundsOf,
  searchPageOf,
} from "../search-query";
import { isStorable, type SqlValue } from "../sql/row";
import { inSnapshot } from "./records";
import type { SearchSources } from "./search-messages";
import { ACCOUNT_BITS, searchTables } from "./search-schema";

/**
 * How many conversations with the last activity are looked through before the index is asked, whose answers have to be sorted. What
 * many addresses have in common is found among these.
 */
const LOOK_THROUGH = 1_000;

interface Found {
  readonly positions: readonly Position[];
  readonly isComplete: boolean;
}

/** Makes the search in the addresses of contacts, which looks through so many with the last activity before it asks the index. */
export function contactSearch(
  { connection, builder, records }: SearchSources,
  lookThrough: number = LOOK_THROUGH,
): (query: SearchQuery<"contacts">) => Page<ConversationRecord> {
  const conversation = builder.tables.of.conversation;
  const { conversation: names, accounts } = searchTables(builder);
  const { index, places, pending } = names;

  /** Looks through the conversations of one status, those with the last activity first. */
  function walk(query: SearchQuery, group: readonly string[], { after }: RangeBounds): readonly Row[] {
    const conditions = query.accountSid === null ? ["status = ?"] : ["account_sid = ?", "status = ?"];
    if (after !== null) conditions.push("(last_message_at, id) < (?, ?)");
    const sql = `select last_message_at, id, contact from ${conversation} where ${conditions.join(" and ")}
      order by last_message_at desc, id desc limit ?`;
    const rows = connection.rows(sql, [
      ...group,
      ...(after === null ? [] : [after.sort, after.id]),
      lookThrough,
    ]);
    return rows.map(([sort, id, contact]) => ({
      sort: String(sort),
      id: String(id),
      contact: String(contact),
    }));
  }

  /** What is found near, without the index. */
  function walkAll(query: SearchQuery, address: string, bounds: RangeBounds): Found {
    const walks = planList(conversationsByActivity(query)).groups.map((group) => walk(query, group, bounds));
    // Behind the end of a walk that was cut short there may be more of its kind: only what is before counts.
    const ends = walks.flatMap((rows) => (rows.length < lookThrough ? [] : rows.slice(-1)));
    const positions = walks
      .flat()
      .filter(
        (row) => hasAddress(row.contact, address) && ends.every((end) => comparePositions(row, end) >= 0),
      )
      .sort((a, b) => comparePositions(b, a));
    return { positions, isComplete: ends.length === 0 || positions.length >= bounds.limit };
  }

  /** What the index finds, and what is not in it yet, sorted. */
  function lookUp(query: SearchQuery, address: string, { after, limit }: RangeBounds): readonly Position[] {
    const number = accountNumber(query.accountSid);
    if (number === undefined) return [];
    const inRange =
      number === null ? [] : [`p.place >= ? << ${ACCOUNT_BITS} and p.place < (? + 1) << ${ACCOUNT_BITS}`];
    const behind = after === null ? [] : ["(c.last_message_at, c.id) < (?, ?)"];
    const conditions = ["instr(lower(c.contact), ?) > 0", ...inRange, ...behind].join(" and ");
    const values: readonly SqlValue[] = [
      address,
      ...(number === null ? [] : [number, number]),
      ...(after === null ? [] : [after.sort, after.id]),
      limit,
    ];
    const columns = "c.last_message_at, c.id";
    const joined = `cross join ${conversation} c on c.id = p.id`;
    const order = "order by c.last_message_at desc, c.id desc limit ?";
    const indexed = connection.rows(
      `select ${columns} from ${index} i cross join ${places} p on p.place = i.rowid ${joined}
        where i.${index} match ? and ${conditions.replaceAll("p.place", "i.rowid")} ${order}`,
      [`"${address.replaceAll('"', '""')}"`, ...values],
    );
    const others = connection.rows(
      `select ${columns} from ${pending} q cross join ${places} p on p.place = q.place ${joined}
        where ${conditions} ${order}`,
      values,
    );
    return [...indexed, ...others]
      .map(([sort, id]): Position => ({ sort: String(sort), id: String(id) }))
      .sort((a, b) => comparePositions(b, a))
      .slice(0, limit);
  }

  /** The number of an account; null for all accounts, undefined for one without conversations. */
  function accountNumber(accountSid: string | null): number | null | undefined {
    if (accountSid === null) return null;
    const row = connection.first(`select number from ${accounts} where account_sid = ?`, [accountSid]);
    return row === null ? undefined : Number(row[0]);
  }

  function find(query: SearchQuery<"contacts">, address: string): Page<ConversationRecord> {
    const bounds = searchBoundsOf(query);
    const near = walkAll(query, address, bounds);
    const positions = near.isComplete
      ? near.positions.slice(0, bounds.limit)
      : lookUp(query, address, bounds);
    const found = positions.flatMap((position) => {
      const value = records.find({ kind: "conversation", id: position.id })?.value;
      // The key names the kind of record that it finds.
      return value === undefined ? [] : [{ ...position, value: value as ConversationRecord }];
    });
    return searchPageOf(query, found);
  }

  return (query) => {
    searchBoundsOf(query);
    const address = addressQueryOf(query.text);
    const isSearchable = [address, query.accountSid].every((text) => text === null || isStorable(text));
    if (address === null || !isSearchable) return { items: [], nextCursor: null };
    return inSnapshot(connection, () => find(query, address));
  };
}

interface Row extends Position {
  readonly contact: string;
}
