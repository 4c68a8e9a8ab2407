/** A worker that reads the codes in pictures: zxing's WebAssembly, from our own server. It alone may run any (server/api/policy.py). */
import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Found, FromDecoder } from "./shapes";

/** As the server's own decoder has them: no EAN-8 and no ITF of any length, which parts of other codes pass for. */
const OPTIONS: ReaderOptions = {
  formats: ["Code128", "EAN13", "UPCA", "ITF", "DataMatrix", "QRCode"], tryHarder: true, tryRotate: true, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: 12, textMode: "Plain",
};
const MATRIX = new Set(["DataMatrix", "QRCode"]);
const ITF_DIGITS = 14;

const scope = globalThis as unknown as { postMessage(message: FromDecoder): void; onmessage: ((event: MessageEvent<ImageBitmap>) => void) | null };
const canvas = new OffscreenCanvas(1, 1);

async function decode(picture: ImageBitmap): Promise<FromDecoder> {
  const { width, height } = picture;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.drawImage(picture, 0, 0);
  picture.close();
  const results = await readBarcodes(context.getImageData(0, 0, width, height), OPTIONS);
  const found = results.filter((one) => one.isValid && one.text).flatMap(({ text, format, position, symbologyIdentifier: identifier }): Found[] => {
    if (identifier.startsWith("]I") && (text.length !== ITF_DIGITS || !hasCheckDigit(text))) return []; // a part of one passes for a whole one
    const whole = identifier === "]E0" && text.length === 12 ? `0${text}` : text;
    const corners: Found["corners"] = [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft];
    return [{ raw: identifier + whole, corners, isBars: !MATRIX.has(format) }];
  });
  return { kind: "decoded", found, width, height };
}

function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

scope.onmessage = (event) => void decode(event.data).then((told) => scope.postMessage(told), (error: unknown) => scope.postMessage({ kind: "broken", why: String(error) }));

prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true }).then(() => scope.postMessage({ kind: "ready" }), (error: unknown) => scope.postMessage({ kind: "broken", why: String(error) }));
