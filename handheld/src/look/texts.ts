/** What the page of the design says. */
import { filled, type Language } from "../texts";

const en = {
  title: "One look", intro: "Every screen of Aisle is made of these parts, and every part is shown here in each of its states. Try it light and dark, with gloves, and with text at 200 %.",
  colours: "Colours and what they mean", type: "Type", acts: "Acting", tells: "Telling", shows: "Showing", charts: "Charts", perHour: "Each hour", floor: "On the floor", gloves: "Gloves", big: "Text at 200 %",
  main: "Main act", plain: "Act", danger: "Cannot be undone", bare: "Aside", chosen: "Chosen", off: "Not now",
  label: "Item", tip: "The code as it is on the label.", wrong: "There is no item X9. Check the code.", tick: "Tracked by lot", choice: "Zone",
  good: "done", warn: "waits", bad: "stopped", act: "in work", none: "Nothing is waiting.",
  noticeAct: "The wave was released.", noticeGood: "Everything was sent.", noticeWarn: "The printer has no paper.", noticeBad: "The bin is blocked. Choose another.",
  order: "Order", lines: "Lines", state: "State", open: "Open the panel", close: "Close", panel: "What can be done", next: "Next task", where: "W1-A-03-2", goods: "Green tea, loose", scan: "Scan the item",
  stop: "Wrong item", scanned: "Scanned", wanted: "Wanted", now: "Do now", huge: "Huge: where somebody acts", dense: "Dense: where people compare",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "统一外观", intro: "Aisle 的每个屏幕都由这些部件组成，每个部件的各种状态都在此展示。请试用浅色和深色、手套模式以及 200% 文字。",
  colours: "颜色及其含义", type: "文字", acts: "操作", tells: "输入", shows: "展示", charts: "图表", perHour: "每小时", floor: "现场", gloves: "手套模式", big: "文字 200%",
  main: "主要操作", plain: "操作", danger: "不可撤销", bare: "次要", chosen: "已选", off: "暂不可用",
  label: "商品", tip: "标签上的编码。", wrong: "没有商品 X9，请核对编码。", tick: "按批次管理", choice: "库区",
  good: "完成", warn: "等待", bad: "停止", act: "进行中", none: "没有等待的内容。",
  noticeAct: "波次已下发。", noticeGood: "已全部发送。", noticeWarn: "打印机缺纸。", noticeBad: "该库位已冻结，请另选。",
  order: "订单", lines: "行", state: "状态", open: "打开面板", close: "关闭", panel: "可以做什么", next: "下一个任务", where: "W1-A-03-2", goods: "散装绿茶", scan: "请扫描商品",
  stop: "商品不符", scanned: "已扫描", wanted: "需要", now: "现在请", huge: "大字：需要操作之处", dense: "紧凑：需要比较之处",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
