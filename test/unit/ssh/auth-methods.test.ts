import { describe, expect, test } from "vitest";
import { authAttempts, nextAttempt } from "../../../src/main/ssh/auth-methods.ts";
import { formatQuestions } from "../../../src/main/ssh/password-question.ts";
import { authFault, lostConnection } from "../../../src/main/ssh/ssh-errors.ts";

const target = { user: "pi", host: "10.0.0.9", port: 22 };
const everything = { privateKeys: ["key a", "key b"], agentSocket: "/agent", password: "secret" };

/** The types that are tried one after the other by a server that refuses each, and takes these. */
function tried(
  credentials: typeof everything | { privateKeys: string[]; agentSocket: null; password: string },
  taken: string[],
) {
  const attempts = authAttempts("pi", credentials, () => undefined);
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

  /** What a server that asks this is sent, and what is told of questions that are not answered. */
  function asked(...rounds: { prompt: string; echo: boolean }[][]) {
    const strange: string[] = [];
    const attempts = authAttempts("pi", everything, (questions) => strange.push(formatQuestions(questions)));
    const method = attempts.map((attempt) => attempt.method).find((each) => each.type === "keyboard-interactive");
    if (method?.type !== "keyboard-interactive") throw new Error("It is not tried.");
    const sent: string[][] = [];
    for (const prompts of rounds) method.prompt("", "", "", prompts, (given) => sent.push(given));
    return { sent, strange };
  }
  const password = { prompt: "Password: ", echo: false };

  test("one hidden question for the password is answered with it, and once only", () => {
    expect(asked([password])).toEqual({ sent: [["secret"]], strange: [] });
    expect(asked([], [password], [])).toEqual({ sent: [[], ["secret"], []], strange: [] });
    expect(asked([{ prompt: "(pi@10.0.0.9) Passwort: ", echo: false }]).sent).toEqual([["secret"]]);
    expect(asked([password], [password])).toEqual({ sent: [["secret"]], strange: ['"Password:"'] });
  });

  test.each([
    "Verification code: ",
    "One-time password (OATH) for `pi': ",
    "Enter PASSCODE: ",
    "Duo two-factor login",
    "New password: ",
    "",
    "Favourite colour: ",
  ])("%j is not answered, and told", (prompt) => {
    expect(asked([{ prompt, echo: false }]).sent).toEqual([]);
    expect(asked([{ prompt, echo: false }]).strange).toHaveLength(1);
    expect(asked([password], [{ prompt, echo: false }])).toMatchObject({ sent: [["secret"]] });
  });

  test("several questions, or one that is asked in the open, are not answered", () => {
    expect(asked([password, { prompt: "Verification code: ", echo: false }])).toEqual({
      sent: [],
      strange: ['"Password:", "Verification code:"'],
    });
    expect(asked([{ prompt: "Password: ", echo: true }]).sent).toEqual([]);
  });

  test("what a device asks is shown without what could steer a terminal", () => {
    expect(formatQuestions([{ prompt: "\u001b[2JCode\u0007\n" }])).toBe('"[2JCode"');
    expect(formatQuestions([{ prompt: "x".repeat(1000) }]).length).toBe(102);
  });

  test("of an agent, all keys or the chosen ones; none chosen is no agent", () => {
    const types = (agentKeys: string[]) =>
      authAttempts("pi", { ...everything, password: null, agentKeys }, () => undefined).map(({ name }) => name);
    expect(types([])).toEqual(["key", "key"]);
    expect(types(["AAAA"])).toEqual(["key", "key", "agent"]);
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
