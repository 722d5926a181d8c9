export { storageSuite, type DeclareTest, type StorageSuiteOptions } from "./storage-suite";
export { runStorageSuite, type RunStorageSuiteOptions } from "./run-storage-suite";
export {
  storageReportTable,
  type StorageCapabilityReport,
  type StorageCaseReport,
  type StorageOutcome,
  type StorageReport,
} from "./storage-report";
export type { StorageUnderTest } from "./storage/capabilities";
export { STORAGE_CASES } from "./storage/storage-rules";
export type {
  KilledWriter,
  StorageCapability,
  StorageCase,
  StorageCaseSetting,
} from "./storage/storage-case";
export { writeUntilKilled } from "./storage/write-until-killed";
export {
  changedRecord,
  SAMPLE_ACCOUNT,
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleRecord,
  sampleTask,
} from "./storage/sample-records";
