import { useState } from "preact/hooks";
import { call } from "../net/api";
import { Act } from "./parts";
import type { Station, Words } from "./shapes";

/** A port that something was plugged into and no device uses: offered for a new scanner of a station. */
export function PortCard({ url, stations, t, changed }: Words & { url: string; stations: Station[]; changed: () => Promise<void> }) {
  const [at, setAt] = useState(0);
  const [name, setName] = useState("scanner");
  const station = stations[at];
  const bind = async (): Promise<void> => {
    if (!station) return;
    await call({}, "POST", `/api/v1/stations/${encodeURIComponent(station.code)}/scanners?site=${encodeURIComponent(station.site)}`, { name, url });
    await changed();
  };
  return (
    <article class="port"><h3>{url.slice(url.lastIndexOf("/") + 1)}</h3>
      {station ? <p class="acts">
        <label>{t("station")}<select value={at} onChange={(event) => setAt(Number(event.currentTarget.value))}>{stations.map((one, number) => <option key={`${one.site}/${one.code}`} value={number}>{one.code}</option>)}</select></label>
        <label>{t("name")}<input value={name} maxLength={32} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <Act label={t("bind")} act={bind} />
      </p> : <p class="dim">{t("noStations")}</p>}
    </article>
  );
}
