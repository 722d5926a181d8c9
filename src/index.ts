/**
 * Two-way SMS over Twilio for any TypeScript app.
 * @packageDocumentation
 */
export { createSms } from "./create-sms";
export type { Sms, WebhookContext } from "./create-sms";
export { memoryStorage } from "./adapters/storage/memory";
export { ruleAssistant } from "./adapters/assistant/rules";
export type { Rule, RuleAssistantOptions } from "./adapters/assistant/rules";
export { exportAll } from "./flows/export-records";
export { importAll } from "./flows/import-all";
export type { ImportReport } from "./flows/import-records";
export type { RecordCounts } from "./core/model/record-counts";
export { isSmsError, SmsError } from "./core/model/errors";
export type { SmsErrorCode, SmsErrorDetails } from "./core/model/errors";

export type { Address, Channel } from "./core/model/address";
export type { Consent, ConsentEntry, ConsentEvidence, ConsentScope } from "./core/model/consent";
export type { ConsentReason, ConsentState } from "./core/consent/machine";
export type { AssistantMode, Attention, Conversation, ConversationRecord } from "./core/model/conversation";
export type { Draft } from "./core/model/draft";
export type { HandledEvent, HandledEventName, SmsEvent, SmsEventName, SmsEvents } from "./core/model/events";
export type { Author, Media, Message, MessageError } from "./core/model/message";
export type { DeliveryState, MessageStatus } from "./core/delivery/status";
export type { BlockedReason, SendOutcome } from "./core/model/send-outcome";
export type {
  CallDetail,
  EventDetail,
  LaneDetail,
  QueueDetail,
  SyncDetail,
  Task,
  TaskClass,
  TaskDetail,
  TaskPurpose,
} from "./core/model/task";
export type { Timestamp } from "./core/model/timestamp";
export type { Encoding } from "./core/text/segments";

export type {
  AccountOptions,
  AccountResolver,
  AssistantOptions,
  ConsentPolicyOptions,
  ErasureOptions,
  HandlerOptions,
  KeywordAnswerOptions,
  SmsOptions,
  SyncOptions,
} from "./flows/sms-options";
export type { HostKeywords } from "./core/consent/classify-reply";
export type { CountryWords, Language } from "./core/consent/language";
export type { RequestRules } from "./core/consent/informal-requests";
export type { MaybeStopPolicy } from "./core/decide/inbound";
export type { Timing } from "./flows/timing";
export type { ConsentDesk, ConsentOptions, ConsentView, ContactOptions } from "./flows/consent-desk";
export type { ContactThreadOptions, ConversationListOptions } from "./flows/conversation-list";
export type { Conversations, Drafts } from "./flows/inbox";
export type { ListOptions } from "./flows/paging";
export type { SearchHit, SearchOptions } from "./flows/search";
export type { Contacts, EraseOutcome, EraseRequest } from "./flows/erase-contact";
export type { ForgetOptions, ForgetReport } from "./flows/forget-before";
export type { FetchedMedia, FetchMedia, MediaFailure, MediaMessage } from "./flows/media";
export { DEFAULT_MEDIA_TYPES } from "./flows/media-options";
export type { MediaOptions } from "./flows/media-options";
export type { ApproveRequest, MessageClass, ReplyRequest, SendRequest } from "./flows/send";
export { DEFAULT_CONNECTION_OVERRIDES, withConnectionOverrides } from "./core/webhook/connection-overrides";
export type { WebhookAnswer, WebhookBody, WebhookRequest } from "./flows/webhook-request";
export type { SyncReport, SyncRequest } from "./flows/sync";
export type { RunReport } from "./flows/worker";
export type { Listener, Listeners } from "./flows/listeners";
export type { Handle, HandleOptions, Handler, HandlerContext } from "./flows/handle";
export type { Handlers, ParkedEvent } from "./flows/handle-desk";

export type { Entity, EntityOf, Key, Kind, Versioned, Write } from "./core/model/record";
export { KINDS, SCHEMA } from "./core/model/schema";
export type { ColumnType, KindSchema } from "./core/model/schema";
export type {
  Lists,
  ListName,
  Page,
  Paging,
  Query,
  ResultOf,
  Searches,
  SearchQuery,
  Storage,
} from "./ports/storage";
export type { Assistant, AssistantAnswer, AssistantRequest } from "./ports/assistant";
export type { Logger, Runtime } from "./ports/runtime";
