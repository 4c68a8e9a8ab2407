/** What the phone form says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Phone order", site: "Warehouse", phone: "Who rings: phone number", phoneTip: "Enter goes on; with a known number it takes the last address.", earlier: "Ordered before", take: "Alt+{at}",
  goods: "Goods", item: "Item: code, barcode or beginning of its name", itemTip: "Enter takes the marked one, arrows choose; Enter on nothing goes on.", noItem: "No item is called or begins like this.", free: "{count} free", moreFrom: ", {count} more from {day}", none: "none free", elsewhere: ", {count} elsewhere", sourced: "Any warehouse may send it, as the rules say", quantity: "Quantity", drop: "Leave out {item}", onlyFree: "{count} free, the rest waits for stock", noLines: "Nothing yet.",
  receiver: "Who gets it", name: "Name", country: "Country", postcode: "Postcode", state: "State or province", city: "City", district: "District", street: "Street and number",
  ship: "Send it", collect: "Customer collects it", delivery: "How (F4 changes it)", carrier: "Carrier", postage: "Postage ({currency})", note: "Note", lacksPostage: "The postage is no amount.", lacksPrices: "A price is no amount.", price: "Price of one ({currency})", each: "{price} each", noPrice: "no price", total: "Total {amount}",
  found: "About the address", better: "Take it (F2): {what}", fine: "Nothing is wrong with the address.", unchecked: "Name a country, and the address is looked at.",
  submit: "Take the order", submitTip: "Ctrl+Enter from anywhere", lacksLines: "Name the goods, each with its quantity.", lacksName: "Say who gets it.", lacksStreet: "Say where it goes, or let the customer collect it.",
  taken: "Order {number}", leaves: "Leaves {when}", waits: "Waits for stock: {items}", code: "The customer's code: {code}", codeTip: "They say it, with the order's number, when they collect it. You see on the handheld when it is ready.", held: "It is held: {why}", next: "Next call", already: "This call's order was taken in before you changed it. Look for it under Orders.", unsure: "No answer came. Try again: it is not taken in twice.",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "电话订单", site: "仓库", phone: "来电号码", phoneTip: "回车继续；已知号码则采用上次地址。", earlier: "曾经订购", take: "Alt+{at}",
  goods: "商品", item: "商品：编码、条码或名称开头", itemTip: "回车选中所标商品，方向键选择；空白时回车继续。", noItem: "没有以此命名或开头的商品。", free: "可用 {count}", moreFrom: "，{day} 起另有 {count}", none: "无可用", elsewhere: "，其他仓库 {count}", sourced: "可由任一仓库按规则发货", quantity: "数量", drop: "去掉 {item}", onlyFree: "可用 {count}，其余等待到货", noLines: "尚无商品。",
  receiver: "收货人", name: "姓名", country: "国家", postcode: "邮编", state: "省 / 州", city: "城市", district: "区县", street: "街道门牌",
  ship: "发货", collect: "顾客自提", delivery: "方式（F4 切换）", carrier: "承运商", postage: "运费（{currency}）", note: "备注", lacksPostage: "运费不是有效金额。", lacksPrices: "有价格不是有效金额。", price: "单价（{currency}）", each: "单价 {price}", noPrice: "无价格", total: "合计 {amount}",
  found: "地址检查", better: "采用（F2）：{what}", fine: "地址没有问题。", unchecked: "填写国家后即检查地址。",
  submit: "接收订单", submitTip: "任意位置按 Ctrl+回车", lacksLines: "请填写商品及数量。", lacksName: "请填写收货人。", lacksStreet: "请填写地址，或改为顾客自提。",
  taken: "订单 {number}", leaves: "{when} 发出", waits: "等待到货：{items}", code: "顾客取货码：{code}", codeTip: "顾客自提时报订单号和取货码。备好后手持机上可见。", held: "已暂缓：{why}", next: "下一个来电", already: "本次来电的订单在更改前已接收。请在“订单”中查找。", unsure: "没有收到应答。请重试：不会重复接收。",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
