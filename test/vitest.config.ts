import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  // Tests and examples import the package by its own name; here that name means the source, as it does for the compiler.
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/e2e/**", "test/runtimes/**", "test/bench/**"],
    environment: "node",
    // By default one core is left idle, which on two is half of the machine.
    maxWorkers: "100%",
    // Focused, retried or empty runs look green without having tested anything.
    allowOnly: false,
    retry: 0,
    passWithNoTests: false,
    dangerouslyIgnoreUnhandledErrors: false,
    testTimeout: 15_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/ports/**"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html", "json-summary"],
    },
  },
});
