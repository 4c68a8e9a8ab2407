/** One label: its description, its picture, its values, its versions, and a print of it. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { drawZpl, SIDE_DOTS_MAX } from "../devices/drawing";
import { Act } from "../devices/parts";
import { call } from "../net/api";
import { Editor, type Fault } from "./editor";
import { Form } from "./form";
import { Picture } from "./picture";
import { placeOf } from "./place";
import { Previewer, type Shown } from "./preview";
import { Print } from "./print";
import { versionAt, type Listed, type Opened, type Printer, type Reach, type Version, type Words } from "./shapes";
import { valuesOf, type Typed } from "./values";
import { Versions, type Deeds } from "./versions";

const PAUSE_MS = 300;
const PREVIEW_MS = 20_000;

interface Whole extends Words {
  opened: Opened;
  listed: Listed | undefined;
  versions: Version[];
  printers: Printer[];
  reach: Reach;
  language: string;
  deeds: Deeds & { keep: (source: string) => Promise<void> };
  /** Told whenever it changes: whether something is written that is not kept. */
  written: (is: boolean) => void;
}

export function Bench({ opened, listed, versions, printers, reach, language, deeds, written, t, say, told }: Whole) {
  const [source, setSource] = useState(opened.source);
  const [typed, setTyped] = useState<Typed>({});
  const [dpi, setDpi] = useState(203);
  const shown = usePreview(opened, source, typed, dpi);
  const isWritten = source !== opened.source;
  useEffect(() => written(isWritten), [isWritten]);
  const { wrong, fields, sample } = shown;
  const values = valuesOf(fields, sample, typed).values ?? sample;
  const isAdmin = reach !== "none";
  const sites = [...new Set(printers.map((one) => one.site))];
  const prints = (site: string): boolean => !isWritten && versionAt(listed, site) === opened.version && (opened.version !== null || listed?.is_ours === true);
  const why = !["", ...sites].some(prints) ? t(isAdmin ? "printsOther" : "unprinted") : wrong?.kind === "source" || wrong?.kind === "values" || wrong?.kind === "rows" ? t("wrongFirst") : "";
  const picture = <Picture shown={shown} dpi={dpi} choose={setDpi} t={t} told={told} />;
  return (
    <div class="bench">
      <div class="one">
        {isAdmin ? <section class="write"><h2>{t("description")}{isWritten && <b class="unkept"> · {t("unkept")}</b>}</h2>
          {source === null ? <p class="dim">{t("noDescription")}</p> : <>
            <Editor source={source} changed={setSource} fault={faultOf(shown, source, told)} isReadOnly={false} t={t} />
            <p class="acts"><Act isMain label={t("keep")} act={() => deeds.keep(source)} /><span class="dim">{t("keepHint")}</span></p></>}
        </section> : picture}
        <Versions {...{ versions, listed, opened, reach, sites, deeds, language, t }} />
      </div>
      <div class="other">
        {isAdmin && picture}
        <Form fields={fields} sample={sample} typed={typed} changed={setTyped} wrong={wrong?.kind === "values" || wrong?.kind === "rows" ? wrong : null} t={t} told={told} />
        <Print printers={printers} template={opened.name} values={values} why={why} prints={prints} t={t} say={say} />
      </div>
    </div>
  );
}

function faultOf({ wrong }: Shown, source: string, told: Words["told"]): Fault | null {
  return wrong?.kind === "source" ? { line: placeOf(source, wrong.field, wrong.sentence), sentence: told(wrong.error) } : null;
}

/** Drawn at once when a label is opened, and anew a moment after the last key. */
function usePreview(opened: Opened, source: string | null, typed: Typed, dpi: number): Shown {
  const [shown, setShown] = useState<Shown>({ picture: "", size: null, pages: 1, fields: opened.fields, sample: opened.sample, wrong: null, isBusy: false });
  const previewer = useMemo(() => new Previewer((path, body) => call({}, "POST", path, body, PREVIEW_MS), drawZpl, (changes) => setShown((before) => ({ ...before, ...changes })),
    SIDE_DOTS_MAX, opened.fields.length ? opened : null), []);
  const isFirst = useRef(true);
  useEffect(() => {
    const isOurs = opened.version === null;
    if (source === null && !opened.isPrinting && !isOurs) return setShown((before) => ({ ...before, wrong: { kind: "unprinted", sentence: "", field: "" } }));
    const timer = setTimeout(() => void previewer.look({ name: opened.name, isOurs, source, typed, dpi }), isFirst.current ? 0 : PAUSE_MS);
    isFirst.current = false;
    return () => clearTimeout(timer);
  }, [source, typed, dpi]);
  useEffect(() => () => previewer.end(), []);
  return shown;
}
