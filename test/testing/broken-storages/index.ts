import { COMMITS } from "./commits";
import { COPIES_AND_CONTENT } from "./copies-and-content";
import { LISTS } from "./lists";
import { LIVES_AND_CONNECTIONS } from "./lives-and-connections";
import { SEARCHES } from "./searches";
import type { BrokenStorages } from "./spoiling";
import { UNIQUES_AND_KEYS } from "./uniques-and-keys";
import { VERSIONS } from "./versions";

/** Storages that are wrong in one way each, by what they do. */
export const BROKEN_STORAGES: BrokenStorages = {
  ...VERSIONS,
  ...COMMITS,
  ...UNIQUES_AND_KEYS,
  ...COPIES_AND_CONTENT,
  ...LISTS,
  ...LIVES_AND_CONNECTIONS,
  ...SEARCHES,
};
