/** What more of an item comes when, and nobody waits for. */
import { useEffect, useState } from "preact/hooks";
import { call } from "../net/api";
import type { Words } from "./shapes";

interface Promised { items: { sites: { expected: { at: number; quantity: number; free: number }[] }[] }[] }

export function Coming({ site, item, available, t, speech }: Words & { site: string; item: string; available: number }) {
  const [first, setFirst] = useState<{ at: number; free: number } | null>(null);
  useEffect(() => {
    let isOver = false;
    void call<Promised>({}, "GET", `/api/v1/stock/promise?item=${encodeURIComponent(item)}&site=${encodeURIComponent(site)}`).then(
      ({ items }) => { if (!isOver) setFirst(items[0]?.sites[0]?.expected.find((one) => one.free > 0) ?? null); }, () => undefined);
    return () => { isOver = true; };
  }, [site, item, available]);
  if (!first) return null;
  const day = new Date(Math.max(first.at, Date.now())).toLocaleDateString(speech.language, { day: "numeric", month: "short" });
  return <span class="dim">{t("moreFrom", { count: first.free, day })}</span>;
}
