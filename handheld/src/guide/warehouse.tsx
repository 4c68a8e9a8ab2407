/** The first step: a warehouse with its bins, by three numbers, by a pattern, or from a file. */
import { useState } from "preact/hooks";
import { PatternPreview } from "../masterdata/bins";
import { CsvImport } from "../masterdata/csv";
import { NumberField, numberOf, SaveRow, TextField, useForm } from "../masterdata/form";
import { call } from "../net/api";
import type { StepProps } from "./shapes";

const letter = (number: number): string => String.fromCharCode(64 + Math.min(26, Math.max(1, number)));
const twoDigits = (number: number): string => String(number).padStart(2, "0");

/** Aisles by letters, racks by two digits, levels from 1. */
export function patternOf(site: string, aisles: number, racks: number, levels: number): string {
  return `${site}-{A..${letter(aisles)}}-{01..${twoDigits(Math.max(1, racks))}}-{1..${Math.max(1, levels)}}`;
}

export function Warehouse({ progress, look, g, m }: StepProps) {
  const [isFile, setFile] = useState(false);
  const site = progress.site;
  const form = useForm("guide/warehouse", {
    code: site?.code ?? "W1", name: site?.name ?? g("usualName"), timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    aisles: "4", racks: "20", levels: "4", pattern: "", aisle_spacing_mm: "3000", rack_length_mm: "1000", level_height_mm: "500",
  });
  const f = { form, ...m };
  const { values } = form;
  const pattern = values.pattern.trim() || patternOf(values.code.trim().toUpperCase() || "W1", Number(values.aisles), Number(values.racks), Number(values.levels));
  const grid = { aisle_spacing_mm: numberOf(values.aisle_spacing_mm, 3000), rack_length_mm: numberOf(values.rack_length_mm, 1000), level_height_mm: numberOf(values.level_height_mm, 500) };
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async () => {
      const bins = isFile ? {} : { pattern, ...grid };
      if (site) await call({}, "POST", "/api/v1/locations", { site: site.code, ...bins });
      else await call({}, "POST", "/api/v1/sites", { code: values.code, name: values.name, timezone: values.timezone, ...bins });
      await look();
    });
  };
  return (
    <div class="stack">
      <div class="row" role="group"><button type="button" aria-pressed={!isFile} onClick={() => setFile(false)}>{g("byNumbers")}</button><button type="button" aria-pressed={isFile} onClick={() => setFile(true)}>{g("byFile")}</button></div>
      {isFile && site ? <CsvImport {...m} kind="locations" done={() => void look()} /> : (
        <form class="stack" onSubmit={save}>
          {!site && <div class="grid fields"><TextField {...f} name="code" label={g("siteCode")} tip={g("siteCodeTip")} required maxLength={10} /><TextField {...f} name="name" label={m.t("name")} required maxLength={128} /><TextField {...f} name="timezone" label={m.t("timezone")} required /></div>}
          {isFile ? <p class="tip">{g("fileAfter")}</p> : <>
            <div class="grid fields small"><NumberField {...f} name="aisles" label={g("aisles")} /><NumberField {...f} name="racks" label={g("racks")} /><NumberField {...f} name="levels" label={g("levels")} /></div>
            <details><summary>{g("finer")}</summary><div class="stack">
              <TextField {...f} name="pattern" label={m.t("pattern")} tip={m.t("patternTip")} placeholder={pattern} maxLength={128} />
              <div class="grid fields small"><NumberField {...f} name="aisle_spacing_mm" label={m.t("aisleSpacing")} /><NumberField {...f} name="rack_length_mm" label={m.t("rackLength")} /><NumberField {...f} name="level_height_mm" label={m.t("levelHeight")} /></div>
            </div></details>
            <PatternPreview {...m} body={{ site: values.code || "W1", pattern, ...grid }} />
          </>}
          <SaveRow {...f} label={g(isFile ? "makeSite" : site ? "makeBins" : "makeSiteAndBins")} />
        </form>)}
    </div>
  );
}
