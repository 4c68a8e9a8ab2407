/** What is open about an order, on the order's own page, with the same buttons. */
import { useEffect, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Card } from "../look/parts";
import { items } from "../net/lists";
import type { Speech } from "../pages/language";
import { One } from "./one";
import { mayOwn, type Exception, type Owner, type Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const LOOK_MS = 8_000;

export function OfOrder({ speech, number, changed }: { speech: Speech; number: string; changed: () => Promise<void> }) {
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  const [rows, setRows] = useState<Exception[]>([]);
  const [owners, setOwners] = useState<Owner[]>([]);
  const look = (): void => void items<Exception>(`/api/v1/orders/${encodeURIComponent(number)}/exceptions`).then(setRows, () => undefined); // the page itself says what is wrong
  useEffect(() => {
    look();
    const timer = setInterval(() => document.visibilityState === "visible" && look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [number, speech.language]);
  useEffect(() => void items<Owner>("/api/v1/workers?limit=200").then((all) => setOwners(mayOwn(all)), () => undefined), []);
  const acts = useActs({ t: t as unknown as Parameters<typeof useActs>[0]["t"], changed }, look);
  if (!rows.length && !acts.said) return null;
  return (
    <Card title={t("title")}>
      <div class="stack">
        <Said said={acts.said} />
        {rows.map((one) => <One key={one.id} t={t} speech={speech} one={one} acts={acts} owners={owners} showsOrder={false} />)}
      </div>
    </Card>
  );
}
