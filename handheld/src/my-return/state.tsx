/** How a return is, by its secret link: the number, the label, where it goes, what came. */
import { useEffect, useState } from "preact/hooks";
import { Card, Notice, type Tone } from "../look/parts";
import { byLink, day, money, type Told, type Words } from "./shapes";

const LOOK_MS = 30_000;

export function State({ token, ...words }: Words & { token: string }) {
  const { t, speech } = words;
  const [told, setTold] = useState<Told | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const look = async (): Promise<void> => {
    try {
      setTold((await (await byLink(token, "my-return")).json()) as Told);
      setWrong(null);
    } catch (error) {
      setWrong(error);
    }
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [token, speech.language]);
  return (
    <>
      {wrong !== null && <Notice tone="bad" act={<button onClick={() => void look()}>{t("again")}</button>}>{speech.told(wrong)}</Notice>}
      {told && <Whole {...words} told={told} token={token} />}
      {(told === null || told.state !== "announced") && <a class="button" href="/my-return">‹ {t("back")}</a>}
    </>
  );
}

function Whole({ told, token, ...words }: Words & { told: Told; token: string }) {
  const { t, speech } = words;
  const [tone, sentence] = saidOf(told, words);
  const isWaiting = told.state === "announced";
  return (
    <>
      <Notice tone={tone}>{sentence}{isWaiting && told.expires_at !== null && <> {t("expires", { day: day(told.expires_at, speech.language) })}</>}</Notice>
      {told.is_sent && told.state !== "settled" && <Notice tone="good">{t("sent")}</Notice>}
      <section class="number"><h2>{t("number")}</h2><p>{told.number}</p></section>
      {isWaiting && <Label {...words} token={token} number={told.number} />}
      {isWaiting && <Card title={t("sendTo")}><address><b>{told.to}</b>{told.address && <><br />{told.address}</>}</address></Card>}
      <Card title={t("comes")}><ul class="goods">{told.lines.map((one) => <li key={one.name}><span class="name">{one.quantity} × {one.name}</span>{one.came > 0 && <span class="good">{t("came", { came: one.came, count: one.quantity })}</span>}</li>)}</ul></Card>
      <Keep {...words} />
    </>
  );
}

function saidOf(told: Told, { t, speech }: Words): [Tone, string] {
  if (told.state !== "settled") return [told.state === "announced" || told.state === "received" ? "act" : "warn", t(`state_${told.state}`)];
  if (told.outcome === "refused") return ["warn", t("state_refused", { why: told.why })];
  if (told.outcome === "exchange") return ["good", t("state_exchange")];
  return ["good", told.amount > 0 && told.currency ? t("state_refund", { amount: money(told.amount, told.currency, speech.language) }) : t("state_refundNothing")];
}

function Label({ token, number, t }: Words & { token: string; number: string }) {
  const [wrong, setWrong] = useState(false);
  const get = async (): Promise<void> => {
    try {
      const address = URL.createObjectURL(await (await byLink(token, "my-return/label.pdf")).blob());
      const link = document.createElement("a");
      link.href = address;
      link.download = `${number}.pdf`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      setWrong(false);
    } catch {
      setWrong(true);
    }
  };
  return (
    <section class="stack">
      <button class="main huge" onClick={() => void get()}>{t("label")}</button>
      {wrong && <Notice tone="bad">{t("labelFailed")}</Notice>}
      <p class="dim">{t("noPrinter")}</p>
    </section>
  );
}

function Keep({ t }: Words) {
  const [isCopied, setCopied] = useState(false);
  return (
    <section class="stack tight">
      <p>{t("keep")}</p>
      {navigator.clipboard && <button onClick={() => void navigator.clipboard.writeText(location.href).then(() => setCopied(true)).catch(() => undefined)}>{t(isCopied ? "copied" : "copy")}</button>}
    </section>
  );
}
