/** One question of keyboard-interactive (RFC 4256): its text, and whether what is typed is shown. */
export interface Question {
  prompt: string;
  echo?: boolean | undefined;
}

/** What a password is called where PAM speaks the language of the device. */
const passwordWords =
  /pass\s?word|passwort|kennwort|contrase|mot de passe|senha|palavra-passe|wachtwoord|adgangskode|l[oö]senord|salasana|parola|has[lł]o|heslo|jelsz[oó]|парол|κωδικ|密码|密碼|パスワード|암호/i;

/** A one-time code, another factor, or a new password: the one that is kept is a wrong answer to these. */
const otherWords =
  /one.?time|otp|oath|\bcode\b|token|verif|factor|yubi|duo|authenticator|\bpin\b|passcode|\bnew\b|\bneu|retype|again/i;

/** True when the question is plainly for the user's password: hidden, and called so. */
export function isPasswordQuestion({ prompt, echo }: Question): boolean {
  return echo !== true && passwordWords.test(prompt) && !otherWords.test(prompt);
}

/** The questions as they may be shown: a device's text, without what could steer a terminal, and not endless. */
export function formatQuestions(questions: readonly Question[]): string {
  const shown = questions.slice(0, 4).map(({ prompt }) => {
    const text = prompt
      .replaceAll(/\p{Cc}/gu, " ")
      .trim()
      .slice(0, 100);
    return JSON.stringify(text === "" ? "(nothing)" : text);
  });
  return shown.join(", ");
}
