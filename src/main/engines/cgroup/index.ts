export {
  parseCpuacctUsageV1,
  parseCpuStatV1,
  parseCpuStatV2,
  parseQuotaCoresV1,
  parseQuotaCoresV2,
  type Throttling,
} from "./cpu.ts";
export { parseCounter, parseFlatKeyed } from "./flat-keyed.ts";
export { cacheBytes, countedMemoryBytes, type MemorySplit } from "./memory-split.ts";
export { parseLimitV1, parseMemoryStatV1, parseOomControlV1, splitMemoryV1 } from "./memory-v1.ts";
export {
  type MemoryEventsV2,
  parseLimitV2,
  parseMemoryEventsV2,
  parseMemoryStatV2,
  splitMemoryV2,
} from "./memory-v2.ts";
