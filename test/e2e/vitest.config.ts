import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests in a real browser. They need `npm ci --prefix test/e2e` and a chromium, whose path may stand in CHROMIUM_PATH. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/e2e/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    environment: "node",
    allowOnly: false,
    retry: 0,
    passWithNoTests: false,
    // One browser at a time: the machine has two cores, and a page that waits for a core looks like a slow page.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
