/** Where a supervisor signs in, on whatever page they opened. */
import { useState } from "preact/hooks";
import { call } from "../net/api";
import { Card, Field, Notice } from "../look/parts";
import type { Speech } from "./language";
import { say } from "./texts";

export function SignIn({ speech, done }: { speech: Speech; done: () => void }) {
  const [wrong, setWrong] = useState("");
  const [isAsking, setAsking] = useState(false);
  const t = (key: Parameters<typeof say>[1]): string => say(speech.language, key);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const told = Object.fromEntries([...new FormData(event.currentTarget as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
    setWrong("");
    setAsking(true);
    try {
      await call({}, "POST", "/api/v1/sessions", told);
      done();
    } catch (error) {
      setWrong(speech.told(error));
    }
    setAsking(false);
  };
  return (
    <main class="signin">
      <Card title={t("signInTitle")}>
        <form class="stack" onSubmit={(event) => void submit(event)}>
          <Field label={t("badge")}><input name="badge" required autocomplete="username" autocapitalize="characters" /></Field>
          <Field label={t("password")}><input name="password" type="password" required autocomplete="current-password" /></Field>
          {wrong && <Notice tone="bad">{wrong}</Notice>}
          <button class="main huge" type="submit" disabled={isAsking}>{t("signIn")}</button>
        </form>
      </Card>
    </main>
  );
}
