import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Suites, from the quickest to the slowest; scripts/test.ts prepares what each one needs. */
function project(name: string, include: string[], timeoutMs: number) {
  const isAlone = name === "unit" || name === "contract" || name === "fuzz";
  return {
    plugins: [react()],
    test: {
      name,
      include,
      environment: "node",
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      // The suites below the first three share real devices and one engine: one file after the other.
      fileParallelism: isAlone,
      // A shared machine may stand still for seconds: over real devices CI looks twice, and its output names what it saw so.
      retry: !isAlone && process.env.CI !== undefined ? 1 : 0,
      // Loading the sources anew for each of a hundred files takes longer than the tests; no test of these changes a module.
      isolate: name !== "unit" && name !== "contract",
    },
  };
}

export default defineConfig({
  test: {
    reporters: ["default"],
    // One less than there are, as it is otherwise, is half of a small machine.
    maxWorkers: "100%",
    projects: [
      project("unit", ["test/unit/**/*.test.{ts,tsx}", "test/regression/**/*.test.ts"], 30_000),
      project("fuzz", ["test/fuzz/**/*.fuzz.test.ts"], 30_000),
      project("contract", ["test/contract/**/*.test.ts"], 30_000),
      project("lab", ["test/lab/**/*.lab.test.ts"], 300_000),
      project("integration", ["test/integration/**/*.test.ts"], 180_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 180_000),
    ],
  },
});
