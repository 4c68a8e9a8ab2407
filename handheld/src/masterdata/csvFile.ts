/** CSV files as they come from spreadsheets: read in whatever encoding, and sent in pieces that end where a line does. */

const LINES_AT_ONCE = 200;
/** A quotation mark that is never closed must not make one piece of the whole file. */
const OPEN_LINES_MAX = 600;

export interface Piece {
  content: string;
  firstLine: number;
  lines: number;
}

/** UTF-8, UTF-16 with its mark, else what a Chinese Excel writes. */
export function decoded(bytes: ArrayBuffer): string {
  const start = new Uint8Array(bytes.slice(0, 4));
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** A workbook is an archive: its first two letters are those of the archive's inventor. */
export const isWorkbook = (bytes: ArrayBuffer): boolean => {
  const start = new Uint8Array(bytes.slice(0, 2));
  return start[0] === 0x50 && start[1] === 0x4b;
};

/** Pieces of a file, each with its header; a cell over several lines is not cut. */
export function pieces(text: string, atOnce = LINES_AT_ONCE): Piece[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  while (lines.length > 1 && lines[lines.length - 1] === "") lines.pop();
  const header = lines[0] ?? "";
  const all: Piece[] = [];
  let begin = 1;
  let isOpen = false;
  for (let at = 1; at < lines.length; at += 1) {
    if (((lines[at] ?? "").split('"').length - 1) % 2) isOpen = !isOpen;
    const size = at - begin + 1;
    if ((size >= atOnce && !isOpen) || size >= OPEN_LINES_MAX || at === lines.length - 1) {
      all.push({ content: [header, ...lines.slice(begin, at + 1)].join("\n"), firstLine: begin + 1, lines: size });
      begin = at + 1;
      isOpen = false;
    }
  }
  return all;
}
