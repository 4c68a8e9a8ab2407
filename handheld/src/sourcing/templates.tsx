/** Ready lines to begin with, each with what a unit of its weight counts. */
import { Card } from "../look/parts";
import type { Words } from "./shapes";
import { LINES } from "./texts";

export function Templates({ sites, insert, t, speech }: Words & { sites: string[]; insert: (line: string) => void }) {
  const [one = "W1", other = one] = sites.map(quoted);
  return (
    <Card title={t("templates")}>
      <p class="tip">{t("templatesTip")}</p>
      <ul class="plain templates">{LINES.map((line) => {
        const written = line[speech.language].replace("{one}", one).replace("{other}", other);
        return <li key={line.key}><button class="line" onClick={() => insert(written)} aria-describedby={`tip-${line.key}`}><code>{written}</code></button><p class="tip" id={`tip-${line.key}`}>{t(`line.${line.key}`)}</p></li>;
      })}</ul>
    </Card>
  );
}

/** A warehouse as a rule names it. */
const quoted = (code: string): string => (/^[A-Za-z_][\w-]*$/.test(code) ? code : `"${code}"`);
