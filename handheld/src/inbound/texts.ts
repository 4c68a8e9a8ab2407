/** What the page of inbound papers says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Inbound", search: "Number, pallet, or an item still to come", none: "Nothing was announced yet. Bring in ASNs and purchase orders over the API, or with aisle import asns.", nothing: "No such paper. Look in all states, or for less.",
  kind: "Kind", everyKind: "ASNs and orders", asn: "ASN", purchase_order: "Purchase order", state: "State", open: "Still to come", every: "Every state", site: "Warehouse", everySite: "Every warehouse",
  expected: "expected", receiving: "being received", received: "received", cancelled: "cancelled", late: "late",
  number: "Number", when: "Expected", lines: "Lines", pieces: "Came / of", made: "Announced", noDate: "no date", close: "Close",
  item: "Item", lot: "lot {lot}", expires: "best before {day}", pallet: "pallet {sscc}", about: "Lot and pallet", damaged: "damaged {n}", closed: "no more is waited for", whatComes: "What comes",
  cancel: "Cancel it", cancelHow: "Nothing of it has come. Nobody waits for it any longer, and what was promised of it waits for something else.", reason: "Why", cancelIt: "Cancel {code}", keep: "Keep it", wasCancelled: "{code} is cancelled.", wrong: "That did not work: {why}",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "到货", search: "单号、托盘，或尚未到齐的商品", none: "还没有到货预告。请通过 API 或 aisle import asns 导入预到货通知和采购订单。", nothing: "没有这样的单据。请查看所有状态，或缩短查找内容。",
  kind: "类型", everyKind: "全部单据", asn: "预到货通知", purchase_order: "采购订单", state: "状态", open: "尚未到齐", every: "所有状态", site: "仓库", everySite: "所有仓库",
  expected: "待到货", receiving: "收货中", received: "已收货", cancelled: "已取消", late: "已逾期",
  number: "单号", when: "预计到货", lines: "行", pieces: "已到 / 预告", made: "预告时间", noDate: "无日期", close: "关闭",
  item: "商品", lot: "批次 {lot}", expires: "保质期至 {day}", pallet: "托盘 {sscc}", about: "批次与托盘", damaged: "损坏 {n}", closed: "不再等待其余", whatComes: "到货内容",
  cancel: "取消单据", cancelHow: "尚未到货。取消后不再等待，已据此承诺的订单将等待其他货源。", reason: "原因", cancelIt: "取消 {code}", keep: "保留", wasCancelled: "{code} 已取消。", wrong: "操作失败：{why}",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
