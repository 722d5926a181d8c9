export { createSimulator } from "./create-simulator";
export type { Simulator, SimulatedPhone } from "./simulator";
export type { BotOptions, SimulatedBot } from "./bot";
export type {
  CopiesFault,
  DelayMs,
  FaultCounts,
  FaultName,
  FaultOptions,
  FaultRate,
  LateFault,
  OutageFault,
  RefusalFault,
  ReorderFault,
  TooManyFault,
} from "./faults/fault-options";
export type {
  CopiesSetting,
  FaultSettings,
  LateSetting,
  OutageSetting,
  PlainSetting,
  RefusalSetting,
  TooManySetting,
} from "./faults/fault-settings";
export type { MsRange } from "./faults/fault-values";
export type {
  AccountOptions,
  ApiKeyOptions,
  DeliveryOptions,
  NumberConfiguration,
  NumberOptions,
  Outcome,
  SenderKind,
  ServiceConfiguration,
  ServiceOptions,
  SimulatorOptions,
} from "./options";
export type { Now, SetTimer } from "./clock";
export type { TextResult } from "./inbound/inbox";
export type { TextMedia } from "./inbound/text";
export type { PhoneMedia, PhoneMessage } from "./phones";
export type { DebuggerEntry, RequestRecord, WebhookAnswer, WebhookKind, WebhookRecord } from "./journal";
export type { MediaContent, MediaItem, Message, MessageDirection, MessageStatus } from "./messages/message";
