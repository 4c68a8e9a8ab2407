/** Which station this screen is at: what each is, which devices it has and how they are. */
import { useEffect, useState } from "preact/hooks";
import { Chip } from "../look/parts";
import { ApiError, call } from "../net/api";
import { Band, Head, stateKey, type Trouble } from "./parts";
import { isBroken, WORKED_AT, type Station } from "./shapes";
import type { Key, T } from "./texts";

export function Choice({ t, swap, choose, isGone }: { t: T; swap: preact.JSX.Element; choose: (code: string) => void; isGone: boolean }) {
  const [stations, setStations] = useState<Station[] | null>(null);
  const [trouble, setTrouble] = useState<Trouble>(null);
  useEffect(() => {
    call<{ items: Station[] }>({}, "GET", "/api/v1/stations").then((found) => setStations(found.items), (error: unknown) => {
      const status = error instanceof ApiError ? error.status : 0;
      setTrouble(status === 401 || status === 403 ? "signIn" : "away");
    });
  }, []);
  return (
    <>
      <Head code="Aisle" about={t("stations")}>{swap}</Head>
      {isGone && <Band tone="warn" mark="!">{t("gone")}</Band>}
      {trouble === "signIn" ? <SignInFirst t={t} /> : (
        <main class="choice">
          <p class="far">{trouble ? t("away") : stations?.length === 0 ? t("none") : t("choose")}</p>
          <div class="grid">{stations?.map((one) => (
            <button key={one.code} class="station-card" onClick={() => choose(one.code)}>
              <span class="row"><b class="far grow">{one.code}</b><Chip>{t(one.kind as Key)}</Chip></span>
              <span class="dim">{one.location} · {t(`${one.kind}Does` as Key)}</span>
              <span class="row">{one.peripherals.length ? one.peripherals.map((device) => (
                <Chip key={device.name} tone={isBroken(device) ? "bad" : device.state === "connected" ? "good" : ""}>{t(device.kind as Key)}: {t(stateKey(device))}</Chip>)) : <Chip>{t("noDevices")}</Chip>}
                {typeof one.settings["printer"] === "string" && <Chip>{t("printer")}: {one.settings["printer"]}</Chip>}
                {WORKED_AT.has(one.kind) && <Chip tone={one.screen === null ? "warn" : "good"}>{t(one.screen === null ? "hasNoScreen" : "hasScreen")}</Chip>}</span>
            </button>))}</div>
        </main>)}
    </>
  );
}

export const SignInFirst = ({ t }: { t: T }) => <main class="choice"><p class="far">{t("signIn")}</p><a class="button huge main" href="/dashboard">{t("toSignIn")}</a></main>;
