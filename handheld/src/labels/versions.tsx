/** The versions of a label, the newest first, and which of them prints. */
import { Act } from "../devices/parts";
import type { Listed, Opened, Version, Words } from "./shapes";

export interface Deeds {
  open: (version: number) => Promise<void>;
  openOurs: () => Promise<void>;
  putLive: (version: number) => Promise<void>;
  takeBack: () => Promise<void>;
}

export function Versions({ versions, listed, opened, isAdmin, deeds, language, t }: {
  versions: Version[]; listed: Listed | undefined; opened: Opened; isAdmin: boolean; deeds: Deeds; language: string; t: Words["t"];
}) {
  const when = (at: number): string => new Date(at).toLocaleString(language, { dateStyle: "short", timeStyle: "short", hour12: false });
  return (
    <section class="versions"><h2>{t("versions")}</h2>
      {listed?.is_ours && <div class={opened.version === null ? "version chosen" : "version"}><p><b>{t("ours")}</b> <span class={listed.live === null ? "good" : "dim"}>{t(listed.live === null ? "prints" : "printsNot")}</span></p>
        {isAdmin && <p class="acts">{opened.version !== null && <Act label={t("open")} act={deeds.openOurs} />}
          {listed.live !== null && <Act label={t("takeBack")} act={deeds.takeBack} />}</p>}</div>}
      {versions.length === 0 && <p class="dim">{t("noVersions")}</p>}
      {[...versions].reverse().map((one) => (
        <div key={one.version} class={one.version === opened.version ? "version chosen" : "version"}>
          <p><b>{t("version", { version: one.version })}</b> <span class={one.state === "live" ? "good" : "dim"}>{t(one.state)}</span><br />
            <span class="dim">{one.created_by} · {when(one.created_at)}</span></p>
          {isAdmin && <p class="acts">{one.version !== opened.version && <Act label={t("open")} act={() => deeds.open(one.version)} />}
            {one.state !== "live" && <Act label={t("putLive")} act={() => deeds.putLive(one.version)} />}
            {one.state === "live" && !listed?.is_ours && <Act label={t("takeOut")} act={deeds.takeBack} />}</p>}
        </div>
      ))}
    </section>
  );
}
