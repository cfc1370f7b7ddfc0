import { describe, expect, test } from "vitest";
import { authAttempts, nextAttempt } from "../../../src/main/ssh/auth-methods.ts";
import { authFault, lostConnection } from "../../../src/main/ssh/ssh-errors.ts";

const target = { user: "pi", host: "10.0.0.9", port: 22 };
const everything = { privateKeys: ["key a", "key b"], agentSocket: "/agent", password: "secret" };

/** The types that are tried one after the other by a server that refuses each, and takes these. */
function tried(
  credentials: typeof everything | { privateKeys: string[]; agentSocket: null; password: string },
  taken: string[],
) {
  const attempts = authAttempts("pi", credentials);
  const types: string[] = [];
  for (let known: string[] = []; ; known = taken) {
    const attempt = nextAttempt(attempts, known);
    if (attempt === undefined) return types;
    types.push(attempt.method.type);
  }
}

describe("what is tried, in which order", () => {
  test("keys, the password before an agent that may hold too many, and the password once", () => {
    expect(tried(everything, ["publickey", "password", "keyboard-interactive"])).toEqual([
      "publickey",
      "publickey",
      "password",
      "agent",
    ]);
  });

  test("a server without keys is tried with no more of them", () => {
    expect(tried(everything, ["password"])).toEqual(["publickey", "password"]);
  });

  test("a server that only asks questions gets the password as an answer", () => {
    expect(tried(everything, ["keyboard-interactive"])).toEqual(["publickey", "keyboard-interactive"]);
    expect(tried({ privateKeys: [], agentSocket: null, password: "secret" }, ["keyboard-interactive"])).toEqual([
      "password",
      "keyboard-interactive",
    ]);
  });

  test("a server without passwords never gets it in another form", () => {
    expect(tried(everything, ["publickey"])).toEqual(["publickey", "publickey", "agent"]);
  });

  test("only hidden questions are answered with the password", () => {
    const method = authAttempts("pi", everything).map((attempt) => attempt.method);
    const interactive = method.find((each) => each.type === "keyboard-interactive");
    if (interactive?.type !== "keyboard-interactive") throw new Error("It is not tried.");
    let answers: string[] = [];
    const prompts = [
      { prompt: "Password: ", echo: false },
      { prompt: "Favourite colour: ", echo: true },
    ];
    interactive.prompt("", "", "", prompts, (given) => {
      answers = given;
    });
    expect(answers).toEqual(["secret", ""]);
  });
});

describe("what people are told", () => {
  test("a wrong password: one sentence, and what to do", () => {
    const fault = authFault(target, ["password"], ["key", "password"]);
    expect(fault.message).toBe("pi@10.0.0.9:22 does not accept this password (tried: key, password).");
    expect(fault.hint).toContain("give the right password");
  });

  test("no password given, or none taken: what the server takes", () => {
    expect(authFault(target, ["publickey", "password"], ["key"]).message).toContain("takes: publickey, password.");
    expect(authFault(target, ["publickey", "password"], ["key"]).hint).toContain("or give its password");
    expect(authFault(target, ["publickey"], ["password"]).message).toContain("takes: publickey.");
  });

  test.each(["it broke", "it broke.", "it broke. ", "it broke..."])("a lost connection, %j: one full stop", (why) => {
    expect(lostConnection(target, why).message).toBe("The connection to 10.0.0.9:22 was lost: it broke.");
  });
});
