/** A device as a card: its name, how it is, its facts, what can be done with it. */
import type { ComponentChildren } from "preact";
import { useContext, useState } from "preact/hooks";
import { Told } from "../pages/language";

export function Device({ name, place, state, isGood, children }: { name: string; place?: string; state: string; isGood: boolean | null; children: ComponentChildren }) {
  return (
    <article>
      <h3>{name}{place && <span class="dim"> {place}</span>}</h3>
      <p class={isGood === null ? "dim" : isGood ? "good" : "bad"}>● {state}</p>
      {children}
    </article>
  );
}

/** What has no value is left out. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return <dl>{rows.filter(([, value]) => value !== "" && value !== null && value !== undefined).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

/** Does one thing at a time, and says what went wrong. */
export function Act({ label, isMain, act }: { label: string; isMain?: boolean; act: () => Promise<void> }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const told = useContext(Told);
  const go = (): void => {
    setBusy(true);
    setError(null);
    void act().catch(setError).finally(() => setBusy(false));
  };
  return <><button class={isMain ? "main" : ""} disabled={isBusy} onClick={go}>{label}</button>{error !== null && <span class="bad">{told(error)}</span>}</>;
}
