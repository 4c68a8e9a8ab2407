/** A description with the numbers of its lines, and what is wrong beside its line. Tab goes on to what comes next, as everywhere. */
import { useRef } from "preact/hooks";
import type { Words } from "./shapes";

const LINE_PX = 20;
const EDGE_PX = 8;
/** What is longer has no room for a sentence beside it. */
const COLUMN_MAX = 20;
const LINES_ABOVE = 5;

export interface Fault {
  line: number | null;
  sentence: string;
}

export function Editor({ source, changed, fault, isReadOnly, t }: {
  source: string; changed: (source: string) => void; fault: Fault | null; isReadOnly: boolean; t: Words["t"];
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const lines = source.split("\n");
  const line = fault?.line ?? null;
  const goThere = (): void => {
    const field = area.current;
    if (!field || line === null) return;
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    if (frame.current) frame.current.scrollTop = (line - LINES_ABOVE) * LINE_PX;
    frame.current?.scrollIntoView({ block: "end" });
  };
  return (
    <div class="editing">
      <div class="editor" ref={frame}><div class="sheet">
        <Numbers count={lines.length} line={line} />
        <div class="lines">
          {line !== null && <div class="marked" style={{ top: `${EDGE_PX + (line - 1) * LINE_PX}px` }} />}
          <textarea ref={area} aria-label={t("description")} aria-invalid={fault !== null} wrap="off" spellcheck={false} autocapitalize="off" autocomplete="off"
            readOnly={isReadOnly} value={source} style={{ height: `${lines.length * LINE_PX + 5 * EDGE_PX}px` }} onInput={(event) => changed(event.currentTarget.value)} />
          {fault && line !== null && <Beside line={line} after={(lines[line - 1] ?? "").length} sentence={fault.sentence} />}
        </div>
      </div></div>
      <p class="fault" role="status">{fault && (line === null ? <span class="bad">{fault.sentence}</span>
        : <button class="there" onClick={goThere}>{t("atLine", { line, sentence: fault.sentence })}</button>)}</p>
    </div>
  );
}

function Numbers({ count, line }: { count: number; line: number | null }) {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const told = (some: number[]): string => some.map((one) => `${one}\n`).join("");
  return <pre class="numbers" aria-hidden="true">{told(numbers.slice(0, (line ?? count + 1) - 1))}{line !== null && <b>{`${line}\n`}</b>}{line !== null && told(numbers.slice(line))}</pre>;
}

/** To the right of its line, or below where the line is long, so that little is covered. It does not scroll there: somebody may be typing elsewhere. */
function Beside({ line, after, sentence }: { line: number; after: number; sentence: string }) {
  const isRight = after <= COLUMN_MAX;
  return <p class={isRight ? "beside right" : "beside"} style={{ top: `${EDGE_PX + (line - (isRight ? 1 : 0)) * LINE_PX}px`, left: isRight ? `${after + 3}ch` : "30%" }}>{sentence}</p>;
}
