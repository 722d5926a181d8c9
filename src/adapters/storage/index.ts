export type { Author, Media, Message, MessageError } from "../../core/model/message";
export type { Consent, ConsentEntry, ConsentEvidence } from "../../core/model/consent";
export type { ConversationRecord } from "../../core/model/conversation";
export type { Draft } from "../../core/model/draft";
export type { Entity, EntityOf, Key, Kind, Versioned, Write } from "../../core/model/record";
export { writtenId } from "../../core/model/record";
export { KINDS, SCHEMA, type ColumnType, type KindSchema } from "../../core/model/schema";
export type { Task, TaskClass } from "../../core/model/task";
export type {
  ListName,
  Lists,
  Page,
  Paging,
  Query,
  ResultOf,
  Searches,
  SearchQuery,
  Storage,
} from "../../ports/storage";
export { meets, type Condition } from "./condition";
export { fieldsOf, type Fields } from "./fields";
export { indexEntriesOf, uniqueKeyOf, uniqueKeysOf, type IndexEntry } from "./index-entries";
export { lookupOf, type KeyLookup } from "./key-lookup";
export { LIST_INDEXES, planList, type ListIndex, type ListPlan } from "./list-plan";
export { inLockOrder } from "./lock-order";
export { boundsOf, comparePositions, pageOf, type Placed, type Position, type RangeBounds } from "./page";
export { frozenCopy } from "./memory-table";
export {
  addressQueryOf,
  hasAddress,
  hasWords,
  SEARCH_ORDER,
  searchBoundsOf,
  searchPageOf,
  wordQueryOf,
  type WordQuery,
} from "./search-query";
export { wordsOf } from "./search-text";
