/** The versions of a label, the newest first, and which of them prints: in all warehouses, or in one of them. */
import { useState } from "preact/hooks";
import { Act } from "../devices/parts";
import { versionAt, type Listed, type Opened, type Reach, type Version, type Words } from "./shapes";

export interface Deeds {
  open: (version: number) => Promise<void>;
  openOurs: () => Promise<void>;
  /** In a warehouse, or with "" in all of them. */
  putLive: (version: number, site: string) => Promise<void>;
  takeBack: (site: string) => Promise<void>;
}

export function Versions({ versions, listed, opened, reach, sites, deeds, language, t }: {
  versions: Version[]; listed: Listed | undefined; opened: Opened; reach: Reach; sites: string[]; deeds: Deeds; language: string; t: Words["t"];
}) {
  const [chosen, setChosen] = useState("");
  const isAdmin = reach !== "none";
  const where = chosen || (reach === "site" ? (sites[0] ?? "") : "");
  const now = versionAt(listed, where);
  const hasOwn = listed?.sites.some((one) => one.site === where) ?? false;
  const mayChange = isAdmin && (reach === "all" || where !== "");
  const when = (at: number): string => new Date(at).toLocaleString(language, { dateStyle: "short", timeStyle: "short", hour12: false });
  return (
    <section class="versions"><h2>{t("versions")}</h2>
      {isAdmin && <Where {...{ reach, sites, where, t }} choose={setChosen} />}
      {mayChange && hasOwn && <p class="acts"><Act label={t("noOwn", { site: where })} act={() => deeds.takeBack(where)} /></p>}
      {listed?.is_ours && <div class={opened.version === null ? "version chosen" : "version"}><p><b>{t("ours")}</b> <span class={now === null ? "good" : "dim"}>{t(now === null ? "prints" : "printsNot")}</span></p>
        {isAdmin && <p class="acts">{opened.version !== null && <Act label={t("open")} act={deeds.openOurs} />}
          {reach === "all" && !where && now !== null && <Act label={t("takeBack")} act={() => deeds.takeBack("")} />}</p>}</div>}
      {versions.length === 0 && <p class="dim">{t("noVersions")}</p>}
      {[...versions].reverse().map((one) => (
        <div key={one.version} class={one.version === opened.version ? "version chosen" : "version"}>
          <p><b>{t("version", { version: one.version })}</b> <span class={one.version === now ? "good" : "dim"}>{stateOf(one, listed, now, t)}</span><br />
            <span class="dim">{one.created_by} · {when(one.created_at)}</span></p>
          {isAdmin && <p class="acts">{one.version !== opened.version && <Act label={t("open")} act={() => deeds.open(one.version)} />}
            {mayChange && one.version !== now && <Act label={t("putLive")} act={() => deeds.putLive(one.version, where)} />}
            {reach === "all" && !where && one.version === now && !listed?.is_ours && <Act label={t("takeOut")} act={() => deeds.takeBack("")} />}</p>}
        </div>
      ))}
    </section>
  );
}

/** For which warehouse one looks and decides; who administers one has no choice. */
function Where({ reach, sites, where, choose, t }: { reach: Reach; sites: string[]; where: string; choose: (site: string) => void; t: Words["t"] }) {
  if (reach === "site") return <p class="dim">{t("onlyHere", { site: where })}</p>;
  return (
    <label><span>{t("where")}</span><select value={where} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{t("everywhere")}</option>{sites.map((site) => <option key={site} value={site}>{site}</option>)}</select></label>
  );
}

/** Where a version prints: where one looks, elsewhere, or nowhere any more or yet. */
function stateOf(one: Version, listed: Listed | undefined, now: number | null, t: Words["t"]): string {
  const own = listed?.sites.filter((other) => other.version === one.version).map((other) => other.site) ?? [];
  const state = one.version === now ? t("live") : one.state === "live" ? t("elsewhere") : own.length ? "" : t(one.state);
  return [state, own.length ? t("printsIn", { sites: own.join(", ") }) : ""].filter(Boolean).join(" · ");
}
