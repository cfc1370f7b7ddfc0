export { openStack, requireStack } from "./compose/open-stack.ts";
