import { ATOMICITY_CASES } from "./atomicity-cases";
import { CONFLICT_CASES } from "./conflict-cases";
import { CONTENT_CASES } from "./content-cases";
import { CURSOR_CASES } from "./cursor-cases";
import { ISOLATION_CASES } from "./isolation-cases";
import { KEY_CASES } from "./key-cases";
import { KILLING_CASES } from "./killing-cases";
import { LIFECYCLE_CASES } from "./lifecycle-cases";
import { LIST_CHANGE_CASES } from "./list-change-cases";
import { LIST_FILTER_CASES } from "./list-filter-cases";
import { LIST_ORDER_CASES } from "./list-order-cases";
import { RACE_CASES } from "./race-cases";
import { RECORD_CASES } from "./record-cases";
import { REOPENING_CASES } from "./reopening-cases";
import { SEARCH_CONTACT_CASES } from "./search-contact-cases";
import { SEARCH_MESSAGE_CASES } from "./search-message-cases";
import { SHARING_CASES } from "./sharing-cases";
import { SIZE_CASES } from "./size-cases";
import { SKEW_CASES } from "./skew-cases";
import { SNAPSHOT_CASES } from "./snapshot-cases";
import type { StorageCase } from "./storage-case";
import { UNIQUE_CASES } from "./unique-cases";

/** The rules that every storage keeps, in groups. No two have the same name. */
export const STORAGE_CASES: Readonly<Record<string, readonly StorageCase[]>> = {
  "finding records": KEY_CASES,
  "changing records": RECORD_CASES,
  conflicts: CONFLICT_CASES,
  "unique values": UNIQUE_CASES,
  "all or nothing": ATOMICITY_CASES,
  races: RACE_CASES,
  "write skew": SKEW_CASES,
  snapshots: SNAPSHOT_CASES,
  isolation: ISOLATION_CASES,
  "order of lists": LIST_ORDER_CASES,
  "filters of lists": LIST_FILTER_CASES,
  "lists that change": LIST_CHANGE_CASES,
  "cursors and limits": CURSOR_CASES,
  content: CONTENT_CASES,
  size: SIZE_CASES,
  closing: LIFECYCLE_CASES,
  reopening: REOPENING_CASES,
  "several connections": SHARING_CASES,
  "killed process": KILLING_CASES,
  search: [...SEARCH_MESSAGE_CASES, ...SEARCH_CONTACT_CASES],
};
