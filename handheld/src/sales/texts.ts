/** What the page of till sales says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Till sales", search: "Receipt, as register/number", none: "No till has told a sale yet. Connect one under Channels.", nothing: "No such sale. A receipt is found by its register and its number, as 1/000123.",
  site: "Warehouse", everySite: "Every warehouse", till: "Till", everyTill: "Every till", only: "Show", all: "All sales", from: "From day", to: "To day", unknown: "Item not known", missing: "More than in the book", voided: "Voided",
  receipt: "Receipt", sold: "Sold", told: "Told", wasVoided: "Voided", lines: "Lines", pieces: "Pieces", total: "Total", state: "State", close: "Close",
  isVoided: "voided", isBooked: "booked", hasUnknown: "items not known: {n}", hasMissing: "not in the book: {n}", late: "told late",
  onReceipt: "On the receipt", asCalled: "As the till calls it", item: "Our item", price: "Price", booked: "Booked", notThere: "Not in the book", notKnown: "not known yet", name: "Say which item it is", nameTip: "Nothing is booked of a line until somebody has said which item of ours it is.",
  inBook: "In the book", noMoves: "Nothing is booked.", way: "From and to", lot: "lot {lot}", customer: "customer", variance: "not in the book", brought: "brought back",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "门店销售", search: "小票：收银台/小票号", none: "还没有收银台上传销售。请在“渠道”中连接。", nothing: "没有这笔销售。请按“收银台/小票号”查找，如 1/000123。",
  site: "仓库", everySite: "所有仓库", till: "收银台", everyTill: "所有收银台", only: "显示", all: "全部销售", from: "开始日期", to: "结束日期", unknown: "商品未知", missing: "超出账面", voided: "已作废",
  receipt: "小票", sold: "销售时间", told: "上传时间", wasVoided: "作废时间", lines: "行", pieces: "件数", total: "总额", state: "状态", close: "关闭",
  isVoided: "已作废", isBooked: "已入账", hasUnknown: "未知商品：{n}", hasMissing: "账面不足：{n}", late: "延迟上传",
  onReceipt: "小票内容", asCalled: "收银台名称", item: "我们的商品", price: "价格", booked: "已入账", notThere: "账面不足", notKnown: "尚未知", name: "指定对应商品", nameTip: "在指定对应商品之前，该行不入账。",
  inBook: "账面记录", noMoves: "没有入账。", way: "从何处到何处", lot: "批次 {lot}", customer: "顾客", variance: "账面不足", brought: "退回",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
