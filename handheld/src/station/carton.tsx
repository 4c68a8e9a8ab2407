/** Which carton to take, as a picture, and in which order it is filled; whoever takes another scans its label. */
import { useEffect } from "preact/hooks";
import { slotOf } from "../floor/fillTask";
import type { Form } from "../floor/types";
import { drawn, useAdvice } from "../pda/cartons";
import type { Handheld } from "../pda/handheld";
import type { T } from "./texts";

export interface Content {
  item: string;
  name: string;
  quantity: number;
  picture?: string | null;
}

export function Carton({ handheld, form, contents, scanned, t }: { handheld: Handheld; form: Form; contents: Content[]; scanned: number; t: T }) {
  const release = String(form.info?.["carton_for"]);
  const advice = useAdvice(handheld, release, JSON.stringify([release, contents.map((one) => [one.item, one.quantity])]));
  const slot = slotOf(form, "carton");
  const first = advice?.first ?? null;
  const told = first?.carton ?? null;
  const standing = slot?.default ?? null;
  useEffect(() => {
    if (advice && slot && standing !== told) void handheld.advised(form.id, told);
  }, [form.id, advice, told, standing]);
  const taken = String(slot?.value ?? standing ?? told ?? "");
  if (!taken) return null;
  const isAdvised = first !== null && taken === first.carton;
  const rest = isAdvised ? (advice?.cartons ?? []).map((one) => ({ ...one, count: one.count - Number(one.carton === taken) })).filter((one) => one.count > 0) : [];
  const step = isAdvised ? (first.steps[Math.min(scanned, first.steps.length - 1)] ?? null) : null; // the picture goes along with what is scanned
  const picture = step?.picture ?? (isAdvised ? first.picture : "");
  return (
    <section class="carton">
      <h2>{t("take")}</h2>
      <b class="far-l">{taken}</b>
      {isAdvised && <small>{[first.length_mm, first.width_mm, first.height_mm].join(" × ")} mm</small>}
      {picture && <img src={drawn(picture)} alt="" />}
      {rest.length > 0 && <p>{t("then", { cartons: rest.map((one) => `${one.count} × ${one.carton}`).join(", ") })}</p>}
    </section>
  );
}
