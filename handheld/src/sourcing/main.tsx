/** Sourcing: the rules by which it is decided who sends an order; written, tried on past orders, kept and put in force. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Notice } from "../look/parts";
import { call } from "../net/api";
import { pages } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { Editor, useRules } from "./editor";
import { barred, type Head, type Session, type Version, type Words } from "./shapes";
import { Templates } from "./templates";
import { say } from "./texts";
import { Try } from "./trial";
import { Versions } from "./versions";
import { Waiting } from "./waiting";
import "./style.css";

const LOOK_MS = 10_000;

interface Found { head: Head; versions: Version[]; why: ReturnType<typeof barred> }

function Page() {
  const speech = useLanguage();
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  const { found, trouble, look } = useFound<Found>(async () => {
    const [head, versions, session] = await Promise.all([
      call<Head>({}, "GET", "/api/v1/sourcing/"), pages<Version>("/api/v1/sourcing/rules"), call<Session>({}, "GET", "/api/v1/sessions/current")]);
    return { head, versions: versions.reverse(), why: barred(session) };
  });
  useEffect(() => {
    void look();
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : <Whole {...found} t={t} speech={speech} look={look} />}
    </Frame>
  );
}

function Whole({ head, versions, why, look, ...words }: Words & Found & { look: () => Promise<void> }) {
  const { t } = words;
  const rules = useRules(head.rules?.body ?? "", words);
  const [tried, setTried] = useState<number | null>(() => Number(/^#trial-(\d+)$/.exec(location.hash)?.[1]) || null);
  const show = (number: number): void => { history.replaceState(null, "", `#trial-${number}`); setTried(number); }; // it can be come back to
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed: look }, () => undefined);
  return (
    <main class="stack">
      <p class="dim">{t("intro")}</p>
      {why && <Notice tone="warn">{t(why)}</Notice>}
      <Said said={acts.said} />
      <div class="grid of-sourcing">
        <div class="stack">
          <Editor {...words} rules={rules} mayKeep={why === null} acts={acts} />
          <Try {...words} rules={rules} mayTry={why === null} number={tried} set={show} />
        </div>
        <div class="stack">
          <Waiting {...words} head={head} mayGo={why === null} acts={acts} />
          <Versions {...words} versions={versions} rules={rules} mayChange={why === null} acts={acts} />
          <Templates {...words} sites={head.sites} insert={rules.insert} />
        </div>
      </div>
    </main>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
