import { describe, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { storageSuite } from "../../../src/testing/index";

describe("memoryStorage", () => {
  storageSuite({ describe, it, create: async () => memoryStorage() });
});
