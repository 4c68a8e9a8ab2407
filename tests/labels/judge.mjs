// Draws ZPL by zpl-renderer-js: a line {zpl, width, height, dpmm} (mm) comes in, a line {png} (base64) or {error} goes out.
import { createInterface } from "node:readline";

const { ready } = await import(process.argv[2]);
const { api } = await ready;
for await (const line of createInterface({ input: process.stdin })) {
  const { zpl, width, height, dpmm } = JSON.parse(line);
  let answer;
  try {
    answer = { png: await api.zplToBase64Async(zpl, width, height, dpmm) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
