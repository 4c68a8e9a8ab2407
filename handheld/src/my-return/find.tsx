/** Which order it is, and what shows that it is theirs. */
import { useState } from "preact/hooks";
import { Field, Notice } from "../look/parts";
import { call } from "../net/api";
import type { Found, Proved, Words } from "./shapes";

/** A shop may link to the page with the number of the order. */
const ASKED = new URLSearchParams(location.search).get("order") ?? "";

export function Find({ found, t, speech }: Words & { found: (orders: Found[], by: Proved) => void }) {
  const [by, setBy] = useState<Proved>({ reference: ASKED, proof: "" });
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>(null);
  const look = async (): Promise<void> => {
    setBusy(true);
    setWrong(null);
    try {
      found((await call<{ orders: Found[] }>({}, "POST", "/api/v1/my-return/find", by)).orders, by);
    } catch (error) {
      setWrong(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void look(); }}>
      <p>{t("first")}</p>
      <Field label={t("reference")} tip={t("referenceTip")}><input name="reference" required maxLength={128} autocomplete="off" value={by.reference} onInput={(event) => setBy({ ...by, reference: event.currentTarget.value })} /></Field>
      <Field label={t("proof")} tip={t("proofTip")}><input name="proof" required maxLength={16} autocomplete="off" value={by.proof} onInput={(event) => setBy({ ...by, proof: event.currentTarget.value })} /></Field>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      <button class="main huge" type="submit" disabled={isBusy}>{t(isBusy ? "finding" : "find")}</button>
    </form>
  );
}
