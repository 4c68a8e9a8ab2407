/** Where in a description the server's sentence belongs. It names the element, the field or the line; lines are counted from 1. */

const HEADER = /^\s*\[{1,2}\s*([^\]]*?)\s*\]{1,2}/;

interface Block {
  header: string;
  first: number;
  last: number;
}

/** The line, or null where nothing tells it; `field` is what the server's refusal speaks of. */
export function placeOf(source: string, field: string, sentence: string): number | null {
  const lines = source.split("\n");
  const told = /\(at line (\d+), column \d+\)/.exec(sentence);
  if (told) return Math.min(Number(told[1]), lines.length);
  if (/\(at end of document\)/.test(sentence)) return lines.length;
  const blocks = blocksOf(lines);
  const element = /^element (\d+)$/.exec(field);
  if (element) return within(lines, blocks.filter((one) => one.header === "element")[Number(element[1]) - 1], sentence);
  const ofField = blocks.find((one) => one.header === `fields.${field}`);
  if (ofField && !sentence.includes("name for a template")) return within(lines, ofField, sentence);
  return within(lines, blocks[0], sentence, field);
}

/** The line of the key that the sentence speaks of, or of what it quotes; else the block's own. The head has no line of its own. */
function within(lines: string[], block: Block | undefined, sentence: string, otherwise = ""): number | null {
  if (!block) return null;
  const inside = lines.slice(block.first, block.last);
  const key = /needs (\w+)|: (\w+) (?:is|are|must)/.exec(sentence);
  const quoted = [...sentence.matchAll(/'([^']{1,64})'/g)].map((one) => one[1] as string);
  const found = [
    ...[key?.[1] ?? key?.[2], otherwise].filter((name) => /^\w+$/.test(name ?? "")).map((name) => inside.findIndex((line) => new RegExp(`^\\s*"?${name}"?\\s*=`).test(line))),
    ...quoted.map((text) => inside.findIndex((line) => line.includes(text))),
  ].find((at) => at >= 0);
  if (found !== undefined) return block.first + found + 1;
  return block.header ? block.first + 1 : null;
}

/** The tables of a description, the head first; what stands in a text of several lines is none. */
function blocksOf(lines: string[]): Block[] {
  const blocks: Block[] = [{ header: "", first: 0, last: lines.length }];
  let quotes = "";
  lines.forEach((line, at) => {
    const found = quotes ? null : HEADER.exec(line);
    quotes = after(line, quotes);
    if (!found) return;
    (blocks[blocks.length - 1] as Block).last = at;
    blocks.push({ header: (found[1] as string).replace(/["'\s]/g, ""), first: at, last: lines.length });
  });
  return blocks;
}

/** The quotation marks that are still open after a line. */
function after(line: string, quotes: string): string {
  for (let at = 0; at < line.length; at += 1) {
    const three = line.slice(at, at + 3);
    if (quotes) {
      if (three === quotes) { quotes = ""; at += 2; }
    } else if (three === '"""' || three === "'''") { quotes = three; at += 2; } else if (line[at] === "#") return "";
  }
  return quotes;
}
