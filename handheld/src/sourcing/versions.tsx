/** The texts that were kept: opened again, put in force. */
import { useState } from "preact/hooks";
import { Thing, type Acting } from "../dashboard/lists";
import { Card, Chip, Empty, Panel } from "../look/parts";
import { call } from "../net/api";
import type { Rules } from "./editor";
import type { Version, Words } from "./shapes";

const TONES = { draft: "", active: "good", retired: "" } as const;

export function Versions({ versions, rules, mayChange, acts, ...words }: Words & { versions: Version[]; rules: Rules; mayChange: boolean; acts: Acting }) {
  const { t, speech } = words;
  const [asked, setAsked] = useState<Version | null>(null);
  const active = versions.find((one) => one.state === "active");
  const at = (moment: number): string => new Date(moment).toLocaleString(speech.language, { dateStyle: "medium", timeStyle: "short", hour12: false } as Intl.DateTimeFormatOptions);
  const activate = async (one: Version): Promise<string> => {
    await call({}, "POST", `/api/v1/sourcing/rules/${one.id}/activate`);
    return t("activated", { name: one.name });
  };
  return (
    <Card title={t("versions")}>
      <div class="stack">
        {!versions.length && <Empty>{t("noVersions")}</Empty>}
        {versions.map((one) => (
          <Thing key={one.id} title={one.name} chip={<Chip tone={TONES[one.state]}>{t(`state.${one.state}`)}</Chip>}
            facts={<>{t("madeBy", { who: one.made_by, at: at(one.made_at) })}{one.active_from !== null && <> · {t("since", { at: at(one.active_from) })}</>}</>}>
            <button onClick={() => rules.open(one.body)} aria-label={`${t("open")}: ${one.name}`} disabled={rules.body === one.body}>{t("open")}</button>
            {mayChange && one.state !== "active" && <button disabled={acts.isBusy} aria-label={`${t("activate")}: ${one.name}`} onClick={() => setAsked(one)}>{t("activate")}</button>}
          </Thing>))}
        {asked && (
          <Panel title={t("activateTitle", { name: asked.name })} close={() => setAsked(null)} closeText={t("close")}>
            <p>{t("activateHow")}</p>
            <p>{active ? t("activateBefore", { name: active.name }) : t("activateFirst")}</p>
            <pre class="shown">{asked.body}</pre>
            <div class="row"><button class="main" onClick={() => { setAsked(null); acts.act(() => activate(asked)); }}>{t("activate")}</button><button onClick={() => setAsked(null)}>{t("notYet")}</button></div>
          </Panel>)}
      </div>
    </Card>
  );
}
