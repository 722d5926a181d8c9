import { afterAll, describe, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { storageSuite } from "../../../src/testing/index";

storageSuite({
  describe,
  it,
  after: afterAll,
  name: "memoryStorage",
  create: async () => memoryStorage(),
  without: {
    reopening: "nothing is kept",
    sharing: "the records belong to one storage",
    killing: "nothing is kept",
  },
});
