/** How many orders wait to be sourced together, and the button that does not wait for the clock. */
import type { Acting } from "../dashboard/lists";
import { Card, Notice } from "../look/parts";
import { call } from "../net/api";
import type { Head, Words } from "./shapes";

export function Waiting({ head, mayGo, acts, t, speech }: Words & { head: Head; mayGo: boolean; acts: Acting }) {
  const count = head.waiting.toLocaleString(speech.language);
  const go = async (): Promise<string> => {
    await call({}, "POST", "/api/v1/sourcing/together");
    return t("asked", { n: count });
  };
  return (
    <Card title={t("inForce")}>
      <div class="stack">
        {head.rules ? <p><b>{head.rules.name}</b></p> : <Notice>{t("noRules")}</Notice>}
        <div class="row"><p class="grow">{t("waiting", { n: count })} {head.waiting > 0 && <a href="/orders?hold=sourcing">{t("showThem")}</a>}<br /><span class="tip">{t("waitingTip")}</span></p>
          {mayGo && <button disabled={acts.isBusy || head.waiting === 0} onClick={() => acts.act(go)}>{t("together")}</button>}</div>
      </div>
    </Card>
  );
}
