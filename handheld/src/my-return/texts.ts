/** What customers read who send something back. */
import { filled, type Language } from "../texts";

const en = {
  title: "Send something back", language: "中文", first: "Find your order, choose what goes back, and get a label for the parcel.",
  reference: "Order number", referenceTip: "It stands in your confirmation.", proof: "Last 4 digits of your phone, or your postcode", proofTip: "So that nobody else sees your order.", find: "Find my order", finding: "Looking …",
  which: "Which parcel is it?", order: "Order {number}", until: "Can be sent back until {day}.", not_yet: "This order has not left us yet.", too_late: "It is too late to send this order back here. Please call us.", nothing: "Everything of this order is on its way back already.",
  goods: "What goes back?", ofMany: "of {count}", less: "One {name} less", more: "One {name} more", reason: "Why?", choose: "Please choose",
  damaged: "It is damaged", wrong_item: "It is not what I ordered", not_as_described: "It is not as it was described", changed_mind: "I changed my mind", too_late_: "It came too late", other: "Something else",
  wish: "What would you like?", refund: "My money back", exchange: "The same again", note: "Anything else we should know?", send: "Get my label", sending: "Sending …", back: "Look for another order", needGoods: "Choose at least one thing.", needReason: "Choose why.",
  announced_before: "You have announced: {numbers}",
  number: "Your return number", label: "Get the label", labelFailed: "The label could not be fetched. Try again.", noPrinter: "No printer? Write the return number on the parcel, large and clear.", sendTo: "Send it to", keep: "Keep the address of this page: it shows how your return is.", copy: "Copy the address", copied: "Copied",
  comes: "What goes back", came: "{came} of {count} here", at: "How it is",
  state_announced: "We are waiting for your parcel.", state_received: "It has come. We are looking at it.", state_cancelled: "This return was called off.", state_expired: "We have not got your parcel, and wait for it no longer.", state_refund: "We have paid back {amount}.", state_refundNothing: "It is settled.", state_exchange: "Your exchange is on its way.", state_refused: "We could not accept it: {why}",
  sent: "Your exchange is on its way.", expires: "We wait for it until {day}.", again: "Look again",
};
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "退货", language: "English", first: "查找订单，选择要退的商品，即可获得退货标签。",
  reference: "订单编号", referenceTip: "见订单确认信息。", proof: "手机号后 4 位，或邮政编码", proofTip: "以免他人看到您的订单。", find: "查找我的订单", finding: "正在查找……",
  which: "是哪个包裹？", order: "订单 {number}", until: "可在 {day} 前退货。", not_yet: "此订单尚未发货。", too_late: "此订单已超过在线退货期限，请致电我们。", nothing: "此订单的商品已全部申请退货。",
  goods: "要退什么？", ofMany: "共 {count} 件", less: "{name} 减一件", more: "{name} 加一件", reason: "退货原因", choose: "请选择",
  damaged: "商品损坏", wrong_item: "发错商品", not_as_described: "与描述不符", changed_mind: "不想要了", too_late_: "到货太晚", other: "其他",
  wish: "您希望如何处理？", refund: "退款", exchange: "换同款商品", note: "还有什么要告诉我们？", send: "获取退货标签", sending: "正在提交……", back: "查找其他订单", needGoods: "请至少选择一件。", needReason: "请选择原因。",
  announced_before: "您已申请：{numbers}",
  number: "退货编号", label: "下载标签", labelFailed: "标签获取失败，请重试。", noPrinter: "没有打印机？请把退货编号清楚地写在包裹上。", sendTo: "寄到", keep: "请保存本页网址，可随时查看退货进度。", copy: "复制网址", copied: "已复制",
  comes: "退货商品", came: "已收到 {came}/{count} 件", at: "进度",
  state_announced: "我们正在等待您的包裹。", state_received: "已收到，正在检查。", state_cancelled: "此退货已取消。", state_expired: "我们没有收到包裹，退货已失效。", state_refund: "已退款 {amount}。", state_refundNothing: "已处理完毕。", state_exchange: "换货已安排发出。", state_refused: "未能接受退货：{why}",
  sent: "换货已安排发出。", expires: "请在 {day} 前寄到。", again: "刷新",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
