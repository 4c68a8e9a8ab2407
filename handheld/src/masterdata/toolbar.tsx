/** Above each list: what is looked for, a new one, a file in, a file out. */
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Panel } from "../look/parts";
import { CsvImport, type Kind } from "./csv";
import type { Words } from "./shapes";

export function Toolbar({ kind, search, setSearch, add, addLabel, changed, children, ...words }: Words & {
  kind: Kind; search: string; setSearch: (search: string) => void; add: () => void; addLabel: string; changed: () => void; children?: ComponentChildren;
}) {
  const { t } = words;
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="row toolbar">
      <input class="grow" type="search" name="search" aria-label={t("search")} placeholder={t("search")} value={search} maxLength={64} onInput={(event) => setSearch(event.currentTarget.value)} />
      {children}
      <button class="main" onClick={add}>{addLabel}</button>
      <button onClick={() => setOpen(true)}>{t("csvIn")}</button>
      <a class="button" href={`/api/v1/exports/${kind}`} download>{t("csvOut")}</a>
      {isOpen && <Panel title={t("csvIn")} close={() => setOpen(false)} closeText={t("close")}><CsvImport {...words} kind={kind} done={changed} /></Panel>}
    </div>
  );
}
