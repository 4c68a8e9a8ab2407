/** The picture of a label while it is written: the newest answer is shown, and the last good picture stays while something is wrong. */
import { ApiError } from "../net/api";
import type { Field, Values } from "./shapes";
import { valuesOf, type Typed } from "./values";

export interface Wanted {
  /** By which name the server draws it where there is no description. */
  name: string;
  /** Then it is ours that is drawn, whatever prints. */
  isOurs: boolean;
  source: string | null;
  typed: Typed;
  dpi: number;
}
export interface Size {
  width_mm: number;
  height_mm: number;
  dpi: number;
}
export interface Wrong {
  kind: "source" | "values" | "rows" | "away" | "undrawn" | "large" | "unprinted";
  /** What the server says, in English; in other languages `error` says it. */
  sentence: string;
  error?: unknown;
  /** What it speaks of: "element 3", or a field's name. */
  field: string;
}
export interface Shown {
  picture: string;
  size: Size | null;
  pages: number;
  fields: Field[];
  sample: Values;
  wrong: Wrong | null;
  isBusy: boolean;
}
interface Answer extends Size {
  zpl: string;
  fields?: Field[];
  sample?: Values;
}
export type Ask = (path: string, body: unknown) => Promise<Answer>;
/** The address of a picture; "" when it was not wanted any more. */
export type Draw = (zpl: string, dotsAMm: number, isWanted: () => boolean) => Promise<string>;

/** A printer's dots to the millimetre, as its maker counts them. */
export const DOTS_A_MM: Record<number, number> = { 203: 8, 300: 12, 600: 24 };

export class Previewer {
  private newest = 0;
  private good: { source: string | null; fields: Field[]; sample: Values } | null;

  /** `known` are the fields of what is opened, where the server told them; `sideMax` is the longest side in dots that is drawn. */
  constructor(private readonly ask: Ask, private readonly draw: Draw, private readonly told: (changes: Partial<Shown>) => void,
    private readonly sideMax: number, known: { source: string | null; fields: Field[]; sample: Values } | null) {
    this.good = known;
  }

  /** Nothing more is told, whatever still comes. */
  end(): void {
    this.newest += 1;
  }

  async look(wanted: Wanted): Promise<void> {
    const mine = ++this.newest;
    const isNewest = (): boolean => mine === this.newest;
    this.told({ isBusy: true });
    const changes = await this.changes(wanted, isNewest);
    if (isNewest()) this.told({ ...changes, isBusy: false });
  }

  private async changes(wanted: Wanted, isNewest: () => boolean): Promise<Partial<Shown>> {
    try {
      if (Object.keys(wanted.typed).length && this.good?.source !== wanted.source) await this.asked(wanted, null);
      const { values, wrong } = this.good ? valuesOf(this.good.fields, this.good.sample, wanted.typed) : { values: null, wrong: "" };
      if (wrong) return { wrong: { kind: "rows", sentence: "", field: wrong } };
      return isNewest() ? await this.drawnOf(await this.asked(wanted, values), isNewest) : {};
    } catch (error) {
      return { wrong: this.wrongOf(error, wanted) };
    }
  }

  private async asked(wanted: Wanted, values: Values | null): Promise<Answer> {
    const { name, source, dpi, isOurs } = wanted;
    if (source === null) return this.ask(`/api/v1/label-templates/${encodeURIComponent(name)}/preview`, { values, dpi, ours: isOurs });
    const answer = await this.ask("/api/v1/label-templates/preview", { source, values, dpi });
    this.good = { source, fields: answer.fields ?? [], sample: answer.sample ?? {} };
    return answer;
  }

  private async drawnOf({ zpl, width_mm, height_mm, dpi }: Answer, isNewest: () => boolean): Promise<Partial<Shown>> {
    const fields = this.good ? { fields: this.good.fields, sample: this.good.sample } : {};
    const dots = DOTS_A_MM[dpi] ?? 8;
    const size = { width_mm, height_mm, dpi };
    if (Math.max(width_mm, height_mm) * dots > this.sideMax) return { ...fields, size, wrong: { kind: "large", sentence: "", field: "" } };
    try {
      const picture = await this.draw(zpl, dots, isNewest);
      return picture ? { ...fields, size, picture, pages: zpl.split("^XA").length - 1, wrong: null } : {};
    } catch {
      return { ...fields, size, wrong: { kind: "undrawn", sentence: "", field: "" } };
    }
  }

  /** What is wrong with a description that was good a moment ago is wrong with its values. */
  private wrongOf(error: unknown, wanted: Wanted): Wrong {
    if (!(error instanceof ApiError) || error.status === 0) return { kind: "away", sentence: "", field: "" };
    if (error.status !== 422) return { kind: "away", sentence: error.detail, error, field: "" };
    const field = String(error.args["field"] ?? "");
    const isOfValues = wanted.source === null || (Object.keys(wanted.typed).length > 0 && this.good?.source === wanted.source);
    return { kind: isOfValues ? "values" : "source", sentence: error.detail, error, field };
  }
}
