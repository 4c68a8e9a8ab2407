/** What the camera's screen says. */
import type { Language } from "../texts";

const en = {
  camera: "Scan with the camera", close: "Close", light: "Light", zoom: "Zoom {factor}×", starting: "The camera starts …", anything: "Scan anything", aim: "Hold the code in the picture", choose: "Several codes: tap the one you mean", photo: "Take a picture of a code",
  denied: "The camera is not allowed for this page. Allow it in the browser's settings, or take a picture.", none: "No camera was found. Take a picture, or type the code.", busy: "The camera is in use by another app. Close it there, then open it here again.",
  broken: "This browser cannot read codes from the camera. Take a picture instead: the server reads it.", notHere: "The camera's part of this app is not on this device yet. Go closer to the Wi-Fi and try again.",
} as const;

export type CameraText = keyof typeof en;

const zh: Record<CameraText, string> = {
  camera: "用摄像头扫描", close: "关闭", light: "补光", zoom: "放大 {factor}×", starting: "正在打开摄像头……", anything: "扫描任意条码", aim: "请把条码放在画面中", choose: "有多个条码：请点按需要的一个", photo: "拍摄条码",
  denied: "此页面无权使用摄像头。请在浏览器设置中允许，或拍照。", none: "未找到摄像头。请拍照或输入条码。", busy: "摄像头正被其他应用占用。请先在那里关闭，再重新打开。",
  broken: "此浏览器不能从摄像头读取条码。请拍照，由服务器读取。", notHere: "此设备上还没有摄像头功能的文件。请靠近 Wi-Fi 后重试。",
};

const all: Record<Language, Record<CameraText, string>> = { en, "zh-CN": zh };

export const cameraText = (language: Language, key: CameraText, args: Record<string, string> = {}): string =>
  Object.entries(args).reduce((text, [name, value]) => text.replace(`{${name}}`, value), all[language][key]);
