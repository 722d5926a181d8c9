export { STORAGE_CASES, storageSuite, type StorageSuiteOptions } from "./storage-suite";
export type { StorageCase, StorageCaseSetting } from "./storage/storage-case";
