/** The first administrator is made here, with the link that the server told at its start. */
import { useState } from "preact/hooks";
import { call } from "../net/api";
import { Card, Field, Notice } from "../look/parts";
import type { Speech } from "../pages/language";
import { say as textOf, type Key } from "./texts";
import "../look/tokens.css";
import "../look/base.css";

const FIELDS: [string, Key, boolean][] = [["badge", "badge", true], ["name", "name", true], ["password", "password", true], ["pin", "pin", false]];

export function Setup({ speech }: { speech: Speech }) {
  const [isDone, setDone] = useState(false);
  const [wrong, setWrong] = useState("");
  const t = (key: Key): string => textOf(speech.language, key);
  const token = location.hash.slice(1);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { pin, ...told } = Object.fromEntries([...new FormData(event.currentTarget as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
    setWrong("");
    try {
      await call({}, "POST", "/api/v1/setup", { token, ...told, ...(pin ? { pin } : {}) });
      setDone(true);
    } catch (error) {
      setWrong(speech.told(error));
    }
  };
  return (
    <div class="page">
      <header><h1>{t("setupTitle")}</h1><span class="right"><button onClick={speech.swap}>{speech.language === "en" ? "中文" : "English"}</button></span></header>
      <main class="signin"><Card>
        {isDone ? <p class="good">{t("created")} <a href="/dashboard">{t("signIn")}</a></p> : !token ? <Notice tone="bad">{t("wrongLink")}</Notice> : (
          <form class="stack" onSubmit={(event) => void submit(event)}>
            {FIELDS.map(([name, key, isNeeded]) => <Field key={name} label={t(key)}>{key === "password" || key === "pin" ? <input name={name} type="password" autocomplete="new-password" required={isNeeded} /> : <input name={name} type="text" autocomplete="off" required />}</Field>)}
            {wrong && <p class="bad">{wrong}</p>}
            <button class="main huge" type="submit">{t("create")}</button>
          </form>)}
      </Card></main>
    </div>
  );
}
